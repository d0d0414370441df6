import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { AuthKey } from '../../src/sandbox/mtproto/auth-keys.js'
import { decryptIge, encryptIge, messageAes, messageKey } from '../../src/sandbox/mtproto/crypto.js'
import { framingByTag } from '../../src/sandbox/mtproto/framings.js'
import { Reader } from '../../src/sandbox/mtproto/tl/reader.js'
import { loadCodec } from '../../src/sandbox/mtproto/tl/telegram-schema.js'
import type { TlObject, TlValue } from '../../src/sandbox/mtproto/tl/types.js'
import { Writer } from '../../src/sandbox/mtproto/tl/writer.js'
import { until } from './until.js'

const CONTAINER = 0x73f1f8dc
const GZIP = 0x3072cfa1
const RPC_RESULT = 0xf35c6d01
const INTERMEDIATE = 0xeeeeeeee

/** Something the server sent: an answer carries the id of the question. */
export interface Received {
  messageId: bigint
  answersTo?: bigint
  value: TlValue
}

const codec = loadCodec()

/** A client that speaks MTProto word by word, for what GramJS does not let a test say. It starts without the salt. */
export class RawClient {
  readonly received: Received[] = []
  readonly key: AuthKey
  salt = 0n
  private socket: Socket | undefined
  private lastId = 0n

  /** From a minted session; the same session id continues an earlier client. */
  constructor(
    private readonly address: string,
    minted: string,
    readonly sessionId = randomBytes(8).readBigInt64LE(0),
    /** How many messages with content the session has sent so far. */
    public sequence = 0,
  ) {
    this.key = new AuthKey(Buffer.from(minted.slice(1), 'base64').subarray(-256))
  }

  async open(): Promise<this> {
    const [host = '', port = ''] = this.address.split(':')
    const framing = framingByTag(INTERMEDIATE)
    const socket = connect(Number(port), host)
    let stream = Buffer.alloc(0)
    socket.on('data', (data) => {
      stream = Buffer.concat([stream, data])
      for (let next = framing?.unwrap(stream); next; next = framing?.unwrap(stream)) {
        stream = Buffer.from(stream.subarray(next.length))
        this.take(next.packet)
      }
    })
    await new Promise((resolve) => socket.once('connect', resolve))
    socket.write(Buffer.alloc(4, 0xee))
    this.socket = socket
    return this
  }

  close(): void {
    this.socket?.destroy()
  }

  onClose(listener: () => void): void {
    this.socket?.once('close', listener)
  }

  nextId(): bigint {
    const now = (BigInt(Date.now()) << 32n) / 1000n
    this.lastId = now - (now % 4n) > this.lastId ? now - (now % 4n) : this.lastId + 4n
    return this.lastId
  }

  /** Sends a message under an id of its own, or under the given one; returns the id. */
  send(request: TlObject | Buffer, messageId = this.nextId(), content = true, sequence = this.count(content)): bigint {
    const body = Buffer.isBuffer(request) ? request : codec.encode(request)
    const head = new Writer().i64(this.salt).i64(this.sessionId).i64(messageId).u32(sequence).u32(body.length).raw(body)
    const inner = head.done()
    const plain = Buffer.concat([inner, randomBytes(12 + ((16 - ((inner.length + 12) % 16)) % 16))])
    const msgKey = messageKey(this.key.key, plain, 'to-server')
    const sealed = encryptIge(plain, messageAes(this.key.key, msgKey, 'to-server'))
    const packet = Buffer.concat([new Writer().i64(this.key.id).done(), msgKey, sealed])
    this.socket?.write(framingByTag(INTERMEDIATE)?.wrap(packet) ?? '')
    return messageId
  }

  private count(content: boolean): number {
    return content ? this.sequence++ * 2 + 1 : this.sequence * 2
  }

  /** A message in a form that can lie in a container. */
  frame(request: TlObject, messageId = this.nextId()): Buffer {
    const body = codec.encode(request)
    return new Writer().i64(messageId).u32(this.count(true)).u32(body.length).raw(body).done()
  }

  /** Waits for something that the server sent. */
  async hears(what: string, accept: (received: Received) => boolean): Promise<Received> {
    return until(what, () => this.received.find(accept))
  }

  async answerTo(messageId: bigint): Promise<TlObject> {
    return (await this.hears(`an answer to ${messageId}`, (one) => one.answersTo === messageId)).value as TlObject
  }

  /** Learns the salt as every client does: by asking with a wrong one. */
  async greet(): Promise<this> {
    this.send({ _: 'ping', ping_id: 1n })
    const refused = await this.hears('the salt', ({ value }) => (value as TlObject)._ === 'bad_server_salt')
    this.salt = (refused.value as TlObject)['new_server_salt'] as bigint
    return this
  }

  private take(packet: Buffer): void {
    if (packet.length < 24) return void this.received.push({ messageId: 0n, value: packet.readInt32LE(0) })
    const msgKey = packet.subarray(8, 24)
    const plain = decryptIge(packet.subarray(24), messageAes(this.key.key, msgKey, 'to-client'))
    const reader = new Reader(plain, 16)
    this.read(reader.i64(), reader.raw(8).subarray(4), reader)
  }

  private read(messageId: bigint, length: Buffer, reader: Reader): void {
    const body = reader.raw(length.readUInt32LE(0))
    const inner = new Reader(body)
    const id = inner.u32()
    if (id === CONTAINER) {
      for (let left = inner.u32(); left > 0; left--) this.read(inner.i64(), inner.raw(8).subarray(4), inner)
      return
    }
    if (id !== RPC_RESULT) return void this.received.push({ messageId, value: codec.decode(body) })
    const answersTo = inner.i64()
    const content = body.subarray(12)
    const isZipped = content.readUInt32LE(0) === GZIP
    const value = codec.decode(isZipped ? gunzipSync(new Reader(content, 4).bytes()) : content)
    this.received.push({ messageId, answersTo, value })
  }
}
