import { expect } from 'chai'
import { Input, Telegram } from 'telegraf'
import { paintPhoto } from '../../src/sandbox/world/painted-photo.js'
import { startSandboxHttp, type SandboxHttp } from '../support/sandbox-http.js'
import { failureOf } from '../support/telegraf-refusals.js'

/** What the Bot API said of a refused call. */
const refused = async (call: Promise<unknown>) => {
  const { code, description, parameters } = await failureOf(call)
  return { ...(code && { code }), ...(description && { description }), ...(parameters && { parameters }) }
}

describe('The sandbox Bot API: messages, by Telegraf', () => {
  let sandbox: SandboxHttp
  let telegram: Telegram
  let alice: number

  beforeEach(async () => {
    sandbox = await startSandboxHttp()
    telegram = new Telegram(sandbox.token, { apiRoot: sandbox.root })
    alice = sandbox.person('Alice')
  })
  afterEach(() => sandbox.close())

  it('sends, edits, copies, forwards and deletes', async () => {
    const sent = await telegram.sendMessage(alice, 'Hello <b>you</b>', {
      parse_mode: 'HTML',
      reply_markup: { inline_keyboard: [[{ text: 'Go', callback_data: 'go' }]] },
    })
    expect(sent).to.include({ text: 'Hello you' })
    expect(sent.entities).to.deep.equal([{ type: 'bold', offset: 6, length: 3 }])
    expect(sent.chat).to.deep.equal({ id: alice, type: 'private', first_name: 'Alice' })

    const same = refused(
      telegram.editMessageReplyMarkup(alice, sent.message_id, undefined, {
        inline_keyboard: [[{ text: 'Go', callback_data: 'go' }]],
      }),
    )
    expect((await same).description).to.match(/^Bad Request: message is not modified: specified new message content/)
    const edited = await telegram.editMessageText(alice, sent.message_id, undefined, 'Changed')
    expect(edited).to.include({ text: 'Changed' }).and.have.property('edit_date')
    expect(edited).not.to.have.property('reply_markup')

    const copy = await telegram.copyMessage(alice, alice, sent.message_id)
    const forward = await telegram.forwardMessage(alice, alice, sent.message_id)
    expect(copy.message_id).to.equal(sent.message_id + 1)
    expect(forward).to.deep.include({ text: 'Changed' }).and.have.nested.property('forward_origin.type', 'user')

    await telegram.deleteMessage(alice, copy.message_id)
    await telegram.callApi('deleteMessages', { chat_id: alice, message_ids: [sent.message_id, forward.message_id] })
    expect(sandbox.world.dialogs.find(alice, sandbox.bot.id)?.messages.map((message) => message.text)).to.eql([
      '/start',
    ])
  })

  it('answers to messages and shows what they answer to', async () => {
    const first = await telegram.sendMessage(alice, 'one')
    const second = await telegram.sendMessage(alice, 'two', { reply_parameters: { message_id: first.message_id } })
    expect(second).to.have.nested.property('reply_to_message.text', 'one')
    const missing = telegram.sendMessage(alice, 'three', { reply_parameters: { message_id: 999 } })
    expect(await refused(missing)).to.deep.equal({
      code: 400,
      description: 'Bad Request: message to be replied not found',
    })
  })

  it('takes photos by multipart/form-data, and again by the id of any size', async () => {
    const image = (width: number) => Input.fromBuffer(paintPhoto('ab12cd', width, 30), 'x.png')
    const photo = await telegram.sendPhoto(alice, image(40), { caption: 'a caption' })
    expect(photo).to.include({ caption: 'a caption' })
    expect(photo.photo.map(({ width }) => width)).to.deep.equal([40])
    const again = await telegram.sendPhoto(alice, photo.photo[0]?.file_id ?? '')
    expect(again.photo).to.deep.equal(photo.photo)
    expect(again).not.to.have.property('caption')
    const other = await telegram.sendPhoto(alice, image(41))
    expect(other.photo).not.to.deep.equal(photo.photo)
    const copied = await telegram.copyMessage(alice, alice, photo.message_id)
    const seen = sandbox.world.dialogs.find(alice, sandbox.bot.id)?.messages.at(-1)
    expect(seen).to.include({ peerMessageId: copied.message_id, text: 'a caption' })
    expect(seen?.photo).to.match(/^[0-9a-f]{16}$/)
    const { description } = await refused(telegram.editMessageText(alice, photo.message_id, undefined, 'x'))
    expect(description).to.equal('Bad Request: there is no text in the message to edit')
    const long = await refused(telegram.sendPhoto(alice, 'any', { caption: 'x'.repeat(1025) }))
    expect(long.description).to.equal('Bad Request: message caption is too long')
  })

  it('may not send what the group does not take', async () => {
    const { chat, chatId, hostId } = sandbox.group()
    const fileId = sandbox.world.photos.sizesOf(sandbox.world.photos.paint())[0]?.fileId ?? ''
    sandbox.world.chats.setDefaultBanned(chat.id, hostId, ['send_photos'])
    sandbox.world.members.promote(chat.id, hostId, sandbox.bot.id, [])
    expect((await refused(telegram.sendPhoto(chatId, fileId))).description).to.equal(
      'Bad Request: not enough rights to send photos to the chat',
    )
    expect((await telegram.sendMessage(chatId, 'a text')).text).to.equal('a text')
  })

  it('takes JSON, forms, multipart and the query string alike', async () => {
    const address = `${sandbox.root}/bot${sandbox.token}/SENDMESSAGE`
    const fields = {
      chat_id: String(alice),
      text: 'hi',
      reply_markup: '{"inline_keyboard":[[{"text":"x","callback_data":"y"}]]}',
    }
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.append(name, value)
    const answers = [
      await fetch(`${address}?${new URLSearchParams(fields).toString()}`),
      await fetch(address, { method: 'POST', body: new URLSearchParams(fields) }),
      await fetch(address, { method: 'POST', body: form }),
    ]
    for (const answer of answers) {
      const { ok, result } = (await answer.json()) as { ok: boolean; result: Record<string, unknown> }
      expect(ok).to.equal(true)
      expect(result['reply_markup']).to.deep.equal({ inline_keyboard: [[{ text: 'x', callback_data: 'y' }]] })
    }
  })

  for (const [what, text, extra, description] of [
    ['a text over 4096 characters', 'é'.repeat(4097), {}, 'message is too long'],
    ['an empty text', '   ', {}, 'message text is empty'],
    [
      'open markup',
      '<b>x',
      { parse_mode: 'HTML' },
      'can\'t parse entities: Can\'t find end tag corresponding to start tag "b"',
    ],
    [
      'button data over 64 bytes',
      'x',
      { reply_markup: { inline_keyboard: [[{ text: 'a', callback_data: 'é'.repeat(33) }]] } },
      'BUTTON_DATA_INVALID',
    ],
    [
      'a button that does nothing',
      'x',
      { reply_markup: { inline_keyboard: [[{ text: 'a' }]] } },
      "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const answer = await sandbox.call('sendMessage', { chat_id: alice, text, ...extra })
      expect(answer).to.deep.equal({ ok: false, error_code: 400, description: `Bad Request: ${description}` })
    })
  }

  it('takes a text of exactly 4096 characters', async () => {
    expect(await telegram.sendMessage(alice, '😀'.repeat(4096))).to.have.property('message_id')
  })

  it('says why somebody cannot be written to', async () => {
    const { world, bot } = sandbox
    const stranger = world.users.add({ firstName: 'Stranger' }).id
    const met = world.users.add({ firstName: 'Met' }).id
    const { chat, hostId } = sandbox.group()
    world.members.add(chat.id, hostId, met)
    const blocking = sandbox.person('Blocker')
    world.dialogs.block(blocking, bot.id, true)
    const gone = sandbox.person('Gone')
    world.users.deleteAccount(gone)
    const told = async (chatId: number) => await refused(telegram.sendMessage(chatId, 'x'))
    expect(await told(42)).to.deep.equal({ code: 400, description: 'Bad Request: chat not found' })
    expect(await told(stranger)).to.deep.equal({ code: 400, description: 'Bad Request: chat not found' })
    expect(await told(met)).to.deep.equal({
      code: 403,
      description: "Forbidden: bot can't initiate conversation with a user",
    })
    expect(await told(blocking)).to.deep.equal({ code: 403, description: 'Forbidden: bot was blocked by the user' })
    expect(await told(gone)).to.deep.equal({ code: 403, description: 'Forbidden: user is deactivated' })
  })

  it('refuses to change or delete what is not there', async () => {
    const edit = telegram.editMessageText(alice, 999, undefined, 'x')
    expect((await refused(edit)).description).to.equal('Bad Request: message to edit not found')
    expect((await refused(telegram.deleteMessage(alice, 999))).description).to.equal(
      'Bad Request: message to delete not found',
    )
    const theirs = sandbox.world.dialogs.find(alice, sandbox.bot.id)?.messages[0]?.peerMessageId
    const foreign = telegram.editMessageText(alice, theirs, undefined, 'x')
    expect((await refused(foreign)).description).to.equal("Bad Request: message can't be edited")
  })

  it('answers a pressed button once', async () => {
    const sent = await telegram.sendMessage(alice, 'x', {
      reply_markup: { inline_keyboard: [[{ text: 'Go', callback_data: 'go' }]] },
    })
    const dialog = sandbox.world.dialogs.between(alice, sandbox.bot.id)
    const message = sandbox.world.dialogs.message(dialog, sandbox.bot.id, sent.message_id)
    if (!message) throw new Error('the message is missing')
    const { id, answer } = sandbox.world.callbacks.press(alice, { dialog, message }, 'go')
    await telegram.answerCbQuery(id, 'done', { show_alert: true })
    expect(await answer).to.deep.include({ text: 'done', alert: true })
    expect((await refused(telegram.answerCbQuery(id))).description).to.equal(
      'Bad Request: query is too old and response timeout expired or query ID is invalid',
    )
  })

  it('knows its tokens and methods, and records what it does not know', async () => {
    const stranger = new Telegram('1:abc', { apiRoot: sandbox.root })
    expect(await refused(stranger.getMe())).to.deep.equal({ code: 401, description: 'Unauthorized' })
    expect(await telegram.getMe()).to.include({ id: sandbox.bot.id, is_bot: true, username: 'helper_bot' })
    expect(sandbox.botApi.unknown).to.deep.equal({})
    expect((await sandbox.call('sendPoll')).error_code).to.equal(404)
    await sandbox.call('sendPoll')
    expect(sandbox.botApi.unknown).to.deep.equal({ sendPoll: 2 })
  })

  it('keeps commands by language and the texts about the bot', async () => {
    await telegram.setMyCommands([{ command: 'find', description: 'Find' }])
    await telegram.setMyCommands([{ command: 'find', description: 'Найти' }], { language_code: 'ru' })
    expect(await telegram.getMyCommands()).to.deep.equal([{ command: 'find', description: 'Find' }])
    expect(await telegram.getMyCommands({ language_code: 'ru' })).to.deep.equal([
      { command: 'find', description: 'Найти' },
    ])
    await telegram.deleteMyCommands({ language_code: 'ru' })
    expect(await telegram.getMyCommands({ language_code: 'ru' })).to.deep.equal([])
    expect((await refused(telegram.setMyCommands([{ command: 'Nö', description: 'x' }]))).description).to.equal(
      'Bad Request: BOT_COMMAND_INVALID',
    )
    await telegram.setMyDescription('What it is')
    expect(await telegram.getMyDescription()).to.deep.equal({ description: 'What it is' })
  })
})
