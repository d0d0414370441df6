import { expect } from 'chai'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chatId, userId, type ChatId, type UserId } from '../../src/ids.js'
import type { FaultRule } from '../../src/sandbox/faults.js'
import { createBotApi, NEEDED_RIGHTS, type BotApi } from '../../src/telegram/bot-api.js'
import type { TelegramError } from '../../src/telegram/errors.js'
import { startSandboxHttp, type SandboxHttp } from '../support/sandbox-http.js'

const TIMEOUT_MS = 300

describe('the client of the Bot API', () => {
  let sandbox: SandboxHttp
  let api: BotApi
  /** For those tests in which no answer comes. */
  let hasty: BotApi
  let ann: UserId
  let group: ChatId

  beforeEach(async () => {
    sandbox = await startSandboxHttp()
    api = createBotApi({ token: sandbox.token, apiRoot: sandbox.root, timeoutMs: 10_000 })
    hasty = createBotApi({ token: sandbox.token, apiRoot: sandbox.root, timeoutMs: TIMEOUT_MS })
    ann = userId(sandbox.person('Ann'))
    group = chatId(sandbox.group().chatId)
  })
  afterEach(async () => {
    expect(sandbox.botApi.unknown).to.deep.equal({})
    await sandbox.close()
  })

  const failure = async (call: Promise<unknown>): Promise<TelegramError> => {
    const error: unknown = await call.then(
      () => new Error('it did not fail'),
      (reason: unknown) => reason,
    )
    return error as TelegramError
  }
  const fault = (method: string, rule: Partial<FaultRule>) => sandbox.faults.add({ surface: 'bot', method, ...rule })
  const inviteLink = () => api.createJoinRequestLink(group, { livesMs: 60_000 })
  const ask = (link: string, user = ann) =>
    expect(() => sandbox.world.invites.join(Number(user), sandbox.world.invites.hashOf(link))).to.throw()
  const heard = (user = ann) =>
    (sandbox.world.dialogs.find(Number(user), sandbox.bot.id)?.messages ?? []).filter(
      ({ from }) => from !== Number(user),
    )

  it('knows who it is', async () =>
    expect(await api.me()).to.deep.equal({ id: String(sandbox.bot.id), username: 'helper_bot' }))

  it('sends and edits messages; what is so already is fine', async () => {
    const keyboard = [[{ text: 'Go', data: 'go' }], [{ text: 'Site', url: 'https://example.org/' }]]
    const { messageId } = await api.sendMessage(ann, {
      text: 'Hello',
      keyboard,
      protect: true,
      disableLinkPreview: true,
    })
    expect(heard()[0]).to.deep.include({ text: 'Hello' })
    expect(heard()[0]?.markup?.inline_keyboard).to.deep.equal([
      [{ text: 'Go', callback_data: 'go' }],
      [{ text: 'Site', url: 'https://example.org/' }],
    ])
    expect(await api.editMessage(ann, messageId, { text: 'Bye' })).to.equal('edited')
    expect(await api.editMessage(ann, messageId, { text: 'Bye' })).to.equal('same')
    expect(heard()[0]?.text).to.equal('Bye')
    await sandbox.call('deleteMessage', { chat_id: Number(ann), message_id: messageId })
    expect(await api.editMessage(ann, messageId, { text: 'Again' })).to.equal('missing')
    expect(await api.answerCallback('12345', 'late', true)).to.equal(false)
  })

  it('lets people in by join request, and knows who is in', async () => {
    const link = await inviteLink()
    const bob = userId(sandbox.person('Bob'))
    expect(await api.memberStatus(group, ann)).to.equal('out')
    expect(await api.approve(group, ann)).to.equal('missing')
    ask(link)
    ask(link, bob)
    expect(await api.approve(group, ann)).to.equal('approved')
    expect(await api.approve(group, ann)).to.equal('already')
    expect(await api.decline(group, bob)).to.equal('declined')
    expect(await api.decline(group, bob)).to.equal('missing')
    expect(await api.memberStatus(group, ann)).to.equal('in')
    expect(await api.memberStatus(group, userId(4_999_999_999))).to.equal('out')
    await api.revokeLink(group, link)
    await api.revokeLink(group, link)
    await api.removeMember(group, ann)
    expect(await api.memberStatus(group, ann)).to.equal('kicked')
    await api.liftBan(group, ann)
    await api.liftBan(group, ann)
    expect(await api.memberStatus(group, ann)).to.equal('out')
  })

  it('a restricted member is in, a person at the limit of groups is full', async () => {
    const link = await inviteLink()
    ask(link)
    await api.approve(group, ann)
    await sandbox.call('restrictChatMember', {
      chat_id: group,
      user_id: Number(ann),
      permissions: { can_send_messages: false },
    })
    expect(await api.memberStatus(group, ann)).to.equal('in')
    fault('approveChatJoinRequest', { error: '400:Bad Request: USER_CHANNELS_TOO_MUCH' })
    expect(await api.approve(group, ann)).to.equal('full')
  })

  it("links live as long as they are to, by Telegram's own clock, whatever that says", async () => {
    const { world } = sandbox
    const links = world.chats.get(-1_000_000_000_000 - Number(group)).invites
    for (const offsetMs of [0, 86_400_000, 0]) {
      world.setClock(offsetMs)
      // Its time is known from its last answer.
      await api.me()
      const before = world.nowMs()
      await api.createJoinRequestLink(group, { livesMs: 60_400 })
      const endsAt = ([...links.values()].at(-1)?.expiresAt ?? 0) * 1000
      expect(endsAt - before, `${offsetMs} ahead`).to.be.within(59_300, 61_400 + world.nowMs() - before)
    }
    await api.createJoinRequestLink(group)
    expect([...links.values()].at(-1)).to.have.property('expiresAt', undefined)
  })

  it('sets titles and tags; tags only where the server has them and the bot may', async () => {
    await api.setTitle(group, 'Ann & Bob')
    await api.setTitle(group, 'Ann & Bob')
    expect(await api.chatInfo(group)).to.deep.include({ id: group, title: 'Ann & Bob' })
    ask(await inviteLink())
    await api.approve(group, ann)
    expect(await api.setTag(group, ann, 'Ann')).to.equal(true)
    const poor = chatId(sandbox.group(['other', 'invite_users']).chatId)
    expect(await api.setTag(poor, ann, 'Ann')).to.equal(false)
    fault('setChatMemberTag', { error: '404:Not Found: method not found' })
    expect(await api.setTag(group, ann, 'Ann')).to.equal(false)
  })

  it('knows the way into a channel that has no name', async () => {
    const { result } = await sandbox.call('exportChatInviteLink', { chat_id: group })
    expect(await api.chatInfo(group)).to.deep.include({ username: undefined, inviteLink: result })
  })

  it('says which rights the bot lacks', async () => {
    expect(await api.botRights(group)).to.deep.equal({ member: true, admin: true, missing: [] })
    const poor = chatId(sandbox.group(['other', 'invite_users']).chatId)
    expect(await api.botRights(poor)).to.deep.equal({
      member: true,
      admin: true,
      missing: NEEDED_RIGHTS.filter((right) => right !== 'can_invite_users'),
    })
    await sandbox.call('leaveChat', { chat_id: poor })
    expect(await api.botRights(poor)).to.deep.equal({ member: false, admin: false, missing: NEEDED_RIGHTS })
  })

  it('sets commands by language', async () => {
    await api.setCommands([{ command: 'find', description: 'Find somebody' }], { language: 'en' })
    expect((await sandbox.call('getMyCommands', { language_code: 'en' })).result).to.deep.equal([
      { command: 'find', description: 'Find somebody' },
    ])
  })

  describe('errors', () => {
    const send = (by = api) => by.sendMessage(ann, { text: 'Hello' })

    it('429 carries how long to wait', async () => {
      fault('sendMessage', { error: '429:7' })
      expect(await failure(send())).to.include({ code: 'telegram_rate_limited', retryAfterMs: 7_000, retryable: true })
    })

    it('a person who blocked the bot or was never there is forbidden, a group that is gone is gone', async () => {
      sandbox.world.dialogs.block(Number(ann), sandbox.bot.id, true)
      expect((await failure(send())).code).to.equal('telegram_forbidden')
      const stranger = userId(sandbox.world.users.add({ firstName: 'Eve' }).id)
      expect((await failure(api.sendMessage(stranger, { text: 'Hi' }))).code).to.equal('telegram_forbidden')
      const gone = await failure(api.sendMessage(chatId(-1_009_999_999_999), { text: 'Hi' }))
      expect(gone.code).to.equal('telegram_gone')
    })

    it('5xx, a cut connection and silence leave open whether it happened', async () => {
      fault('sendMessage', { error: '502:Bad Gateway' })
      fault('sendMessage', { wire: 'drop-after' })
      fault('sendMessage', { wire: 'no-answer' })
      for (let n = 0; n < 3; n++)
        expect(await failure(send(hasty))).to.include({ code: 'telegram_unavailable', retryable: true })
      expect(heard()).to.have.length(2)
    })

    it('waits no longer than its timeout, and never names the token', async () => {
      fault('sendMessage', { wire: 'no-answer' })
      const startedAt = performance.now()
      const error = await failure(send(hasty))
      expect(performance.now() - startedAt).to.be.within(TIMEOUT_MS - 10, 10 * TIMEOUT_MS)
      expect(JSON.stringify([error.message, error.stack])).to.not.contain(sandbox.token)
    })

    it('a wrong token is said to be wrong', async () => {
      const wrong = createBotApi({ token: `1:${'A'.repeat(35)}`, apiRoot: sandbox.root, timeoutMs: TIMEOUT_MS })
      expect(await failure(wrong.me())).to.include({ code: 'telegram_unauthorized', retryable: false })
    })

    it('other refusals keep the words of Telegram', async () => {
      const error = await failure(api.sendMessage(ann, { text: '' }))
      expect(error).to.include({ code: 'telegram_rejected', description: 'Bad Request: message text is empty' })
    })
  })

  describe('an answer that is no answer', () => {
    let server: Server
    let broken: BotApi
    before(async () => {
      server = createServer((_request, response) => response.end('<html>'))
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const apiRoot = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      broken = createBotApi({ token: `123456:${'A'.repeat(35)}`, apiRoot, timeoutMs: TIMEOUT_MS })
    })
    after(() => {
      server.closeAllConnections()
      server.close()
    })

    it('counts as unavailable, without the address that holds the token', async () => {
      const error = await failure(broken.me())
      expect(error.code).to.equal('telegram_unavailable')
      expect(error.message).to.not.contain('AAAA')
    })
  })
})
