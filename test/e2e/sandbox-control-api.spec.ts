import { request } from 'node:http'
import { expect } from 'chai'
import { Telegraf } from 'telegraf'
import { until } from '../support/until.js'
import { startSandboxHttp, type SandboxHttp } from '../support/sandbox-http.js'

type Json = Record<string, unknown>
interface Seen {
  id: number
  from: number
  text: string
  service?: string
  buttons?: { text: string; data?: string; url?: string }[][]
  edited?: boolean
}

describe('The sandbox control API', () => {
  let sandbox: SandboxHttp
  let bot: Telegraf
  let running: Promise<void>

  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${sandbox.root}/sandbox/${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    })
    return { status: response.status, body: (await response.json()) as Json }
  }
  const post = async (path: string, body: unknown = {}): Promise<Json> => {
    const answer = await call('POST', path, body)
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
    return answer.body
  }
  const get = async <T = Json>(path: string) => (await call('GET', path)).body as T
  const person = async (firstName: string, extra: object = {}) =>
    (await post('users', { firstName, ...extra }))['id'] as number
  const messages = (user: number, chat: number, after = 0) =>
    get<Seen[]>(`users/${user}/messages?chat=${chat}&after=${after}`)

  beforeEach(async () => {
    sandbox = await startSandboxHttp()
    bot = new Telegraf(sandbox.token, { telegram: { apiRoot: sandbox.root } })
    bot.start((context) =>
      context.reply('Hello', {
        reply_markup: {
          inline_keyboard: [
            [
              { text: 'Go', callback_data: 'go' },
              { text: 'Site', url: 'https://example.org/' },
            ],
          ],
        },
      }),
    )
    bot.action('go', async (context) => {
      await context.answerCbQuery('gone', { show_alert: true })
      await context.editMessageText('Went')
    })
    bot.on('chat_join_request', (context) => context.approveChatJoinRequest(context.from.id))
    const polling = new Promise<void>((resolve) => (listening = resolve))
    running = bot.launch({ allowedUpdates: ['message', 'callback_query', 'chat_join_request'] }, () => listening())
    await polling
  })
  afterEach(async () => {
    bot.stop()
    await running
    await sandbox.close()
  })
  let listening: () => void

  it('lets a person talk to the bot and press its buttons', async () => {
    const alice = await person('Alice', { username: '@alice_here', languageCode: 'ru' })
    const greeted = sandbox.event('dialog-message', ({ message }) => message.text === 'Hello')
    const sent = await post(`users/${alice}/send`, { chat: sandbox.bot.id, text: '/start' })
    expect(sent).to.include({ text: '/start', from: alice })
    await greeted
    expect(await get(`users/${alice}/chats`)).to.containSubset([
      { id: sandbox.bot.id, type: 'private', title: 'Helper', unread: 1, lastMessage: { text: 'Hello' } },
    ])
    const [, hello] = await messages(alice, sandbox.bot.id)
    expect(hello?.buttons).to.deep.equal([
      [
        { text: 'Go', data: 'go' },
        { text: 'Site', url: 'https://example.org/' },
      ],
    ])
    expect(await get(`users/${alice}/chats`)).to.containSubset([{ unread: 0 }])
    const edited = sandbox.event('dialog-message-edited')
    const press = { chat: sandbox.bot.id, message: hello?.id, data: 'go' }
    expect(await post(`users/${alice}/press`, press)).to.include({ answered: true, text: 'gone', alert: true })
    await edited
    const [went] = await messages(alice, sandbox.bot.id, (hello?.id ?? 0) - 1)
    expect(went).to.include({ text: 'Went', edited: true }).and.not.have.property('buttons')
    expect(await post(`users/${alice}/press`, { ...press, data: 'nothing', waitMs: 1 })).to.deep.equal({
      answered: false,
    })
  })

  it('lets people send photos and stickers, and forward what they see', async () => {
    const alice = await person('Alice')
    const chat = sandbox.bot.id
    const heard: object[] = []
    bot.on('message', (context) => void heard.push(context.message))
    const photo = await post(`users/${alice}/send`, { chat, photo: true, text: 'Look' })
    expect(photo).to.deep.include({ text: 'Look' })
    expect(photo['photo']).to.match(/^[0-9a-f]{16}$/)
    await post(`users/${alice}/send`, { chat, sticker: '🦊' })
    const { id: channel } = await post('channels', { username: 'daily_news', members: [alice] })
    const news = sandbox.world.chats.byUsername('daily_news')
    if (!news) throw new Error('no channel')
    const post1 = sandbox.world.messages.send(news.id, sandbox.bot.id, { text: 'News' })
    await post(`users/${alice}/send`, { chat, forward: { chat: channel, message: post1.id } })
    await post(`users/${alice}/send`, { chat, forward: { chat, message: photo['id'] } })
    expect((await messages(alice, chat)).slice(-3)).to.containSubset([
      { sticker: '🦊' },
      { text: 'News', forwardedFrom: channel },
      { text: 'Look', photo: photo['photo'], forwardedFrom: alice },
    ])
    await until('the bot has heard all', () => heard.length === 4)
    expect(heard).to.containSubset([
      { caption: 'Look', photo: [{ width: 90 }, { width: 320 }, { width: 800 }] },
      { sticker: { emoji: '🦊' } },
      { text: 'News', forward_origin: { type: 'channel', chat: { id: channel }, message_id: post1.id } },
      { caption: 'Look', forward_origin: { type: 'user', sender_user: { id: alice } } },
    ])
    const [first, , , last] = heard as { photo?: object }[]
    expect(last?.photo).to.deep.equal(first?.photo)

    const send = async (body: object) => (await call('POST', `users/${alice}/send`, { chat, ...body })).body['error']
    expect(await send({ forward: { chat, message: 999 } })).to.equal('MESSAGE_ID_INVALID')
    expect(await send({ photo: true, text: 'x'.repeat(1025) })).to.equal('MEDIA_CAPTION_TOO_LONG')
  })

  it('takes a person into a group by request, lets them write, and shows all of it', async () => {
    const [alice, bob] = [await person('Alice'), await person('Bob')]
    const { chat, chatId, hostId } = sandbox.group()
    const link = sandbox.world.invites.link(
      sandbox.world.invites.export(chat.id, sandbox.bot.id, { requestNeeded: true }),
    )
    const entered = sandbox.event('member', ({ userId }) => userId === alice)
    expect(await post(`users/${alice}/enter`, { link })).to.deep.equal({ status: 'requested', chat: chatId })
    await entered
    const open = sandbox.world.invites.link(sandbox.world.invites.export(chat.id, sandbox.bot.id))
    expect(await post(`users/${bob}/enter`, { link: open })).to.deep.equal({ status: 'joined', chat: chatId })

    const order = async () => (await get<{ id: number }[]>(`users/${alice}/chats`)).map((chat) => chat.id)
    await post(`users/${alice}/send`, { chat: sandbox.bot.id, text: 'hi' })
    expect(await order()).to.deep.equal([sandbox.bot.id, chatId])
    const { id } = await post(`users/${alice}/send`, { chat: chatId, text: 'first' })
    expect(await order()).to.deep.equal([chatId, sandbox.bot.id])
    await post(`users/${alice}/send`, { chat: chat.id, text: 'second', edit: id })
    await post(`users/${bob}/send`, { chat: chatId, sticker: true })
    await post(`users/${bob}/send`, { chat: chatId, text: 'told', forwardFrom: alice })
    expect(await messages(bob, chatId)).to.containSubset([
      { service: 'joined-by-request', text: 'Alice was let in' },
      { from: alice, text: 'second', edited: true },
      { from: bob, sticker: '👋' },
      { from: bob, text: 'told', forwardedFrom: alice },
    ])

    const state = await get('state')
    expect(state).to.have.nested.property('bot.id', sandbox.bot.id)
    expect(state['users']).to.containSubset([
      { id: alice, firstName: 'Alice', username: null, blockedBot: false, host: false },
      { id: hostId, host: true },
    ])
    expect(state['unknown']).to.deep.equal({ bot: {}, mtproto: {} })
    expect(state['clockOffsetMs']).to.equal(0)
    expect(state['chats']).to.containSubset([
      {
        id: chatId,
        type: 'supergroup',
        title: 'Room',
        about: '',
        deleted: false,
        owner: hostId,
        members: [
          { id: hostId, status: 'creator' },
          { id: sandbox.bot.id, status: 'administrator' },
          { id: alice, status: 'member' },
          { id: bob, status: 'member' },
        ],
        links: [
          { link, createdBy: sandbox.bot.id, revoked: false, createsJoinRequest: true, expiresAt: null },
          { link: open, createsJoinRequest: false },
        ],
        requests: [],
      },
    ])
    await post(`users/${bob}/leave`, { chat: chatId })
    expect(await get(`users/${bob}/chats`)).to.deep.equal([])
    sandbox.world.chats.delete(chat.id, hostId)
    expect(await order()).to.deep.equal([sandbox.bot.id])
    expect((await get<{ chats: Json[] }>('state')).chats).to.containSubset([{ id: chatId, deleted: true, members: [] }])
  })

  it('makes public channels that people can join', async () => {
    const [alice, bob] = [await person('Alice'), await person('Bob')]
    const { id } = await post('channels', { username: '@news_here', members: [alice] })
    expect(await bot.telegram.getChatMember('@news_here', alice)).to.have.property('status', 'member')
    expect(await bot.telegram.getChatMember('@news_here', bob)).to.have.property('status', 'left')
    const link = 'https://t.me/news_here'
    expect(await post(`users/${bob}/enter`, { link })).to.deep.equal({ status: 'joined', chat: id })
    expect(await bot.telegram.getChatMember('@news_here', bob)).to.have.property('status', 'member')
    expect(await call('POST', `users/${bob}/enter`, { link })).to.deep.include({ status: 400 })
    await post('channels', { username: 'elsewhere', botAdmin: false })
    expect((await sandbox.call('getChatMember', { chat_id: '@elsewhere', user_id: bob })).ok).to.equal(false)
  })

  it('follows a link to the bot itself', async () => {
    const alice = await person('Alice')
    const greeted = sandbox.event('dialog-message', ({ message }) => message.text === 'Hello')
    const link = 'https://t.me/helper_bot?start=x'
    expect(await post(`users/${alice}/enter`, { link })).to.deep.equal({ status: 'joined', chat: sandbox.bot.id })
    await greeted
  })

  it('blocks and unblocks the bot, and deletes accounts', async () => {
    const alice = await person('Alice')
    await post(`users/${alice}/send`, { chat: sandbox.bot.id, text: 'hi' })
    expect(await post(`users/${alice}/block`, { bot: true })).to.deep.equal({ blocked: true })
    expect((await sandbox.call('sendMessage', { chat_id: alice, text: 'x' })).error_code).to.equal(403)
    expect((await call('POST', `users/${alice}/send`, { chat: sandbox.bot.id, text: 'x' })).body).to.have.property(
      'error',
      'YOU_BLOCKED_USER',
    )
    await post(`users/${alice}/block`, { bot: false })
    expect((await sandbox.call('sendMessage', { chat_id: alice, text: 'x' })).ok).to.equal(true)
    await post(`users/${alice}/delete-account`)
    expect((await sandbox.call('sendMessage', { chat_id: alice, text: 'x' })).description).to.equal(
      'Forbidden: user is deactivated',
    )
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
