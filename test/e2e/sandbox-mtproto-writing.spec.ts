import { expect } from 'chai'
import type { TlObject } from '../../src/sandbox/mtproto/tl/types.js'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js'
import type { Chat, User } from '../../src/sandbox/world/types.js'
import { RawClient } from '../support/raw-mtproto.js'

describe('what MTProto clients write in the sandbox, and find again', () => {
  let sandbox: Sandbox
  let host: User
  let alice: User
  let chat: Chat
  let peer: TlObject
  let client: RawClient
  let sent = 0n

  const call = (request: TlObject): Promise<TlObject> => client.answerTo(client.send(request))
  const write = (message: string, entities?: TlObject[]): Promise<TlObject> =>
    call({ _: 'messages.sendMessage', peer, message, entities, random_id: ++sent })
  const person = (user: User, name = 'inputPeerUser'): TlObject => {
    return { _: name, user_id: user.id, access_hash: sandbox.world.accessHash(host.id, 'user', user.id) }
  }
  const search = async (wanted: Partial<TlObject>, kind = 'Empty', where = peer): Promise<unknown[]> => {
    const numbers = ['min_date', 'max_date', 'offset_id', 'add_offset', 'max_id', 'min_id', 'hash']
    const place = Object.fromEntries(numbers.map((name) => [name, 0]))
    const filter = { _: `inputMessagesFilter${kind}` }
    const request = { ...place, limit: 100, q: '', filter, ...wanted, _: 'messages.search', peer: where }
    return ((await call(request))['messages'] as TlObject[]).map((message) => message['message'])
  }

  beforeEach(async () => {
    sandbox = await startSandbox()
    const { world } = sandbox
    host = world.users.add({ firstName: 'Host', phone: '1' })
    alice = world.users.add({ firstName: 'Alice', username: 'alice_x' })
    chat = world.chats.create(host.id, { title: 'Room' })
    world.members.enter(chat, host.id, alice.id, {})
    const access_hash = world.accessHash(host.id, 'chat', chat.id)
    peer = { _: 'inputPeerChannel', channel_id: chat.id, access_hash }
    client = await new RawClient(sandbox.mtproto, sandbox.mintSession(host.id)).open()
    await client.greet()
  })
  afterEach(async () => {
    client.close()
    expect(sandbox.unknown.mtproto).to.deep.equal({})
    await sandbox.close()
  })

  it('keeps its styles, links and mentions, and those that the text itself contains', async () => {
    await write('  bold code Alice quote /start', [
      { _: 'messageEntityBold', offset: 2, length: 4 },
      { _: 'messageEntityPre', offset: 7, length: 4, language: 'js' },
      { _: 'inputMessageEntityMentionName', offset: 12, length: 5, user_id: person(alice, 'inputUser') },
      { _: 'messageEntityBlockquote', offset: 18, length: 5, collapsed: true },
      // Nobody decides on their own what is a command.
      { _: 'messageEntityBotCommand', offset: 2, length: 4 },
    ])
    const message = chat.messages.at(-1)
    const user = { id: alice.id, is_bot: false, first_name: 'Alice', username: 'alice_x' }
    expect([message?.text, message?.entities]).to.deep.equal([
      'bold code Alice quote /start',
      [
        { type: 'bold', offset: 0, length: 4 },
        { type: 'pre', offset: 5, length: 4, language: 'js' },
        { type: 'text_mention', offset: 10, length: 5, user },
        { type: 'expandable_blockquote', offset: 16, length: 5 },
        { type: 'bot_command', offset: 22, length: 6 },
      ],
    ])
    await call({
      _: 'messages.editMessage',
      peer,
      id: message?.id,
      message: 'there',
      entities: [{ _: 'messageEntityTextUrl', offset: 0, length: 5, url: 'https://example.com/' }],
    })
    const page = await call({
      _: 'channels.getMessages',
      channel: peer,
      id: [{ _: 'inputMessageID', id: message?.id }],
    })
    const [seen] = page['messages'] as TlObject[]
    expect(seen?.['entities']).to.deep.equal([
      { _: 'messageEntityTextUrl', offset: 0, length: 5, url: 'https://example.com/' },
    ])
    const beyond = await write('short', [{ _: 'messageEntityBold', offset: 3, length: 3 }])
    expect(beyond).to.include({ error_code: 400, error_message: 'ENTITY_BOUNDS_INVALID' })
  })

  it('is found by words, author, time and kind', async () => {
    const { world } = sandbox
    await write('one https://example.com')
    world.messages.send(chat.id, alice.id, { text: 'two' })
    world.messages.send(chat.id, alice.id, { text: 'look', photo: world.photos.paint() })
    world.messages.pin(chat.id, host.id, chat.messages.find(({ text }) => text === 'two')?.id ?? 0, true)
    const at = world.now()
    world.advanceClock(60_000)
    await write('Three')
    expect(await search({ q: 'THREE' })).to.deep.equal(['Three'])
    expect(await search({ from_id: person(alice) })).to.deep.equal(['look', 'two'])
    expect(await search({ from_id: { _: 'inputPeerSelf' }, max_date: at + 30 })).to.deep.equal([
      'one https://example.com',
    ])
    expect(await search({ min_date: at + 30 })).to.deep.equal(['Three'])
    expect(await search({}, 'Photos')).to.deep.equal(['look'])
    expect(await search({}, 'Url')).to.deep.equal(['one https://example.com'])
    expect(await search({}, 'Pinned')).to.deep.equal(['two'])
    expect(await search({}, 'Document')).to.deep.equal([])
  })

  it('is found in private chats, too', async () => {
    const bot = sandbox.world.users.addBot('Visavis', 'visavis_bot')
    sandbox.world.dialogs.write(host.id, bot.id, { text: '/start' })
    sandbox.world.dialogs.reply(host.id, bot.id, { text: 'Welcome' })
    expect(await search({ q: 'wel' }, 'Empty', person(bot))).to.deep.equal(['Welcome'])
    expect(await search({ from_id: person(bot) }, 'Empty', person(bot))).to.deep.equal(['Welcome'])
  })

  it('has photos that are sent in parts, and come back as they were', async () => {
    const { photos } = sandbox.world
    const picture = photos.bytesOf(photos.paint(), 'm') ?? Buffer.alloc(0)
    const parts = [picture.subarray(0, 1024), picture.subarray(1024)]
    for (const [file_part, bytes] of parts.entries())
      expect(await call({ _: 'upload.saveFilePart', file_id: 7n, file_part, bytes })).to.equal(true)
    const send = (file: Partial<TlObject>, message = ''): Promise<TlObject> => {
      const media = {
        _: 'inputMediaUploadedPhoto',
        file: { id: 7n, parts: 2, name: 'a.png', md5_checksum: '', ...file, _: 'inputFile' },
      }
      return call({ _: 'messages.sendMedia', peer, media, message, random_id: ++sent })
    }
    expect((await send({ parts: 3 }))['error_message']).to.equal('FILE_PART_2_MISSING')
    expect((await send({ md5_checksum: '0'.repeat(32) }))['error_message']).to.equal('MD5_CHECKSUM_INVALID')
    expect((await send({}, ' Look '))._).to.equal('updates')
    expect(chat.messages.at(-1)).to.include({ text: 'Look', from: host.id })

    const id = [{ _: 'inputMessageID', id: chat.lastMessageId }]
    const [message] = (await call({ _: 'channels.getMessages', channel: peer, id }))['messages'] as TlObject[]
    const photo = (message?.['media'] as TlObject)['photo'] as TlObject
    const place = { id: photo['id'], access_hash: photo['access_hash'], file_reference: photo['file_reference'] }
    const fetched = async (offset: number, more: Partial<TlObject> = {}): Promise<TlObject> => {
      const location = { ...place, thumb_size: 'x', ...more, _: 'inputPhotoFileLocation' }
      return call({ _: 'upload.getFile', location, offset, limit: 4096 })
    }
    const slices: Buffer[] = []
    for (let at = 0; at < picture.length; at += 4096) slices.push((await fetched(at))['bytes'] as Buffer)
    expect(Buffer.concat(slices).equals(picture)).to.equal(true)
    expect((await fetched(0))['type']).to.deep.equal({ _: 'storage.filePng' })
    expect((await fetched(0, { access_hash: 1n }))['error_message']).to.equal('LOCATION_INVALID')

    const again = { _: 'inputMediaPhoto', id: { ...place, _: 'inputPhoto' } }
    await call({ _: 'messages.sendMedia', peer, media: again, message: '', random_id: ++sent })
    expect(chat.messages.at(-1)?.photo).to.equal(chat.messages.at(-2)?.photo)
  })
})
