import type { Receiving } from './server-parts.js'
import type { Session } from './session.js'
import { int, long, longs } from './tl/fields.js'
import type { TlObject } from './tl/types.js'
import { Writer } from './tl/writer.js'

const SALT_LIFE_S = 1800
const MAX_SALTS = 64
const RPC_RESULT = 0xf35c6d01

const NAMES =
  /^(msgs_(ack|all_info|state_info|state_req)|msg_resend_(ans_)?req|http_wait|ping(_delay_disconnect)?|get_future_salts|rpc_drop_answer|destroy_(session|auth_key))$/

/** Whether a message belongs to the protocol itself. */
export const isServiceMessage = (message: TlObject): boolean => NAMES.test(message._)

/** Handles what belongs to the protocol itself; false when the message is a call to Telegram. */
export function answerServiceMessage(receiving: Receiving, message: TlObject, messageId: bigint): boolean {
  const { connection, session, replies } = receiving
  const { server } = connection
  const key = session.key.holder
  const reply = (answer: TlObject): void => {
    replies.push({ body: server.codec.encode(answer), content: false, answer: true })
  }
  const result = (answer: TlObject): void => {
    const body = new Writer().u32(RPC_RESULT).i64(messageId).raw(server.codec.encode(answer)).done()
    replies.push({ body, content: true, answer: true })
  }
  const states = (ids: bigint[]): void => {
    const info = Buffer.from(ids.map((id) => session.received.stateOf(id, session.running.has(id))))
    reply({ _: 'msgs_state_info', req_msg_id: messageId, info })
  }

  switch (message._) {
    case 'msgs_ack':
      session.acknowledge(longs(message, 'msg_ids'))
      return true
    case 'http_wait':
    case 'msgs_all_info':
    case 'msgs_state_info':
      return true
    case 'ping':
    case 'ping_delay_disconnect':
      if (message._ === 'ping_delay_disconnect') connection.closeUnlessRenewed(int(message, 'disconnect_delay') * 1000)
      if (!server.isSilenced('ping', key.userId))
        reply({ _: 'pong', msg_id: messageId, ping_id: long(message, 'ping_id') })
      return true
    case 'get_future_salts':
      reply(futureSalts(messageId, session.key.salt, int(message, 'num')))
      return true
    case 'msgs_state_req':
      states(longs(message, 'msg_ids'))
      return true
    case 'msg_resend_req': {
      const backlog = session.backlog(longs(message, 'msg_ids'))
      for (const packed of backlog) connection.sendPacked(session, packed)
      if (backlog.length === 0) states(longs(message, 'msg_ids'))
      return true
    }
    case 'msg_resend_ans_req': {
      const answers = longs(message, 'msg_ids').flatMap((id) => session.received.answerTo(id) ?? [])
      for (const body of answers) replies.push({ body, content: true, answer: true })
      if (answers.length === 0) states(longs(message, 'msg_ids'))
      return true
    }
    case 'rpc_drop_answer':
      result(dropped(session, long(message, 'req_msg_id')))
      return true
    case 'destroy_session': {
      const id = long(message, 'session_id')
      const known = id !== session.id && server.sessions.of(key).delete(id)
      reply({ _: known ? 'destroy_session_ok' : 'destroy_session_none', session_id: id })
      return true
    }
    case 'destroy_auth_key':
      server.keys.delete(key.id)
      result({ _: 'destroy_auth_key_ok' })
      return true
    default:
      return false
  }
}

/** Takes back the answer to a call: one that is still to come, or one that the client has not acknowledged. */
function dropped(session: Session, requestId: bigint): TlObject {
  if (session.running.has(requestId)) {
    session.unwanted.add(requestId)
    return { _: 'rpc_answer_dropped_running' }
  }
  const body = session.received.answerTo(requestId)
  const sent = body && session.takeBack(body)
  return sent ? { _: 'rpc_answer_dropped', ...sent } : { _: 'rpc_answer_unknown' }
}

/** The salt never changes here, so all the future ones are alike. */
function futureSalts(messageId: bigint, salt: bigint, count: number): TlObject {
  const now = Math.floor(Date.now() / 1000)
  const salts = Array.from({ length: Math.max(0, Math.min(count, MAX_SALTS)) }, (_, index) => {
    const valid_since = now + index * SALT_LIFE_S
    return { _: 'future_salt', valid_since, valid_until: valid_since + 2 * SALT_LIFE_S, salt }
  })
  return { _: 'future_salts', req_msg_id: messageId, now, salts }
}
