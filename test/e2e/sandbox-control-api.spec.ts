import { request } from 'node:http'
import { expect } from 'chai'
import type { Telegraf } from 'telegraf'
import { useControlApi } from '../support/control-api.js'
import type { SandboxHttp } from '../support/sandbox-http.js'

describe('The sandbox control API', () => {
  let sandbox: SandboxHttp
  let bot: Telegraf
  const { call, post, person } = useControlApi((opened) => {
    sandbox = opened.sandbox
    bot = opened.bot
  })

  it('adds and clears faults, given either way', async () => {
    const rule = { surface: 'bot', method: 'getMe', error: '500' }
    await post('faults', { rule })
    await post('faults', rule)
    const codes = [await sandbox.call('getMe'), await sandbox.call('getMe'), await sandbox.call('getMe')]
    expect(codes.map((answer) => answer.error_code)).to.deep.equal([500, 500, undefined])
    await post('faults', { ...rule, times: 9 })
    expect((await call('DELETE', 'faults')).body).to.deep.equal({ rules: [] })
    expect((await sandbox.call('getMe')).ok).to.equal(true)
    expect((await call('POST', 'faults', { surface: 'fax' })).body).to.have.property('error', 'BODY_INVALID')
    for (const idle of [{ times: 3 }, { afterEffect: true }, { delayMs: 0 }, { method: 'update', error: '500' }]) {
      const { status, body } = await call('POST', 'faults', { surface: 'bot', method: 'getMe', ...idle })
      expect([status, body['description']]).to.match(/^400,.*(would do nothing|only wire)/s)
    }
  })

  it('moves the clock, and links expire', async () => {
    const alice = await person('Alice')
    const { chatId } = sandbox.group()
    const link = await bot.telegram.createChatInviteLink(chatId, { expire_date: sandbox.world.now() + 180 })
    expect(await post('clock', { advanceMs: 181_000 })).to.deep.equal({ clockOffsetMs: 181_000 })
    const late = await call('POST', `users/${alice}/enter`, { link: link.invite_link })
    expect(late.body).to.deep.equal({ error: 'INVITE_HASH_EXPIRED', description: 'The link has expired.' })
    expect(await post('clock', { advanceMs: -1_000 })).to.deep.equal({ clockOffsetMs: 180_000 })
    expect(await post('clock', { offsetMs: 60_000 })).to.deep.equal({ clockOffsetMs: 60_000 })
    expect(await post('clock', { advanceMs: -86_400_000 }), 'never behind the real one').to.have.property(
      'clockOffsetMs',
      0,
    )
    for (const wrong of [{ advanceMs: 1.5 }, { offsetMs: '1' }, { advanceMs: 1e12 }, { forward: 1 }])
      expect((await call('POST', 'clock', wrong)).status).to.equal(400)
  })

  it("tells the world's time with every answer", async () => {
    const told = async (path: string) =>
      Date.parse((await fetch(`${sandbox.root}${path}`)).headers.get('date') ?? '') - Date.now()
    await post('clock', { offsetMs: 3_600_000 })
    for (const path of ['/', '/sandbox/state', `/bot${sandbox.token}/getMe`, '/bot1:x/getMe'])
      expect(await told(path), path).to.be.within(3_597_000, 3_600_000)
  })

  it('mints sessions for hosts', async () => {
    expect((await post('accounts', { phone: '15550001' }))['session']).to.be.a('string')
  })

  it('tells listeners that something changed', async () => {
    const response = await fetch(`${sandbox.root}/sandbox/events`)
    const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined
    const decoder = new TextDecoder()
    let heard = ''
    await person('Alice')
    while (!heard.includes('event: change')) heard += decoder.decode((await reader?.read())?.value)
    await reader?.cancel()
  })

  it('lets listeners hear that it lives, though nothing happens', async () => {
    const response = await fetch(`${sandbox.root}/sandbox/events`)
    const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined
    const decoder = new TextDecoder()
    let heard = ''
    while (!heard.includes('event: alive')) heard += decoder.decode((await reader?.read())?.value)
    expect(heard).not.to.include('event: change')
    await reader?.cancel()
  })

  it('says what points a program at it', async () => {
    const programs = (await call('GET', 'programs')).body
    expect(programs).to.include({ apiRoot: sandbox.root, token: sandbox.token, loginCode: '12345', mtproto: null })
    expect(programs['telegraf']).to.include(sandbox.token).and.to.include(sandbox.root)
  })

  it('refuses what cannot be, with a name and words', async () => {
    const alice = await person('Alice')
    const { chat, chatId } = sandbox.group()
    const refused = async (method: string, path: string, body?: unknown) => {
      const answer = await call(method, path, body)
      expect(answer.status).to.be.within(400, 499)
      expect(answer.body['description']).to.be.a('string')
      return answer.body['error']
    }
    expect(await refused('GET', 'users/1/chats')).to.equal('USER_ID_INVALID')
    expect(await refused('GET', `users/${alice}/messages`)).to.equal('QUERY_INVALID')
    expect(await refused('GET', `users/${alice}/messages?chat=${chatId}`)).to.equal('CHANNEL_PRIVATE')
    expect(await refused('POST', `users/${alice}/send`, { chat: chatId, text: 'x' })).to.equal('CHANNEL_PRIVATE')
    expect(await refused('POST', `users/${alice}/send`, { chat: 7, text: 'x' })).to.equal('CHANNEL_INVALID')
    expect(await refused('POST', `users/${alice}/send`, { chat: sandbox.bot.id, text: '' })).to.equal('MESSAGE_EMPTY')
    expect(await refused('POST', `users/${alice}/enter`, { link: 'https://t.me/+nothing' })).to.equal(
      'INVITE_HASH_INVALID',
    )
    expect(await refused('POST', `users/${alice}/leave`, { chat: chatId })).to.equal('USER_NOT_PARTICIPANT')
    expect(await refused('POST', 'users', { firstName: '' })).to.equal('BODY_INVALID')
    expect(await refused('GET', 'nothing')).to.equal('NOT_FOUND')
    sandbox.world.members.add(chat.id, sandbox.world.chats.owner(chat) ?? 0, alice)
    sandbox.world.chats.setDefaultBanned(chat.id, sandbox.bot.id, ['send_messages'])
    expect(await refused('POST', `users/${alice}/send`, { chat: chatId, text: 'x' })).to.equal('CHAT_WRITE_FORBIDDEN')
  })

  it('cannot be driven by foreign pages', async () => {
    const send = (headers: Record<string, string>, body = '{"firstName":"Mallory"}') =>
      new Promise<number>((resolve, reject) => {
        const url = `${sandbox.root}/sandbox/users`
        request(url, { method: 'POST', headers }, (response) => resolve(response.resume().statusCode ?? 0))
          .on('error', reject)
          .end(body)
      })
    const json = { 'content-type': 'application/json' }
    expect(await send(json)).to.equal(200)
    expect(await send({ 'content-type': 'text/plain' })).to.equal(415)
    expect(await send({})).to.equal(415)
    expect(await send({ ...json, origin: 'https://evil.example' })).to.equal(403)
    expect(await send({ ...json, origin: 'null' })).to.equal(403)
    expect(await send({ ...json, host: 'rebound.example' })).to.equal(403)
    expect(await send({ ...json, origin: sandbox.root })).to.equal(200)
    expect(await send(json, '{"firstName":')).to.equal(400)
  })

  it('serves the page, and nothing but the page', async () => {
    const page = await fetch(`${sandbox.root}/`)
    expect(await page.text()).to.include('<main>')
    expect(page.headers.get('content-security-policy')).to.include("default-src 'none'")
    expect((await fetch(`${sandbox.root}/phone.js`)).headers.get('content-type')).to.include('text/javascript')
    for (const path of ['/page-files.ts', '/..%2fhttp.ts', '/nothing']) {
      expect((await fetch(`${sandbox.root}${path}`)).status).to.equal(404)
    }
  })
})
