import { expect } from 'chai'
import { startSandboxHttp, type SandboxHttp } from '../support/sandbox-http.js'

describe('The sandbox Bot API: parameters that make no sense', () => {
  let sandbox: SandboxHttp
  let alice: number
  let group: number

  beforeEach(async () => {
    sandbox = await startSandboxHttp()
    alice = sandbox.person('Alice')
    group = sandbox.group().chatId
  })
  afterEach(() => sandbox.close())

  /** The words of a refusal, or what was answered. */
  const outcome = async (method: string, parameters: object = {}): Promise<unknown> => {
    const { ok, result, description } = await sandbox.call(method, parameters)
    return ok ? result : description?.replace('Bad Request: ', '')
  }
  const say = (count: number) => {
    for (let n = 0; n < count; n++) sandbox.world.dialogs.write(alice, sandbox.bot.id, { text: `${n}` })
  }

  describe('getUpdates', () => {
    const counts = async (...limits: unknown[]) =>
      Promise.all(limits.map(async (limit) => ((await outcome('getUpdates', { limit })) as object[]).length))

    it('gives one to a hundred, whatever it is asked for', async () => {
      say(120)
      expect(await counts(undefined, '', 7, '7')).to.deep.equal([100, 100, 7, 7])
      expect(await counts(0, -5, 'many', 1000)).to.deep.equal([1, 1, 1, 100])
    })

    it('does not wait for a negative time, or one that is no number', async () => {
      await outcome('getUpdates', { offset: -1 })
      const [last] = (await outcome('getUpdates', { offset: -1 })) as [{ update_id: number }]
      const offset = last.update_id + 1
      for (const timeout of [-1, 'long', '']) expect(await outcome('getUpdates', { offset, timeout })).to.deep.equal([])
    })

    it('takes an offset that is no number for none', async () => {
      say(2)
      for (const offset of ['x', '', 0]) expect(await outcome('getUpdates', { offset, limit: 2 })).to.have.length(2)
    })

    it('keeps to what was allowed when a list makes no sense, and to the usual when nothing in it is known', async () => {
      const allowed = async (allowed_updates: unknown) => {
        await outcome('getUpdates', { allowed_updates })
        const info = (await outcome('getWebhookInfo')) as { allowed_updates?: string[] }
        return info.allowed_updates
      }
      expect(await allowed(['Message', 'chat_member'])).to.deep.equal(['message', 'chat_member'])
      for (const nonsense of ['{', 'message', [5], {}, 3])
        expect(await allowed(nonsense)).to.deep.equal(['message', 'chat_member'])
      expect(await allowed(['nothing'])).to.equal(undefined)
    })
  })

  it('chats and people are not found', async () => {
    for (const chat_id of ['abc', 'true', '-', 0, 1.5, {}])
      expect(await outcome('sendMessage', { chat_id, text: 'x' }), JSON.stringify(chat_id)).to.be.oneOf([
        'chat not found',
        'chat_id is empty',
      ])
    expect(await outcome('sendMessage', { chat_id: '', text: 'x' })).to.equal('chat_id is empty')
    for (const user_id of ['abc', 0, -1, '', undefined, true])
      expect(await outcome('getChatMember', { chat_id: group, user_id })).to.equal('invalid user_id specified')
    expect(await outcome('sendMessage', { chat_id: ` ${alice} `, text: 'x' })).to.have.property('message_id')
  })

  it('messages are not found', async () => {
    for (const message_id of ['x', 0, -1, undefined]) {
      expect(await outcome('pinChatMessage', { chat_id: group, message_id })).to.equal('message to pin not found')
      const taken = { chat_id: alice, from_chat_id: group, message_id }
      expect(await outcome('copyMessage', taken)).to.equal('message to copy not found')
      expect(await outcome('forwardMessage', taken)).to.equal('message to forward not found')
      expect(await outcome('editMessageText', { chat_id: alice, message_id, text: 'x' })).to.equal(
        'message to edit not found',
      )
      expect(await outcome('deleteMessage', { chat_id: alice, message_id })).to.equal(
        'message identifier is not specified',
      )
    }
    expect(await outcome('deleteMessage', { message_id: 1 })).to.equal('chat identifier is not specified')
    for (const message_ids of ['', '[]', undefined])
      expect(await outcome('deleteMessages', { chat_id: alice, message_ids })).to.equal(
        'message identifiers are not specified',
      )
    expect(await outcome('deleteMessages', { chat_id: alice, message_ids: '[1' })).to.equal(
      "can't parse message identifiers JSON object",
    )
    expect(await outcome('deleteMessages', { chat_id: alice, message_ids: 5 })).to.equal(
      'expected an Array of message identifiers',
    )
  })

  it('replies to what is no message are refused', async () => {
    const reply = (reply_parameters: unknown) => outcome('sendMessage', { chat_id: alice, text: 'x', reply_parameters })
    expect(await reply('{')).to.equal("can't parse reply parameters JSON object")
    expect(await reply('[]')).to.equal('object expected as reply parameters')
    expect(await reply({ chat_id: 1 })).to.equal('can\'t find field "message_id"')
    expect(await reply({ message_id: [] })).to.equal('field "message_id" must be of type Number')
    expect(await reply({ message_id: 999 })).to.equal('message to be replied not found')
    expect(await reply({})).to.have.property('message_id')
  })

  it('links end in the future, and take no more people than there may be', async () => {
    const link = (terms: object) => outcome('createChatInviteLink', { chat_id: group, ...terms })
    const now = sandbox.world.now()
    for (const expire_date of [1, now - 10, now]) expect(await link({ expire_date })).to.equal('EXPIRE_DATE_INVALID')
    for (const none of [{ expire_date: 'soon' }, { expire_date: -5 }, { member_limit: 0 }, { member_limit: -1 }])
      expect(await link(none)).to.not.have.any.keys('expire_date', 'member_limit')
    expect(await link({ member_limit: '99999' })).to.have.property('member_limit', 99_999)
    expect(await link({ member_limit: 100_000 })).to.equal('USAGE_LIMIT_INVALID')
    expect(await link({ creates_join_request: 'maybe' })).to.have.property('creates_join_request', false)
    for (const yes of ['True', 'yes', 1]) {
      expect(await link({ creates_join_request: yes })).to.have.property('creates_join_request', true)
    }
  })

  it('permissions are an object of true and false', async () => {
    const permit = (permissions: unknown) => outcome('setChatPermissions', { chat_id: group, permissions })
    expect(await permit('{')).to.equal("can't parse permissions JSON object")
    expect(await permit('[]')).to.equal('object expected as permissions')
    expect(await permit({ can_send_messages: 'perhaps' })).to.equal(
      'can\'t parse chat permissions: Field "can_send_messages" must be of type Boolean',
    )
    expect(await permit({ can_send_messages: true })).to.equal(true)
  })

  it('entities that are no list are none', async () => {
    for (const entities of ['{', '{}', 5])
      expect(await outcome('sendMessage', { chat_id: alice, text: 'x', entities })).to.not.have.property('entities')
  })

  it('a webhook needs an address, and a secret of some letters', async () => {
    const set = (url: string, more: object = {}) => outcome('setWebhook', { url, ...more })
    expect(await set('http://example.org/')).to.equal('bad webhook: An HTTPS URL must be provided for webhook')
    expect(await set('https://')).to.equal('invalid webhook URL specified')
    for (const port of [0, 8080, 5000])
      expect(await set(`https://example.org:${port}/`)).to.equal(
        'bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443',
      )
    for (const address of ['example.org', 'example.org:8443', '127.0.0.1:1'])
      expect(await set(`https://${address}/`, { drop_pending_updates: true })).to.equal(true)
    expect(await set('https://127.0.0.1:1/', { secret_token: 'a b' })).to.equal(
      'secret token contains unallowed characters',
    )
    expect(await set('https://127.0.0.1:1/', { secret_token: 'a'.repeat(257) })).to.equal('secret token is too long')
    await set('https://127.0.0.1:1/', { max_connections: 'x' })
    expect(await outcome('getWebhookInfo')).to.have.property('max_connections', 1)
    await outcome('deleteWebhook')
  })

  it('commands have a name and a description of some length', async () => {
    const set = (commands: unknown) => outcome('setMyCommands', { commands })
    const one = (command: unknown, description: unknown = 'Go') => set([{ command, description }])
    expect(await set('zz')).to.equal("can't parse commands JSON object")
    expect(await set({})).to.equal('expected an Array of BotCommand')
    expect(await set([null])).to.equal("can't parse BotCommand: expected an Object")
    expect(await set([{ command: 'go' }])).to.equal('can\'t parse BotCommand: Can\'t find field "description"')
    expect(await one([])).to.equal('can\'t parse BotCommand: Field "command" must be of type String')
    for (const empty of ['', ' ', '/']) expect(await one(empty)).to.equal('command must be non-empty')
    expect(await one('c'.repeat(33))).to.equal('command length must not exceed 32')
    expect(await one('Go')).to.equal('BOT_COMMAND_INVALID')
    for (const empty of ['', ' ']) expect(await one('go', empty)).to.equal('command description must be non-empty')
    expect(await one('go', 'x'.repeat(257))).to.equal('command description length must not exceed 256')
    expect(await set(Array(101).fill({ command: 'go', description: 'Go' }))).to.equal('BOT_COMMANDS_TOO_MUCH')
    expect(await outcome('setMyCommands', { commands: [], language_code: 'english' })).to.equal(
      'invalid language code specified',
    )
    expect(await outcome('getMyCommands')).to.deep.equal([])
    expect(await one(` /${'c'.repeat(32)} `, ` ${'🦊'.repeat(256)} `)).to.equal(true)
    expect(await outcome('getMyCommands')).to.deep.equal([{ command: 'c'.repeat(32), description: '🦊'.repeat(256) }])
    expect(await outcome('setMyCommands')).to.equal(true)
    expect(await outcome('getMyCommands')).to.deep.equal([])
  })

  it('commands are for everybody, or for a chat that the bot knows', async () => {
    const commands = [{ command: 'go', description: 'Go' }]
    const set = (scope: unknown) => outcome('setMyCommands', { scope, commands })
    const unreadable = (why: string) => `can't parse BotCommandScope: ${why}`
    expect(await set('{')).to.equal("can't parse BotCommandScope JSON object")
    expect(await set('[]')).to.equal(unreadable('BotCommandScope must be an Object'))
    expect(await set({})).to.equal(unreadable('Can\'t find field "type"'))
    for (const method of ['setMyCommands', 'getMyCommands', 'deleteMyCommands'])
      expect(await outcome(method, { scope: { type: 'bogus' } })).to.equal(unreadable('Unsupported type specified'))
    expect(await set({ type: 'chat' })).to.equal(unreadable('Can\'t find field "chat_id"'))
    expect(await set({ type: 'chat', chat_id: '' })).to.equal(unreadable('Empty chat_id specified'))
    expect(await set({ type: 'chat', chat_id: 999 })).to.equal('chat not found')
    expect(await set({ type: 'chat_member', chat_id: group })).to.equal(unreadable('Can\'t find field "user_id"'))
    for (const user_id of [0, 'x'])
      expect(await set({ type: 'chat_member', chat_id: group, user_id })).to.equal(
        unreadable('Invalid user_id specified'),
      )
    expect(await set({ type: 'chat_member', chat_id: group, user_id: 999 })).to.equal('user not found')
    expect(await set({ type: 'chat_administrators', chat_id: alice })).to.equal(
      "can't use specified scope in private chats",
    )
    expect(await set({ type: 'chat', chat_id: alice })).to.equal(true)
    const of = (scope?: object) => outcome('getMyCommands', { scope })
    expect(await of({ type: 'chat', chat_id: `${alice}` })).to.deep.equal(commands)
    expect(await of({ type: 'chat', chat_id: group })).to.deep.equal([])
    expect(await of()).to.deep.equal([])
    await set({ type: 'default' })
    expect(await of()).to.deep.equal(commands)
  })

  it('what tells of an event is not pinned, nor is the first of it deleted', async () => {
    const created = { chat_id: group, message_id: 1 }
    expect(await outcome('pinChatMessage', created)).to.equal("a service message can't be pinned")
    expect(await outcome('deleteMessage', created)).to.equal("message can't be deleted")
    const { chat, chatId, hostId } = sandbox.group(['other'])
    sandbox.world.chats.setDefaultBanned(chat.id, hostId, ['pin_messages'])
    expect(await outcome('pinChatMessage', { chat_id: chatId, message_id: 1 })).to.equal(
      'not enough rights to manage pinned messages in the chat',
    )
  })

  it('private chats are told from groups', async () => {
    expect(await outcome('getChatAdministrators', { chat_id: alice })).to.equal(
      'there are no administrators in the private chat',
    )
    expect(await outcome('restrictChatMember', { chat_id: alice, user_id: alice, permissions: {} })).to.equal(
      'method is available only for supergroups',
    )
    expect(await outcome('unbanChatMember', { chat_id: alice, user_id: alice })).to.equal(
      'method is available for supergroup and channel chats only',
    )
    expect(await outcome('setChatTitle', { chat_id: alice, title: 'x' })).to.equal("can't change private chat title")
  })
})
