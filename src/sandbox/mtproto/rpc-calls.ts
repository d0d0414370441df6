import { gzipSync, unzipSync } from 'node:zlib'
import { Denied } from '../world/denied.js'
import { bindTemporaryKey } from './bind-temporary-key.js'
import type { ClientLine, Server } from './server-parts.js'
import type { Outgoing, Session } from './session.js'
import type { Codec } from './tl/codec.js'
import { bytes, int, long, longs, object } from './tl/fields.js'
import type { TlObject } from './tl/types.js'
import { Writer } from './tl/writer.js'

const GZIP = 0x3072cfa1
const RPC_RESULT = 0xf35c6d01
/** Shorter answers gain nothing from compression. */
const GZIP_FROM = 512
/** What a temporary key may ask before it stands for a permanent one. */
const OPEN_TO_UNBOUND = /^(auth\.bindTempAuthKey|help\.)/

/** Serves one call and sends its answer, unless a fault says otherwise. */
export async function serveCall(
  connection: ClientLine,
  session: Session,
  messageId: bigint,
  wrapped: TlObject,
): Promise<void> {
  const { server } = connection
  const call = unwrap(connection, session, wrapped)
  if (call instanceof Denied) return connection.send(session, [resultOf(server, session, messageId, rpcError(call))])
  const { request, after } = call
  for (const id of after) await session.running.get(id)
  if (request._ === 'auth.bindTempAuthKey') {
    const bound = answerOf(() => bindTemporaryKey(server, session, request))
    return connection.send(session, [resultOf(server, session, messageId, bound)])
  }
  const { answer, wire, transportError } = await server.rpc.serve(request, session)
  if (session.unwanted.delete(messageId)) return
  // The client may have come back on another connection meanwhile.
  const current = session.connection ?? connection
  if (transportError !== undefined) return current.refuse(transportError)
  if (wire === 'drop-before' || wire === 'drop-after') return current.close()
  if (wire === 'no-answer') return
  const result = resultOf(server, session, messageId, answer)
  current.send(session, wire === 'duplicate' ? [result, result] : [result])
}

/** Takes a call out of its wrappers, which say in which layer the client speaks and what it wants. */
function unwrap(
  { server }: ClientLine,
  session: Session,
  wrapped: TlObject,
): { request: TlObject; after: bigint[] } | Denied {
  const key = session.key.holder
  const after: bigint[] = []
  let request = wrapped
  for (;;) {
    switch (request._) {
      case 'invokeWithLayer':
        session.layer = int(request, 'layer')
        if (key.layer !== session.layer) {
          key.layer = session.layer
          server.onKeysChanged()
        }
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
      case 'gzip_packed': {
        const packed = unzipped(server.codec, request)
        if (packed instanceof Denied) return packed
        request = packed
        continue
      }
      case 'initConnection':
      case 'invokeWithTakeout':
      case 'invokeWithMessagesRange':
        break
      default: {
        const isUnbound = session.key.isTemporary && !session.key.permanent && !OPEN_TO_UNBOUND.test(request._)
        return isUnbound ? new Denied('AUTH_KEY_PERM_EMPTY') : { request, after }
      }
    }
    request = object(request, 'query')
  }
}

/** A request may also be packed inside its wrappers. */
function unzipped(codec: Codec, packed: TlObject): TlObject | Denied {
  try {
    return codec.decodeObject(unzipSync(bytes(packed, 'packed_data')))
  } catch {
    return new Denied('INPUT_FETCH_ERROR')
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

/** The answer to a call as a message; it is remembered for a client that asks the same again. */
export function resultOf(
  server: Server,
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
  session.received.answered(messageId, body)
  return { body, content: true, answer: true }
}
