import { expect } from 'chai'
import { startSandboxHttp, type SandboxHttp } from '../support/sandbox-http.js'

interface SentSticker {
  sticker: { file_id: string; emoji: string }
}

describe('The sandbox Bot API: captions, copies and forwarded messages', () => {
  let sandbox: SandboxHttp
  let ann: number
  let ben: number
  let photo: string
  beforeEach(async () => {
    sandbox = await startSandboxHttp()
    ann = sandbox.person('Ann')
    ben = sandbox.person('Ben')
    photo = sandbox.world.photos.sizesOf(sandbox.world.photos.paint())[0]?.fileId ?? ''
  })
  afterEach(() => sandbox.close())

  const outcome = async (method: string, parameters: object): Promise<unknown> => {
    const { ok, result, description } = await sandbox.call(method, parameters)
    return ok ? result : description?.replace('Bad Request: ', '')
  }
  const send = async (method: string, parameters: object) =>
    (await outcome(method, { chat_id: ann, ...parameters })) as { message_id: number }
  /** What lies with Ben now: texts of the messages, and whether there is a picture. */
  const withBen = () =>
    (sandbox.world.dialogs.find(ben, sandbox.bot.id)?.messages ?? [])
      .filter(({ from }) => from === sandbox.bot.id)
      .map(({ text = '', photo, forwarded }) => [text, photo !== undefined, forwarded !== undefined])

  it('a caption is changed, where there is one', async () => {
    const picture = { ...(await send('sendPhoto', { photo, caption: 'old' })), chat_id: ann }
    const { message_id } = picture
    const caption = { chat_id: ann, message_id, caption: '<b>new</b>', parse_mode: 'HTML' }
    expect(await outcome('editMessageCaption', caption)).to.deep.include({
      caption: 'new',
      caption_entities: [{ type: 'bold', offset: 0, length: 3 }],
    })
    expect(await outcome('editMessageCaption', caption)).to.match(/^message is not modified/)
    expect(await outcome('editMessageCaption', { chat_id: ann, message_id })).not.to.have.property('caption')
    const text = await send('sendMessage', { text: 'x' })
    expect(await outcome('editMessageCaption', { ...text, chat_id: ann, caption: 'y' })).to.equal(
      'there is no caption in the message to edit',
    )
    expect(await outcome('editMessageCaption', { chat_id: ann, message_id: 999 })).to.equal('message to edit not found')
  })

  it('a photo may be hidden, protected, and have its caption above', async () => {
    const flags = { has_spoiler: true, protect_content: true, show_caption_above_media: true }
    expect(await send('sendPhoto', { photo, ...flags })).to.include({
      has_media_spoiler: true,
      has_protected_content: true,
      show_caption_above_media: true,
    })
    expect(await send('sendMessage', { text: 'x', ...flags })).not.to.have.property('has_media_spoiler')
  })

  it('several messages are copied or forwarded at once, those that are not there left out', async () => {
    const [{ message_id: one }, { message_id: two }] = [
      await send('sendMessage', { text: 'one' }),
      await send('sendPhoto', { photo, caption: 'two' }),
    ]
    const taken = { chat_id: ben, from_chat_id: ann, message_ids: [one, 998, two] }
    expect(await outcome('copyMessages', taken)).to.have.length(2)
    expect(await outcome('forwardMessages', taken)).to.have.length(2)
    expect(await outcome('copyMessages', { ...taken, message_ids: [two], remove_caption: true })).to.have.length(1)
    expect(withBen()).to.deep.equal([
      ['one', false, false],
      ['two', true, false],
      ['one', false, true],
      ['two', true, true],
      ['', true, false],
    ])
    expect(await outcome('copyMessages', { ...taken, message_ids: [998] })).to.equal('there are no messages to copy')
    expect(await outcome('forwardMessages', { ...taken, message_ids: ['x'] })).to.equal(
      'invalid message identifier specified',
    )
  })

  it('a copy of a photo may have other words under it', async () => {
    const { message_id } = await send('sendPhoto', { photo, caption: 'old' })
    await outcome('copyMessage', { chat_id: ben, from_chat_id: ann, message_id, caption: 'new' })
    await outcome('copyMessage', { chat_id: ben, from_chat_id: ann, message_id })
    expect(withBen()).to.deep.equal([
      ['new', true, false],
      ['old', true, false],
    ])
  })

  it('a sticker is sent on by its id, and is no photo', async () => {
    sandbox.world.dialogs.write(ann, sandbox.bot.id, { sticker: '👋🏽' })
    const [{ message: heard }] = (await outcome('getUpdates', { offset: -1 })) as [{ message: SentSticker }]
    const { file_id } = heard.sticker
    const sent = (await send('sendSticker', { sticker: file_id })) as unknown as SentSticker
    expect(sent.sticker).to.deep.equal(heard.sticker)
    expect(sandbox.world.dialogs.find(ann, sandbox.bot.id)?.messages.at(-1)).to.include({ sticker: '👋🏽' })
    expect(await send('sendPhoto', { photo: file_id })).to.equal("can't use file of type Sticker as Photo")
    expect(await send('sendSticker', { sticker: photo })).to.equal("can't use file of type Photo as Sticker")
    expect(await send('sendSticker', {})).to.equal('there is no sticker in the request')
    expect(await outcome('getFile', { file_id })).to.equal('wrong file_id or the file is temporarily unavailable')
  })

  it('nobody has a picture of themselves', async () => {
    expect(await outcome('getUserProfilePhotos', { user_id: ann })).to.deep.equal({ total_count: 0, photos: [] })
  })
})
