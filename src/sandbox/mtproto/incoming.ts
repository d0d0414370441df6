import { unzipSync } from 'node:zlib'
import type { Incoming } from './packets.js'
import { rpcError, resultOf, serveCall } from './rpc-calls.js'
import { answerServiceMessage, isServiceMessage } from './service-messages.js'
import type { ClientLine, Receiving } from './server-parts.js'
import { UnknownConstructor } from './tl/codec.js'
import { Reader } from './tl/reader.js'
import type { TlObject } from './tl/types.js'
import { Denied } from '../world/denied.js'

const CONTAINER = 0x73f1f8dc
const GZIP = 0x3072cfa1
const INVOKE_WITH_LAYER = 0xda9b0d0d
const CONTAINER_KNOWN = 19
const MUST_BE_EVEN = 34
const MUST_BE_ODD = 35
const CONTAINER_INVALID = 64

/** Takes a packet of a client: unpacks it, answers service messages at once, serves calls in the background. */
export function receivePacket(receiving: Receiving, packet: Incoming): void {
  const { session } = receiving
  if (packet.body.readUInt32LE(0) !== CONTAINER) return receiveMessage(receiving, packet)
  if (session.received.has(packet.messageId)) return refuse(receiving, packet, CONTAINER_KNOWN)
  if (packet.sequence & 1) return refuse(receiving, packet, MUST_BE_EVEN)
  const fault = session.received.faultOf(packet.messageId, packet.sequence)
  if (fault) return refuse(receiving, packet, fault)
  const messages = openContainer(packet)
  if (!messages) return refuse(receiving, packet, CONTAINER_INVALID)
  session.received.add(packet.messageId, packet.sequence)
  for (const message of messages) receiveMessage(receiving, message)
}

/** What lies in a container; undefined when that is no such thing. */
function openContainer({ messageId, body }: Incoming): Incoming[] | undefined {
  const reader = new Reader(body, 4)
  const messages: Incoming[] = []
  try {
    for (let left = reader.u32(); left > 0; left--) {
      const head = { messageId: reader.i64(), sequence: reader.i32() }
      const message = { ...head, body: reader.raw(reader.u32()) }
      const isNested = message.body.readUInt32LE(0) === CONTAINER
      if (isNested || message.messageId >= messageId || message.body.length % 4 !== 0) return undefined
      messages.push(message)
    }
  } catch {
    return undefined
  }
  return reader.position === body.length ? messages : undefined
}

function receiveMessage(receiving: Receiving, message: Incoming): void {
  const { connection, session, replies, received } = receiving
  const { messageId, sequence } = message
  const isKnown = session.received.has(messageId)
  const request = decode(connection, message)
  const fault = isKnown ? undefined : (session.received.faultOf(messageId, sequence) ?? parityFault(request, sequence))
  if (fault) return refuse(receiving, message, fault)
  if (sequence & 1) received.push(messageId)
  if (!isKnown) session.received.add(messageId, sequence)
  const earlier = session.received.answerTo(messageId)
  if (earlier) replies.push({ body: earlier, content: true, answer: true })

  if (request instanceof Denied) {
    if (!isKnown) replies.push(resultOf(connection.server, session, messageId, rpcError(request)))
    return
  }
  if (answerServiceMessage(receiving, request, messageId) || isKnown) return
  const running = serveCall(connection, session, messageId, request).finally(() => session.running.delete(messageId))
  session.running.set(messageId, running)
}

/** Calls are acknowledged, so their numbers are odd. Clients number service messages either way, and Telegram takes both. */
function parityFault(request: TlObject | Denied, sequence: number): number | undefined {
  const isCall = !(request instanceof Denied) && !isServiceMessage(request)
  return isCall && !(sequence & 1) ? MUST_BE_ODD : undefined
}

function decode({ server: { codec, rpc } }: ClientLine, { body }: Incoming): TlObject | Denied {
  try {
    const isZipped = body.readUInt32LE(0) === GZIP
    const plain = isZipped ? unzipSync(new Reader(body, 4).bytes()) : body
    // What an unknown layer wraps may be impossible to read.
    const layer = plain.readUInt32LE(0) === INVOKE_WITH_LAYER ? plain.readInt32LE(4) : undefined
    if (layer === undefined || codec.knows(layer)) return codec.decodeObject(plain)
    rpc.noteUnknown(`layer ${layer} (known are ${codec.layers.join(' to ')})`)
    return new Denied('CONNECTION_LAYER_INVALID')
  } catch (error) {
    const isUnknown = error instanceof UnknownConstructor
    if (isUnknown) rpc.noteUnknown(error.message)
    return new Denied(isUnknown ? `INPUT_METHOD_INVALID_${error.id}` : 'INPUT_FETCH_ERROR')
  }
}

function refuse({ connection, replies }: Receiving, message: Incoming, error_code: number): void {
  const about = { bad_msg_id: message.messageId, bad_msg_seqno: message.sequence }
  const body = connection.server.codec.encode({ ...about, error_code, _: 'bad_msg_notification' })
  replies.push({ body, content: false, answer: true })
}
