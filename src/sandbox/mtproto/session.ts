import type { AuthKey } from './auth-keys.js'
import { ReceivedMessages } from './received-messages.js'
import { Writer } from './tl/writer.js'

/** Something to be sent. `content` messages await an acknowledgement; `answer` ones answer a message of the client. */
export interface Outgoing {
  body: Buffer
  content: boolean
  answer: boolean
}

/** What a session needs of the connection over which its client speaks. */
export interface Line {
  send(session: Session, messages: Outgoing[]): void
  sendPacked(session: Session, packed: Buffer): void
  /** Ends the connection with a transport error, such as 429: too many connections. */
  refuse(code: number): void
  close(): void
}

const CONTAINER = 0x73f1f8dc
const MAX_UNACKNOWLEDGED = 200
/** Id, number and length, in front of the body. */
const PACKED_HEAD = 16

/**
 * A client's session: it outlives connections. A client that returns with the same session id gets what it has not
 * acknowledged once more; GramJS takes a new id each time, so it never does.
 */
export class Session {
  connection: Line | undefined
  layer: number | undefined
  wantsUpdates = true
  readonly received = new ReceivedMessages()
  /** Calls that are being served, for calls that ask to come after them. */
  readonly running = new Map<bigint, Promise<void>>()
  /** Of these, the calls whose answers the client does not want any more. */
  readonly unwanted = new Set<bigint>()
  private readonly unacknowledged = new Map<bigint, Buffer>()
  private sequence = 0
  /** The client came back on another connection and has not been sent its backlog yet. */
  private isOwed = false

  constructor(
    readonly id: bigint,
    /** The key that the client encrypts with now: a permanent key, or a temporary one bound to it. */
    public key: AuthKey,
  ) {
    this.layer = key.layer
  }

  /** The client speaks over this connection from now on. */
  attach(connection: Line): void {
    if (this.connection !== connection) this.isOwed = true
    this.connection = connection
  }

  /** The backlog, once after each return. */
  takeOwed(): Buffer[] {
    if (!this.isOwed) return []
    this.isOwed = false
    return this.backlog()
  }

  /** Messages as they lie inside an encrypted packet, several of them in a container. */
  pack(messages: Outgoing[], nextId: (answer: boolean) => bigint): Buffer {
    const packed = messages.map((message) => this.frame(message, nextId))
    const [only] = packed
    if (only && packed.length === 1) return only
    const body = Buffer.concat([new Writer().u32(CONTAINER).u32(packed.length).done(), ...packed])
    // Made last, so that the container's id is larger than those inside.
    return this.frame({ body, content: false, answer: messages.some((message) => message.answer) }, nextId)
  }

  acknowledge(messageIds: bigint[]): void {
    for (const id of messageIds) this.unacknowledged.delete(id)
  }

  /** Forgets a message with this body unless the client has acknowledged it; gives what is known of it. */
  takeBack(body: Buffer): { msg_id: bigint; seq_no: number; bytes: number } | undefined {
    const [id, packed] = [...this.unacknowledged].find(([, one]) => one.subarray(PACKED_HEAD).equals(body)) ?? []
    if (id === undefined || packed === undefined) return undefined
    this.unacknowledged.delete(id)
    return { msg_id: id, seq_no: packed.readInt32LE(8), bytes: body.length }
  }

  /** Messages that the client has not acknowledged, packed under their old ids. */
  backlog(messageIds?: bigint[]): Buffer[] {
    return [...this.unacknowledged].filter(([id]) => messageIds?.includes(id) ?? true).map(([, packed]) => packed)
  }

  /** Too much has gathered for a client that does not come back. */
  get isAbandoned(): boolean {
    return !this.connection && this.unacknowledged.size >= MAX_UNACKNOWLEDGED
  }

  private frame({ body, content, answer }: Outgoing, nextId: (answer: boolean) => bigint): Buffer {
    const id = nextId(answer)
    const sequence = this.sequence * 2 + (content ? 1 : 0)
    const packed = new Writer().i64(id).u32(sequence).u32(body.length).raw(body).done()
    if (content) {
      this.sequence++
      this.unacknowledged.set(id, packed)
      forgetOldest(this.unacknowledged, MAX_UNACKNOWLEDGED)
    }
    return packed
  }
}

function forgetOldest<K>(map: Map<K, unknown>, limit: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= limit) return
    map.delete(oldest)
  }
}
