import { expect } from 'chai'
import { loadCodec } from '../../src/sandbox/mtproto/tl/telegram-schema.js'
import type { TlObject } from '../../src/sandbox/mtproto/tl/types.js'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js'
import type { User } from '../../src/sandbox/world/types.js'
import { RawClient } from '../support/raw-mtproto.js'

const OLDEST = 144

describe('the sandbox answers clients of older layers in their own words', () => {
  const codec = loadCodec()
  let sandbox: Sandbox
  let host: User
  let client: RawClient

  const call = (query: TlObject, layer = OLDEST): Promise<TlObject> =>
    client.answerTo(client.send(codec.encode({ _: 'invokeWithLayer', layer, query }, layer)))
  const madeGroup = async (): Promise<TlObject> => {
    const made = await call({ _: 'channels.createChannel', megagroup: true, title: 'Room', about: '' })
    const [chat] = made['chats'] as TlObject[]
    return { _: 'inputChannel', channel_id: chat?.['id'], access_hash: chat?.['access_hash'] }
  }

  beforeEach(async () => {
    sandbox = await startSandbox()
    host = sandbox.world.users.add({ firstName: 'Host', phone: '1' })
    client = await new RawClient(sandbox.mtproto, sandbox.mintSession(host.id)).open()
    await client.greet()
  })
  afterEach(async () => {
    client.close()
    expect(sandbox.unknown.mtproto).to.deep.equal({})
    await sandbox.close()
  })

  it('with the whole configuration that they ask for', async () => {
    expect(await call({ _: 'help.getConfig' })).to.include({ _: 'config', pinned_dialogs_count_max: 5 })
    expect(await call({ _: 'help.getAppConfig' })).to.deep.equal({ _: 'jsonObject', value: [] })
    expect(await call({ _: 'help.getAppConfig', hash: 0 }, 158)).to.include({ _: 'help.appConfig' })
  })

  it('with bare updates where newer layers also name whom they could not add', async () => {
    const alice = sandbox.world.users.add({ firstName: 'Alice' })
    const access_hash = sandbox.world.accessHash(host.id, 'user', alice.id)
    const users = [{ _: 'inputUser', user_id: alice.id, access_hash }]
    const channel = await madeGroup()
    expect((await call({ _: 'channels.inviteToChannel', channel, users }))._).to.equal('updates')
    sandbox.world.members.leave(Number(channel['channel_id']), alice.id)
    const newer = await call({ _: 'channels.inviteToChannel', channel, users }, 198)
    expect(newer._).to.equal('messages.invitedUsers')
  })

  it('with messages whose buttons they know', async () => {
    const bot = sandbox.world.users.addBot('Visavis', 'visavis_bot')
    sandbox.world.dialogs.write(host.id, bot.id, { text: '/start' })
    const inline_keyboard = [
      [
        { text: 'Copy', copy_text: { text: 'x' } },
        { text: 'Go', callback_data: 'go' },
      ],
    ]
    sandbox.world.dialogs.reply(host.id, bot.id, { text: 'hi', markup: { inline_keyboard } })
    const access_hash = sandbox.world.accessHash(host.id, 'user', bot.id)
    const peer = { _: 'inputPeerUser', user_id: bot.id, access_hash }
    const place = { offset_id: 0, offset_date: 0, add_offset: 0, limit: 1, max_id: 0, min_id: 0, hash: 0 }
    const buttonsOf = async (layer: number): Promise<string[]> => {
      const page = await call({ _: 'messages.getHistory', peer, ...place }, layer)
      const [message] = page['messages'] as unknown as { reply_markup: { rows: { buttons: { text: string }[] }[] } }[]
      return message?.reply_markup.rows.flatMap(({ buttons }) => buttons.map(({ text }) => text)) ?? []
    }
    expect(await buttonsOf(OLDEST)).to.deep.equal(['Go'])
    expect(await buttonsOf(198)).to.deep.equal(['Copy', 'Go'])
  })

  it('also about files that the sandbox does not take', async () => {
    const channel = await madeGroup()
    const file = { _: 'inputFile', id: 1n, parts: 1, name: 'a.txt', md5_checksum: '' }
    const media = { _: 'inputMediaUploadedDocument', file, mime_type: 'text/plain', attributes: [] }
    const peer = { ...channel, _: 'inputPeerChannel' }
    const refused = await call({ _: 'messages.sendMedia', peer, media, message: '', random_id: 1n })
    expect(refused).to.include({ error_code: 400, error_message: 'MEDIA_INVALID' })
  })
})
