import { expect } from 'chai'
import { startSandboxHttp, type SandboxHttp } from '../support/sandbox-http.js'

describe('The sandbox Bot API: what Telegram takes and how it refuses', () => {
  let sandbox: SandboxHttp
  let alice: number

  beforeEach(async () => {
    sandbox = await startSandboxHttp()
    alice = sandbox.person('Alice')
  })
  afterEach(() => sandbox.close())

  /** The words of a refusal, or what was sent. */
  const outcome = async (method: string, parameters: object = {}): Promise<unknown> => {
    const { ok, result, description } = await sandbox.call(method, parameters)
    return ok ? result : description?.replace('Bad Request: ', '')
  }
  const withButton = (button: unknown, chat: number = alice): Promise<unknown> =>
    outcome('sendMessage', { chat_id: chat, text: 'x', reply_markup: { inline_keyboard: [[button]] } })

  describe('buttons', () => {
    for (const action of [
      { url: 'tg://resolve?domain=helper_bot' },
      { url: 'example.com/a' },
      { copy_text: { text: 'copied' } },
      { web_app: { url: 'https://example.com/' } },
      { login_url: { url: 'https://example.com/' } },
      { switch_inline_query: '' },
      { switch_inline_query_current_chat: 'q' },
      { switch_inline_query_chosen_chat: { query: 'q', allow_user_chats: true } },
    ])
      it(`may be of the kind ${JSON.stringify(action)}`, async () => {
        const button = { text: 'Go', ...action }
        expect(await withButton(button)).to.have.deep.property('reply_markup', { inline_keyboard: [[button]] })
      })

    it('may lead to people whom the bot knows', async () => {
      const button = { text: 'Alice', url: `tg://user?id=${alice}` }
      expect(await withButton(button)).to.have.deep.property('reply_markup', { inline_keyboard: [[button]] })
      expect(await withButton({ text: 'Nobody', url: 'tg://user?id=42' })).to.equal('BUTTON_USER_INVALID')
    })

    it('open web apps in private chats only', async () => {
      const { chatId } = sandbox.group()
      const app = { text: 'App', web_app: { url: 'https://example.com/' } }
      expect(await withButton(app, chatId)).to.equal('BUTTON_TYPE_INVALID')
      expect(await withButton({ text: 'Log in', login_url: app.web_app }, chatId)).to.have.property('message_id')
    })

    const cannot = "can't parse inline keyboard button: "
    for (const [button, description] of [
      [{ callback_data: 'x' }, `${cannot}Can't find field "text"`],
      [{ text: 5, callback_data: 'x' }, `${cannot}Field "text" must be of type String`],
      [{ text: 'x', url: 5 }, `${cannot}Field "url" must be of type String`],
      [{ text: 'x', web_app: 'https://example.com' }, `${cannot}Field "web_app" must be of type Object`],
      [{ text: 'x', callback_data: '' }, `${cannot}Text buttons are unallowed in the inline keyboard`],
      [{ text: 'x', copy_text: { text: 'x'.repeat(257) } }, 'BUTTON_COPY_TEXT_INVALID'],
      [{ text: 'x', pay: true }, 'BUTTON_TYPE_INVALID'],
      [
        { text: 'x', web_app: { url: 'http://example.com' } },
        "inline keyboard button Web App URL 'http://example.com' is invalid: Only HTTPS links are allowed",
      ],
      [
        { text: 'x', url: 'ftp://example.com' },
        "inline keyboard button URL 'ftp://example.com' is invalid: Unsupported URL protocol",
      ],
    ] as const)
      it(`are refused: ${JSON.stringify(button).slice(0, 60)}`, async () => {
        expect(await withButton(button)).to.equal(description)
      })

    for (const [markup, description] of [
      ['{"inline_keyboard"', "can't parse reply keyboard markup JSON object"],
      ['[]', 'object expected as reply markup'],
      ['{"inline_keyboard": {}}', 'field "inline_keyboard" must be of type Array'],
      ['{"inline_keyboard": [{}]}', 'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'],
    ] as const)
      it(`need a keyboard: ${markup} is none`, async () => {
        const sent = outcome('sendMessage', { chat_id: alice, text: 'x', reply_markup: markup })
        expect(await sent).to.equal(description)
      })
  })

  it('keeps and checks the entities of texts, captions and edited texts', async () => {
    const bold = { type: 'bold', offset: 0, length: 2 }
    const sent = (await outcome('sendMessage', { chat_id: alice, text: 'Hello', entities: [bold] })) as {
      message_id: number
    }
    expect(sent).to.have.deep.property('entities', [bold])
    const wrong = JSON.stringify([{ ...bold, type: '<b>' }])
    const refused = "can't parse MessageEntity: Unsupported type specified"
    const edit = { chat_id: alice, message_id: sent.message_id, text: 'Hello you', entities: wrong }
    expect(await outcome('editMessageText', edit)).to.equal(refused)
    expect(
      await outcome('sendPhoto', { chat_id: alice, photo: 'any', caption: 'x', caption_entities: wrong }),
    ).to.equal(refused)
  })

  it('mentions people by their id, without their language', async () => {
    const text = `<a href="tg://user?id=${alice}">you</a>`
    const sent = await outcome('sendMessage', { chat_id: alice, text, parse_mode: 'HTML' })
    const user = { id: alice, is_bot: false, first_name: 'Alice' }
    expect(sent).to.have.deep.property('entities', [{ type: 'text_mention', offset: 0, length: 3, user }])
    const { chat, chatId, hostId } = sandbox.group()
    sandbox.world.members.add(chat.id, hostId, alice)
    for (const chat_id of [chatId, alice]) {
      const member = await outcome('getChatMember', { chat_id, user_id: alice })
      expect(member).to.deep.equal({ status: 'member', user })
    }
  })

  it('says what is missing or out of place', async () => {
    expect(await outcome('editMessageText', { text: 'x' })).to.equal('message identifier is not specified')
    expect(await outcome('editMessageText', { text: 'x', message_id: 1 })).to.equal('chat_id is empty')
    expect(await outcome('editMessageText', { text: 'x', chat_id: alice })).to.equal('message to edit not found')
    expect(await outcome('editMessageText', { text: 'x', inline_message_id: 'a' })).to.equal('MESSAGE_ID_INVALID')
    const ban = await outcome('banChatMember', { chat_id: alice, user_id: alice })
    expect(ban).to.equal("can't ban members in private chats")
  })

  it('answers as the Bot API where no method is named', async () => {
    for (const path of [`bot${sandbox.token}/`, `bot${sandbox.token}`, `bot${sandbox.token}/a/b`, 'botx/getMe']) {
      const response = await fetch(`${sandbox.root}/${path}`)
      const answer: unknown = await response.json()
      expect([response.status, answer]).to.deep.equal([404, { ok: false, error_code: 404, description: 'Not Found' }])
    }
  })

  it('gives the bot its name until another is set', async () => {
    expect(await outcome('getMyName')).to.deep.equal({ name: 'Helper' })
    await outcome('setMyName', { name: 'Other' })
    expect(await outcome('getMyName', { language_code: 'ru' })).to.deep.equal({ name: 'Other' })
  })

  it('remembers how a webhook is to be called', async () => {
    const url = 'https://127.0.0.1:1/'
    await outcome('setWebhook', { url, max_connections: 7, ip_address: '127.0.0.1' })
    expect(await outcome('getWebhookInfo')).to.include({ url, max_connections: 7, ip_address: '127.0.0.1' })
    await outcome('setWebhook', { url, max_connections: 1000 })
    expect(await outcome('getWebhookInfo'))
      .to.include({ max_connections: 100 })
      .and.not.have.property('ip_address')
    expect(await outcome('setWebhook', { url, ip_address: 'here' })).to.equal(
      'bad webhook: Invalid IP address specified',
    )
    await outcome('deleteWebhook')
  })

  it('drops the updates that wait when a webhook is set so', async () => {
    expect(await outcome('getWebhookInfo')).to.include({ pending_update_count: 1 })
    await outcome('setWebhook', { url: 'https://127.0.0.1:1/', drop_pending_updates: true })
    expect(await outcome('getWebhookInfo')).to.include({ pending_update_count: 0 })
    await outcome('deleteWebhook')
  })

  it('lets an administrator promote who has only the right to', async () => {
    const { chat, chatId, hostId } = sandbox.group(['add_admins', 'pin_messages'])
    sandbox.world.members.add(chat.id, hostId, alice)
    expect(await outcome('promoteChatMember', { chat_id: chatId, user_id: alice, can_pin_messages: true })).to.equal(
      true,
    )
    expect(await outcome('getChatMember', { chat_id: chatId, user_id: alice })).to.include({ can_manage_chat: true })
  })
})
