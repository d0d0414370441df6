import type { Socket } from 'node:net'
import { randomBytes } from 'node:crypto'
import type { AuthKey } from './auth-keys.js'
import { Handshake } from './handshake.js'
import { receivePacket } from './incoming.js'
import { faultOfClientId } from './message-ids.js'
import { openPacket, sealPacket, type OpenedPacket } from './packets.js'
import type { ClientLine, Server } from './server-parts.js'
import { Session, type Outgoing } from './session.js'
import { Reader } from './tl/reader.js'
import type { TlObject } from './tl/types.js'
import { Writer } from './tl/writer.js'
import { Transport } from './transport.js'

const NOT_FOUND = 404
const INVALID_DC = 444
const WRONG_SALT = 48

/** One TCP connection of a client. */
export class Connection implements ClientLine {
  private readonly transport: Transport
  private readonly handshake: Handshake
  private readonly sessions = new Set<Session>()
  private lifeline: NodeJS.Timeout | undefined

  constructor(
    readonly server: Server,
    socket: Socket,
    private readonly onGone: (connection: Connection) => void,
  ) {
    this.transport = new Transport(socket, (packet) => this.onPacket(packet))
    this.handshake = new Handshake(server.codec, server.rsa, (key) => server.accept(key))
    socket.on('close', () => this.onClose())
  }

  close(): void {
    this.transport.close()
  }

  /** Ends the connection with a transport error, such as 429: too many connections. */
  refuse(code: number): void {
    this.transport.sendError(code)
    this.transport.end()
  }

  /** Closes the connection unless the client asks again in time. */
  closeUnlessRenewed(afterMs: number): void {
    clearTimeout(this.lifeline)
    this.lifeline = setTimeout(() => this.close(), afterMs).unref()
  }

  send(session: Session, messages: Outgoing[]): void {
    if (messages.length === 0) return
    this.sendPacked(
      session,
      session.pack(messages, (answer) => this.server.messageIds.next(answer)),
    )
  }

  sendPacked(session: Session, packed: Buffer): void {
    this.transport.send(sealPacket(session.key, session.id, packed))
  }

  private onPacket(packet: Buffer): void {
    if (packet.length < 20) return this.refuse(NOT_FOUND)
    const keyId = packet.readBigInt64LE(0)
    if (keyId === 0n) return this.onPlain(packet)
    const key = this.server.keys.get(keyId)
    const opened = key && openPacket(key, packet)
    if (!key || !opened) return this.refuse(NOT_FOUND)
    this.onEncrypted(key, opened)
  }

  private onPlain(packet: Buffer): void {
    const request = this.server.codec.decodeObject(new Reader(packet, 20))
    const answer = this.handshake.answer(request)
    if (answer === 'wrong-dc') return this.refuse(INVALID_DC)
    if (!answer) return this.refuse(NOT_FOUND)
    const body = this.server.codec.encode(answer)
    this.transport.send(new Writer().i64(0).i64(this.server.messageIds.next(true)).u32(body.length).raw(body).done())
  }

  private onEncrypted(key: AuthKey, packet: OpenedPacket): void {
    const { codec } = this.server
    const known = this.server.sessions.of(key.holder).get(packet.sessionId)
    const session = known ?? new Session(packet.sessionId, key)
    session.attach(this)
    session.key = key
    this.sessions.add(session)

    const { messageId, sequence } = packet
    const refuse = (notice: Omit<TlObject, '_'>, name = 'bad_msg_notification'): void => {
      const body = codec.encode({ bad_msg_id: messageId, bad_msg_seqno: sequence, ...notice, _: name })
      this.send(session, [{ body, content: false, answer: true }])
    }
    const fault = faultOfClientId(messageId)
    if (fault) return refuse({ error_code: fault })
    // A client that does not know the salt yet is told; it asks again then.
    if (packet.salt !== key.salt)
      return refuse({ error_code: WRONG_SALT, new_server_salt: key.salt }, 'bad_server_salt')

    const replies: Outgoing[] = []
    if (!known) {
      this.server.sessions.of(key.holder).set(session.id, session)
      const unique_id = randomBytes(8).readBigInt64LE(0)
      const notice = { _: 'new_session_created', first_msg_id: messageId, unique_id, server_salt: key.salt }
      replies.push({ body: codec.encode(notice), content: true, answer: false })
    }
    const received: bigint[] = []
    receivePacket({ connection: this, session, replies, received }, packet)
    if (received.length > 0)
      replies.push({ body: codec.encode({ _: 'msgs_ack', msg_ids: received }), content: false, answer: false })
    const backlog = session.takeOwed()
    this.send(session, replies)
    for (const packed of backlog) this.sendPacked(session, packed)
  }

  private onClose(): void {
    clearTimeout(this.lifeline)
    for (const session of this.sessions) if (session.connection === this) session.connection = undefined
    this.onGone(this)
  }
}
