import type { AuthKey, AuthKeys } from './auth-keys.js'
import type { MessageIds } from './message-ids.js'
import type { RsaKey } from './rsa-key.js'
import type { Line, Outgoing, Session } from './session.js'
import type { Sessions } from './sessions.js'
import type { Codec } from './tl/codec.js'
import type { TlObject } from './tl/types.js'
import type { WireFault } from '../faults.js'

// What the parts of the server know of each other, so that none has to know how another is made.

/** What became of a call: its answer, already encoded in the session's layer, and what is to happen on the wire. */
export interface Served {
  answer: Buffer
  wire?: WireFault | undefined
  /** Instead of an answer: the code of a transport error. */
  transportError?: number
}

/** Serves the calls that clients make. */
export interface RpcHandler {
  /** Never rejects: a refusal is an `rpc_error`. */
  serve(request: TlObject, session: Session): Promise<Served>
  /** A call that nobody can read. */
  noteUnknown(what: string): void
}

/** The server, as those see it who serve one client. */
export interface Server {
  readonly codec: Codec
  readonly rsa: RsaKey
  readonly rpc: RpcHandler
  readonly keys: AuthKeys
  readonly sessions: Sessions
  readonly messageIds: MessageIds
  onKeysChanged(): void
  accept(key: AuthKey): void
  /** Whether a fault rule keeps the server silent on this. */
  isSilenced(what: string, userId: number | undefined): boolean
}

/** A client's connection. */
export interface ClientLine extends Line {
  readonly server: Server
  /** Closes the connection unless the client asks again in time. */
  closeUnlessRenewed(afterMs: number): void
}

/** What is being made of one packet. */
export interface Receiving {
  connection: ClientLine
  session: Session
  /** To be sent back at once. */
  replies: Outgoing[]
  /** Messages to be acknowledged. */
  received: bigint[]
}
