import { errors } from 'telegram'
import {
  HostError,
  HostFloodError,
  HostFullError,
  HostGroupGoneError,
  HostQuarantineError,
  HostRejectedError,
  HostSessionError,
  HostUnavailableError,
} from './errors.js'

/** The account itself is limited; see TELEGRAM's answers to creating groups. */
const QUARANTINE = new Set([
  'USER_RESTRICTED',
  'FROZEN_METHOD_INVALID',
  'FROZEN_PARTICIPANT_MISSING',
  'USER_DEACTIVATED',
  'USER_DEACTIVATED_BAN',
  'PHONE_NUMBER_BANNED',
  'PEER_FLOOD',
])
const SESSION_DEAD = new Set([
  'AUTH_KEY_UNREGISTERED',
  'AUTH_KEY_DUPLICATED',
  'AUTH_KEY_INVALID',
  'AUTH_KEY_PERM_EMPTY',
  'SESSION_REVOKED',
  'SESSION_EXPIRED',
])
const FULL = new Set(['CHANNELS_TOO_MUCH', 'CHANNELS_ADMIN_PUBLIC_TOO_MUCH', 'USER_CHANNELS_TOO_MUCH'])
/** Also what a wrong access hash is answered with: the caller looks in the list of dialogs before it believes it. */
const GONE = new Set(['CHANNEL_PRIVATE', 'CHANNEL_INVALID', 'CHAT_ID_INVALID', 'CHANNEL_PUBLIC_GROUP_NA'])
/** A login of the last hours may not promote anybody; Telegram does not say how long, so this asks again after an hour. */
const FRESH_LOGIN = 'FRESH_CHANGE_ADMINS_FORBIDDEN'
const FRESH_LOGIN_WAIT_MS = 3_600_000

/** What a rejected GramJS call means. `method` is the request's name. Whatever is not understood counts as lost. */
export const classifyGramjsError = (error: unknown, method: string): HostError => {
  if (error instanceof HostError) return error
  if (
    error instanceof errors.FloodWaitError ||
    error instanceof errors.FloodTestPhoneWaitError ||
    error instanceof errors.SlowModeWaitError
  )
    return new HostFloodError(method, error.seconds * 1000)
  if (!(error instanceof errors.RPCError)) return new HostUnavailableError(`${method}: the connection failed.`)
  const reason = error.errorMessage
  if (QUARANTINE.has(reason)) return new HostQuarantineError(reason)
  if (SESSION_DEAD.has(reason)) return new HostSessionError(reason)
  if (FULL.has(reason)) return new HostFullError()
  if (GONE.has(reason)) return new HostGroupGoneError(method)
  if (reason === FRESH_LOGIN) return new HostFloodError(reason, FRESH_LOGIN_WAIT_MS)
  const code = error.code ?? 500
  // Server-side failures, also witnessed as negative codes: whether the call took effect is unknown.
  if (code >= 500 || code < 0 || code === 303) return new HostUnavailableError(`${method}: ${reason}`)
  return new HostRejectedError(method, reason)
}
