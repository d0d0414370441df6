import { gunzipSync, gzipSync } from 'node:zlib'
import { Denied } from '../world/denied.js'
import { bindTemporaryKey } from './bind-temporary-key.js'
import type { Connection } from './connection.js'
import type { Incoming } from './packets.js'
import { answerServiceMessage } from './service-messages.js'
import type { Outgoing, Session } from './session.js'
import { UnknownConstructor } from './tl/codec.js'
import { int, long, longs, object } from './tl/fields.js'
import { Reader } from './tl/reader.js'
import type { TlObject } from './tl/types.js'
import { Writer } from './tl/writer.js'

const CONTAINER = 0x73f1f8dc
const GZIP = 0x3072cfa1
const RPC_RESULT = 0xf35c6d01
/** Shorter answers gain nothing from compression. */
const GZIP_FROM = 512

/** What is being made of one packet. */
export interface Receiving {
  connection: Connection
  session: Session
  /** To be sent back at once. */
  replies: Outgoing[]
  /** Messages to be acknowledged. */
  received: bigint[]
}

/** Takes one message of a client: unpacks it, answers service messages at once, serves calls in the background. */
export function receiveMessage(receiving: Receiving, message: Incoming): void {
  const { connection, session, replies, received } = receiving
  const { messageId, sequence, body } = message
  const reader = new Reader(body)
  const id = reader.u32()
  if (id === CONTAINER) {
    for (let left = reader.u32(); left > 0; left--) {
      const inner = { messageId: reader.i64(), sequence: reader.i32() }
      receiveMessage(receiving, { ...inner, body: reader.raw(reader.u32()) })
    }
    return
  }
  if (id === GZIP) return receiveMessage(receiving, { ...message, body: gunzipSync(reader.bytes()) })
  if (sequence & 1) received.push(messageId)
  const earlier = session.answers.get(messageId)
  if (earlier) replies.push({ body: earlier, content: true, answer: true })

  const request = decode(receiving, message)
  if (!request || answerServiceMessage(receiving, request, messageId)) return
  if (!session.receive(messageId)) return
  const running = serveCall(connection, session, messageId, request).finally(() => session.running.delete(messageId))
  session.running.set(messageId, running)
}

function decode({ connection, session, replies }: Receiving, { messageId, body }: Incoming): TlObject | undefined {
  try {
    return connection.server.codec.decodeObject(body)
  } catch (error) {
    if (!(error instanceof UnknownConstructor)) throw error
    connection.server.rpc.noteUnknown(error.message)
    const denied = new Denied(`INPUT_METHOD_INVALID_${error.id}`)
    replies.push(resultOf(connection, session, messageId, rpcError(denied)))
    return undefined
  }
}

async function serveCall(
  connection: Connection,
  session: Session,
  messageId: bigint,
  wrapped: TlObject,
): Promise<void> {
  const { server } = connection
  const { request, after } = unwrap(session, wrapped)
  for (const id of after) await session.running.get(id)
  if (request._ === 'auth.bindTempAuthKey') {
    const bound = answerOf(() => bindTemporaryKey(server, session, request))
    return connection.send(session, [resultOf(connection, session, messageId, bound)])
  }
  const { answer, wire } = await server.rpc.serve(request, session)
  // The client may have come back on another connection meanwhile.
  const current = session.connection ?? connection
  if (wire === 'drop-before' || wire === 'drop-after') return current.close()
  if (wire === 'no-answer') return
  const result = resultOf(current, session, messageId, answer)
  current.send(session, wire === 'duplicate' ? [result, result] : [result])
}

/** Takes a call out of its wrappers, which say in which layer the client speaks and what it wants. */
function unwrap(session: Session, wrapped: TlObject): { request: TlObject; after: bigint[] } {
  let request = wrapped
  const after: bigint[] = []
  for (;;) {
    switch (request._) {
      case 'invokeWithLayer':
        session.layer = session.key.holder.layer = int(request, 'layer')
        break
      case 'invokeWithoutUpdates':
        session.wantsUpdates = false
        break
      case 'invokeAfterMsg':
        after.push(long(request, 'msg_id'))
        break
      case 'invokeAfterMsgs':
        after.push(...longs(request, 'msg_ids'))
        break
      case 'initConnection':
      case 'invokeWithTakeout':
      case 'invokeWithMessagesRange':
        break
      default:
        return { request, after }
    }
    request = object(request, 'query')
  }
}

function answerOf(serve: () => boolean): TlObject | boolean {
  try {
    return serve()
  } catch (error) {
    return rpcError(error)
  }
}

/** An error as the client gets it. What is no refusal is a mistake in the sandbox itself. */
export function rpcError(error: unknown): TlObject {
  const denied = error instanceof Denied ? error : new Denied('INTERNAL_SANDBOX_ERROR')
  return { _: 'rpc_error', error_code: denied.code, error_message: denied.error }
}

function resultOf(
  { server }: Connection,
  session: Session,
  messageId: bigint,
  answer: TlObject | boolean | Buffer,
): Outgoing {
  const plain = Buffer.isBuffer(answer) ? answer : server.codec.encode(answer, session.layer)
  const zipped = plain.length > GZIP_FROM ? new Writer().u32(GZIP).bytes(gzipSync(plain)).done() : plain
  const body = new Writer()
    .u32(RPC_RESULT)
    .i64(messageId)
    .raw(zipped.length < plain.length ? zipped : plain)
    .done()
  session.answers.set(messageId, body)
  return { body, content: true, answer: true }
}
