import { createServer, type AddressInfo } from 'node:net'
import type { Faults } from '../faults.js'
import { AuthKeys, type AuthKey } from './auth-keys.js'
import { Connection } from './connection.js'
import { MessageIds } from './message-ids.js'
import type { RsaKey } from './rsa-key.js'
import type { RpcHandler, Server } from './server-parts.js'
import type { Session } from './session.js'
import { Sessions } from './sessions.js'
import type { Codec } from './tl/codec.js'
import type { TlObject } from './tl/types.js'

/** Accepts MTProto clients over TCP: keys, sessions and encryption. What calls mean is the handler's business. */
export class MtprotoServer implements Server {
  readonly keys = new AuthKeys()
  readonly sessions = new Sessions()
  readonly messageIds = new MessageIds()
  /** Called when there is something new to be kept. */
  onKeysChanged: () => void = () => undefined
  private readonly connections = new Set<Connection>()
  private readonly listener = createServer((socket) => {
    this.connections.add(new Connection(this, socket, (connection) => this.connections.delete(connection)))
  })

  constructor(
    readonly codec: Codec,
    readonly rsa: RsaKey,
    readonly rpc: RpcHandler,
    private readonly faults: Faults,
  ) {}

  /** Listens on the loopback address; 0 = any free port. Resolves with the port. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.listener.once('error', reject)
      this.listener.listen(port, '127.0.0.1', () => resolve((this.listener.address() as AddressInfo).port))
    })
  }

  close(): Promise<void> {
    this.dropConnections()
    return new Promise((resolve) => this.listener.close(() => resolve()))
  }

  /** Cuts every connection, as a broken network does. */
  dropConnections(): void {
    for (const connection of this.connections) connection.close()
  }

  accept(key: AuthKey): void {
    this.keys.add(key)
    this.onKeysChanged()
  }

  /** The sessions in which this user wants to hear of updates. */
  sessionsOf(userId: number): Session[] {
    return this.keys.of(userId).flatMap((key) => this.sessions.listening(key))
  }

  /** Sends updates to a session; without a connection they wait for its return. */
  push(session: Session, updates: TlObject, userId: number): void {
    const rule = this.faults.take('mtproto', 'update', userId)
    if (rule?.wire === 'drop-before' || rule?.wire === 'no-answer') return
    const message = { body: this.codec.encode(updates, session.layer), content: true, answer: false }
    const messages = rule?.wire === 'duplicate' ? [message, message] : [message]
    if (session.connection) return session.connection.send(session, messages)
    session.pack(messages, (answer) => this.messageIds.next(answer))
    if (session.isAbandoned) this.sessions.of(session.key.holder).delete(session.id)
  }

  isSilenced(what: string, userId: number | undefined): boolean {
    return this.faults.take('mtproto', what, userId)?.wire === 'no-answer'
  }
}
