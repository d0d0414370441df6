import { expect } from 'chai'
import { connect } from 'node:net'
import { deflateSync, gzipSync } from 'node:zlib'
import { loadCodec } from '../../src/sandbox/mtproto/tl/telegram-schema.js'
import type { TlObject } from '../../src/sandbox/mtproto/tl/types.js'
import { Writer } from '../../src/sandbox/mtproto/tl/writer.js'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js'
import type { User } from '../../src/sandbox/world/types.js'
import { RawClient } from '../support/raw-mtproto.js'

const CONTAINER = 0x73f1f8dc
const GZIP = 0x3072cfa1
const ping = (ping_id: bigint): TlObject => ({ _: 'ping', ping_id })
const getState: TlObject = { _: 'updates.getState' }
const getConfig: TlObject = { _: 'help.getConfig' }
const container = (...frames: Buffer[]): Buffer =>
  Buffer.concat([new Writer().u32(CONTAINER).u32(frames.length).done(), ...frames])

describe('what the sandbox demands of MTProto clients', () => {
  const codec = loadCodec()
  let sandbox: Sandbox
  let user: User
  let client: RawClient
  let minted: string
  const logged: string[] = []

  /** The code with which a message is refused. */
  const refusalOf = async (messageId: bigint): Promise<unknown> => {
    const about = (value: unknown): boolean => (value as TlObject)['bad_msg_id'] === messageId
    return ((await client.hears('a refusal', ({ value }) => about(value))).value as TlObject)['error_code']
  }
  const isPonged = (ping_id: bigint): Promise<unknown> =>
    client.hears('a pong', ({ value }) => (value as TlObject)['ping_id'] === ping_id)

  before(async () => {
    sandbox = await startSandbox({ log: (line) => logged.push(line) })
    user = sandbox.world.users.add({ firstName: 'Host', phone: '1' })
  })
  beforeEach(async () => {
    minted = sandbox.mintSession(user.id)
    client = await new RawClient(sandbox.mtproto, minted).open()
    await client.greet()
  })
  afterEach(() => client.close())
  after(() => sandbox.close())

  it('ids from the present, divisible by four', async () => {
    expect(await refusalOf(client.send(ping(1n), client.nextId() - (400n << 32n)))).to.equal(16)
    expect(await refusalOf(client.send(ping(2n), client.nextId() + (400n << 32n)))).to.equal(17)
    expect(await refusalOf(client.send(ping(3n), client.nextId() + 1n))).to.equal(18)
  })

  it('numbers that grow with the ids', async () => {
    const [first, second, third] = [client.nextId(), client.nextId(), client.nextId()]
    client.send(getState, second, true, 11)
    await client.answerTo(second)
    expect(await refusalOf(client.send(getState, third, true, 9))).to.equal(32)
    expect(await refusalOf(client.send(getState, third, true, 11))).to.equal(32)
    expect(await refusalOf(client.send(getState, first, true, 13))).to.equal(33)
    await client.answerTo(client.send(getState, third, true, 13))
  })

  it('odd numbers for calls, and even ones for containers', async () => {
    expect(await refusalOf(client.send(container(client.frame(getState)), undefined, true))).to.equal(34)
    expect(await refusalOf(client.send(getState, undefined, false))).to.equal(35)
    client.send(ping(12n), undefined, false)
    await isPonged(12n)
  })

  it('no number far beyond the others, which then go on as before', async () => {
    await client.answerTo(client.send(getState))
    expect(await refusalOf(client.send(getState, undefined, true, 1_000_001))).to.equal(33)
    const far = container(client.frame(getState))
    expect(await refusalOf(client.send(far, undefined, false, 1_000_000))).to.equal(33)
    await client.answerTo(client.send(getState))
  })

  it('nothing that it acknowledges when it refuses it', async () => {
    const taken = client.send(getState)
    await client.answerTo(taken)
    const refused = client.send(getState, undefined, false)
    expect(await refusalOf(refused)).to.equal(35)
    const tooHigh = client.send(getState, undefined, true, 1_000_001)
    expect(await refusalOf(tooHigh)).to.equal(33)
    await client.answerTo(client.send(getState))
    const acknowledged = client.received.flatMap(({ value }) => {
      const { _: name, msg_ids } = value as TlObject
      return name === 'msgs_ack' ? (msg_ids as bigint[]) : []
    })
    expect(acknowledged).to.include(taken)
    expect(acknowledged.filter((id) => id === refused || id === tooHigh)).to.deep.equal([])
  })

  it('the right salt', async () => {
    const { salt } = client
    client.salt = 7n
    expect(await refusalOf(client.send(ping(4n)))).to.equal(48)
    client.salt = salt
    client.send(ping(5n))
    await isPonged(5n)
  })

  it('containers that are new, flat, and younger than what they hold', async () => {
    const inner = client.frame(ping(6n))
    const id = client.send(container(inner), undefined, false)
    await isPonged(6n)
    expect(await refusalOf(client.send(container(client.frame(ping(7n), id - 4n)), id, false))).to.equal(19)
    const young = client.frame(ping(8n), client.nextId() + (5n << 32n))
    expect(await refusalOf(client.send(container(young), undefined, false))).to.equal(64)
    const nested = new Writer().i64(client.nextId()).u32(0).u32(8).raw(container()).done()
    expect(await refusalOf(client.send(container(nested), undefined, false))).to.equal(64)
    expect(await refusalOf(client.send(container(inner).subarray(0, 20), undefined, false))).to.equal(64)
  })

  it('nothing older than it remembers', async () => {
    const first = client.nextId()
    for (let batch = 0; batch < 6; batch++) {
      const frames = Array.from({ length: 100 }, () => client.frame({ _: 'msgs_ack', msg_ids: [] }))
      client.send(container(...frames), undefined, false)
    }
    client.send(ping(9n))
    await isPonged(9n)
    expect(await refusalOf(client.send(ping(10n), first))).to.equal(20)
  })

  it('that calls can be read; otherwise it says so and stays', async () => {
    const failed = async (id: bigint): Promise<unknown> => (await client.answerTo(id))['error_message']
    const cut = codec.encode({
      _: 'auth.sendCode',
      phone_number: '1',
      api_id: 1,
      api_hash: '',
      settings: { _: 'codeSettings' },
    })
    expect(await failed(client.send(cut.subarray(0, 8)))).to.equal('INPUT_FETCH_ERROR')
    expect(await failed(client.send(new Writer().u32(GZIP).bytes('no gzip').done()))).to.equal('INPUT_FETCH_ERROR')
    expect(await failed(client.send(Buffer.from('efbeadde', 'hex')))).to.match(/^INPUT_METHOD_INVALID_/)
    await client.answerTo(client.send(getState))
  })

  it('no particular way of packing: whole or inside wrappers, with either header', async () => {
    const packed = new Writer()
      .u32(GZIP)
      .bytes(gzipSync(codec.encode(getConfig)))
      .done()
    expect(await client.answerTo(client.send(packed))).to.include({ _: 'config' })
    const deflated = new Writer()
      .u32(GZIP)
      .bytes(deflateSync(codec.encode(getConfig)))
      .done()
    expect(await client.answerTo(client.send(deflated))).to.include({ _: 'config' })
    const inside = { _: 'gzip_packed', packed_data: gzipSync(codec.encode(getConfig)) }
    const wrapped = { _: 'invokeWithLayer', layer: codec.ownLayer, query: inside }
    expect(await client.answerTo(client.send(wrapped))).to.include({ _: 'config' })
  })

  it('a layer once per key: it is remembered on other connections', async () => {
    await client.answerTo(client.send({ _: 'invokeWithLayer', layer: 227, query: getConfig }))
    const other = await new RawClient(sandbox.mtproto, minted).open()
    await other.greet()
    const owner = sandbox.world.users.add({ firstName: 'Owner' })
    sandbox.world.chats.create(owner.id, { title: 'Public', username: 'public_group' })
    const found = await other.answerTo(other.send({ _: 'contacts.resolveUsername', username: 'public_group' }))
    const [chat] = found['chats'] as TlObject[]
    const channel = { _: 'inputChannel', channel_id: chat?.['id'], access_hash: chat?.['access_hash'] }
    // Only newer layers wrap what comes of joining.
    const joined = await other.answerTo(other.send({ _: 'channels.joinChannel', channel }))
    expect(joined._).to.equal('messages.chatInviteJoinResultOk')
    other.close()
  })

  it('a layer that it knows: older ones, and those from far ahead, are refused and noted', async () => {
    for (const layer of [133, 143, 999]) {
      const wrapped = codec.encode({ _: 'invokeWithLayer', layer, query: getConfig })
      // In such a layer what follows is of another form, too.
      if (layer === 133) wrapped.writeUInt32LE(0x0badf00d, 8)
      const refused = await client.answerTo(client.send(wrapped))
      expect(refused).to.include({ error_code: 400, error_message: 'CONNECTION_LAYER_INVALID' })
    }
    expect(sandbox.unknown.mtproto).to.have.property('layer 133 (known are 144 to 227)', 1)
    expect(logged.filter((line) => line.includes('layer 133'))).to.have.length(1)
    const ahead = { _: 'invokeWithLayer', layer: 240, query: getConfig }
    expect(await client.answerTo(client.send(ahead))).to.include({ _: 'config' })
  })

  it('a new connection after an unknown key', async () => {
    const stranger = await new RawClient(sandbox.mtproto, `1${Buffer.alloc(300, 7).toString('base64')}`).open()
    const closed = new Promise((resolve) => stranger.onClose(() => resolve('closed')))
    stranger.send(ping(1n))
    expect((await stranger.hears('the refusal', () => true)).value).to.equal(-404)
    expect(await closed).to.equal('closed')
  })

  it('a sign of life when a client has announced one', async () => {
    const closed = new Promise((resolve) => client.onClose(() => resolve('closed')))
    client.send({ _: 'ping_delay_disconnect', ping_id: 11n, disconnect_delay: 0 })
    expect(await closed).to.equal('closed')
  })

  it('patience: transport errors can be ordered', async () => {
    sandbox.faults.add({ surface: 'mtproto', method: 'updates.getState', error: '-429' })
    client.send(getState)
    expect((await client.hears('the error', ({ value }) => typeof value === 'number')).value).to.equal(-429)
  })

  it('no answer to quick acknowledgements, and takes them', async () => {
    const [host = '', port = ''] = sandbox.mtproto.split(':')
    const socket = connect(Number(port), host)
    const heard = new Promise<Buffer>((resolve) => socket.once('data', resolve))
    const body = codec.encode({ _: 'req_pq_multi', nonce: Buffer.alloc(16, 1) })
    const packet = new Writer().i64(0).i64(client.nextId()).u32(body.length).raw(body).done()
    const head = Buffer.from([0xef, (packet.length / 4) | 0x80])
    socket.write(Buffer.concat([head, packet]))
    expect((await heard)[0]).to.be.greaterThan(0)
    socket.destroy()
  })
})
