import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { Telegraf, Telegram } from 'telegraf'
import type { Update } from 'telegraf/types'
import { startSandboxHttp, type BotApiAnswer, type SandboxHttp } from '../support/sandbox-http.js'

type AnyUpdate = { update_id: number } & Record<string, Record<string, unknown>>

describe('The sandbox Bot API: updates', () => {
  let sandbox: SandboxHttp
  let alice: number

  beforeEach(async () => {
    sandbox = await startSandboxHttp()
    alice = sandbox.world.users.add({ firstName: 'Alice', languageCode: 'ru' }).id
  })
  afterEach(() => sandbox.close())

  const say = (text: string) => sandbox.world.dialogs.write(alice, sandbox.bot.id, { text })
  const updates = async (parameters: object = {}) =>
    (await sandbox.call('getUpdates', parameters)).result as AnyUpdate[]
  const waitingPoll = async (parameters: object = { timeout: 20 }): Promise<{ answer: Promise<BotApiAnswer> }> => {
    const answer = sandbox.call('getUpdates', parameters)
    const { queue } = sandbox.botApi.state(sandbox.bot.id)
    while (!queue.polling) await new Promise((resolve) => setImmediate(resolve))
    return { answer }
  }

  it('reach Telegraf, which answers commands and buttons', async () => {
    const bot = new Telegraf(sandbox.token, { telegram: { apiRoot: sandbox.root } })
    bot.start((context) =>
      context.reply('Hello', { reply_markup: { inline_keyboard: [[{ text: 'Go', callback_data: 'go' }]] } }),
    )
    bot.action('go', async (context) => {
      await context.answerCbQuery('gone')
      await context.editMessageText('Went')
    })
    const running = bot.launch({ allowedUpdates: ['message', 'callback_query'] })
    const greeted = sandbox.event('dialog-message', ({ message }) => message.text === 'Hello')
    say('/start')
    const { dialog, message } = await greeted
    const edited = sandbox.event('dialog-message-edited')
    const { answer } = sandbox.world.callbacks.press(alice, { dialog, message }, 'go')
    expect((await answer).text).to.equal('gone')
    expect((await edited).message.text).to.equal('Went')
    bot.stop()
    await running
    expect(sandbox.botApi.unknown).to.deep.equal({})
  })

  it('stay until a larger offset confirms them, and grow in number', async () => {
    say('one')
    say('two')
    const [one, two] = await updates()
    expect([one?.['message']?.['text'], two?.['message']?.['text']]).to.deep.equal(['one', 'two'])
    expect(two?.update_id).to.equal((one?.update_id ?? 0) + 1)
    expect(await updates()).to.have.length(2)
    expect(await updates({ offset: two?.update_id, limit: 1 })).to.deep.equal([two])
    expect(await updates({ offset: (two?.update_id ?? 0) + 1 })).to.deep.equal([])
    say('three')
    say('four')
    expect((await updates({ offset: -1 })).map((update) => update['message']?.['text'])).to.deep.equal(['four'])
  })

  it('wake a waiting poll', async () => {
    const { answer } = await waitingPoll()
    say('now')
    expect((await answer).result).to.have.length(1)
  })

  it('end the waiting poll with 409 when a second one comes', async () => {
    const { answer } = await waitingPoll()
    const second = sandbox.call('getUpdates', { timeout: 20 })
    expect(await answer).to.deep.equal({
      ok: false,
      error_code: 409,
      description: 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
    })
    say('x')
    expect((await second).result).to.have.length(1)
  })

  it('keep nothing for a poll whose caller hung up', async () => {
    const controller = new AbortController()
    const url = `${sandbox.root}/bot${sandbox.token}/getUpdates?timeout=20`
    const hanging = fetch(url, { signal: controller.signal }).catch(() => 'aborted')
    const { queue } = sandbox.botApi.state(sandbox.bot.id)
    while (!queue.polling) await new Promise((resolve) => setImmediate(resolve))
    controller.abort()
    expect(await hanging).to.equal('aborted')
    while (queue.polling) await new Promise((resolve) => setImmediate(resolve))
    say('still there')
    expect(await updates()).to.have.length(1)
  })

  it('come only in the kinds that are allowed, which is remembered', async () => {
    await updates({ allowed_updates: ['callback_query'] })
    say('unheard')
    expect(await updates()).to.deep.equal([])
    await updates({ allowed_updates: [] })
    say('heard')
    expect(await updates()).to.have.length(1)
  })

  it('tell of blocking and unblocking', async () => {
    say('/start')
    sandbox.world.dialogs.block(alice, sandbox.bot.id, true)
    sandbox.world.dialogs.block(alice, sandbox.bot.id, false)
    const told = (await updates()).map((update) => update['my_chat_member']).filter((change) => change !== undefined)
    expect(told.map((change) => change['new_chat_member'])).to.have.nested.property('[0].status', 'kicked')
    expect(told.map((change) => change['new_chat_member'])).to.have.nested.property('[1].status', 'member')
    expect(told[0]).to.have.nested.property('from.language_code', 'ru')
  })

  it('of members and join requests come only to administrators that asked for them', async () => {
    const { world, bot } = sandbox
    const { chat } = sandbox.group()
    const kinds = async () => (await updates()).map((update) => Object.keys(update).find((key) => key !== 'update_id'))
    const asked = world.invites.export(chat.id, bot.id, { requestNeeded: true })
    const open = world.invites.export(chat.id, bot.id)
    const enter = (hash: string) => {
      const { id } = world.users.add({ firstName: 'X' })
      try {
        world.invites.join(id, hash)
      } catch (error) {
        expect(error).to.have.property('error', 'INVITE_REQUEST_SENT')
      }
      return id
    }
    await updates({ offset: -1 })
    enter(asked.hash)
    enter(open.hash)
    expect(await kinds()).not.to.include.members(['chat_member', 'chat_join_request'])

    await updates({ offset: 2 ** 31, allowed_updates: ['chat_member', 'chat_join_request'] })
    const requester = enter(asked.hash)
    world.invites.decide(chat.id, bot.id, requester, true)
    const [request, member] = (await updates()) as unknown as Update[] & AnyUpdate[]
    expect(request?.['chat_join_request']).to.deep.include({ user_chat_id: requester })
    expect(request?.['chat_join_request']).to.have.nested.property('invite_link.invite_link', world.invites.link(asked))
    expect(member?.['chat_member']).to.deep.include({ via_join_request: true })
    expect(member?.['chat_member']).to.have.nested.property('new_chat_member.status', 'member')
    expect(member?.['chat_member']).to.have.nested.property('old_chat_member.status', 'left')
  })

  it('tell the bot what becomes of itself, and let it see every message where it is administrator', async () => {
    const { world, bot } = sandbox
    const { chat, hostId } = sandbox.group()
    world.messages.send(chat.id, hostId, { text: 'not a command' })
    world.members.promote(chat.id, hostId, bot.id, [])
    world.messages.send(chat.id, hostId, { text: 'private talk' })
    world.messages.send(chat.id, hostId, { text: '/command' })
    world.chats.delete(chat.id, hostId)
    const got = await updates()
    const statuses = got.flatMap(
      (update) => (update['my_chat_member']?.['new_chat_member'] as { status: string }) ?? [],
    )
    expect(statuses.map(({ status }) => status)).to.deep.equal(['member', 'administrator', 'member', 'left'])
    const texts = got.flatMap((update) => update['message']?.['text'] ?? [])
    expect(texts).to.deep.equal(['not a command', '/command'])
  })

  describe('by webhook', () => {
    let server: Server
    let received: { update: AnyUpdate; secret: unknown }[]
    let answerWith: (count: number) => { status: number; body?: object }
    let arrived: () => void
    let url: string

    beforeEach(async () => {
      received = []
      answerWith = () => ({ status: 200 })
      server = createServer((request, response) => {
        void read(request).then((body) => {
          received.push({
            update: JSON.parse(body) as AnyUpdate,
            secret: request.headers['x-telegram-bot-api-secret-token'],
          })
          const { status, body: answer } = answerWith(received.length)
          response.writeHead(status, { 'content-type': 'application/json' }).end(answer ? JSON.stringify(answer) : '')
          arrived()
        })
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
    })
    afterEach(() => {
      server.closeAllConnections()
      server.close()
    })

    const read = async (request: IncomingMessage) => {
      let body = ''
      for await (const chunk of request as AsyncIterable<Buffer>) body += chunk.toString()
      return body
    }
    const untilReceived = (count: number) =>
      new Promise<void>((resolve) => {
        arrived = () => received.length >= count && resolve()
        arrived()
      })

    it('arrive in order, with the secret, and again until they are accepted', async () => {
      const telegram = new Telegram(sandbox.token, { apiRoot: sandbox.root })
      answerWith = (count) => ({ status: count === 1 ? 500 : 200 })
      await telegram.setWebhook(url, { secret_token: 'abc' })
      say('one')
      say('two')
      await untilReceived(3)
      expect(received.map(({ update }) => update['message']?.['text'])).to.deep.equal(['one', 'one', 'two'])
      expect(received[0]?.update.update_id).to.equal(received[1]?.update.update_id)
      expect(received[0]?.secret).to.equal('abc')
      const info = await telegram.getWebhookInfo()
      expect(info).to.deep.include({ url, has_custom_certificate: false })
      expect(info.last_error_message).to.equal('Wrong response from the webhook: 500 Internal Server Error')

      expect(await sandbox.call('getUpdates')).to.deep.equal({
        ok: false,
        error_code: 409,
        description:
          "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      })
      await telegram.deleteWebhook()
      say('three')
      expect((await updates()).at(-1)).to.have.nested.property('message.text', 'three')
    })

    it('may answer with a method', async () => {
      answerWith = () => ({ status: 200, body: { method: 'sendMessage', chat_id: alice, text: 'by answer' } })
      await sandbox.call('setWebhook', { url })
      const said = sandbox.event('dialog-message', ({ message }) => message.text === 'by answer')
      arrived = () => undefined
      say('hello')
      expect((await said).message.from).to.equal(sandbox.bot.id)
    })

    it('end a waiting poll, and must be HTTPS elsewhere', async () => {
      const { answer } = await waitingPoll()
      arrived = () => undefined
      await sandbox.call('setWebhook', { url })
      expect((await answer).description).to.equal('Conflict: terminated by setWebhook request')
      expect((await sandbox.call('setWebhook', { url: 'http://example.org/' })).description).to.equal(
        'Bad Request: bad webhook: An HTTPS URL must be provided for webhook',
      )
    })
  })
})
