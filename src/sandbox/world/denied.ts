/**
 * A refusal by the world. `name` is the MTProto error name (`CHAT_ADMIN_REQUIRED`), `code` the MTProto error code;
 * the Bot API surface translates the name into the Bot API's own text.
 */
export class Denied extends Error {
  readonly code: number

  constructor(
    readonly error: string,
    code?: number,
  ) {
    super(error)
    this.name = 'Denied'
    this.code = code ?? codeOf(error)
  }
}

const CODES: Record<string, number> = {
  CHANNEL_PRIVATE: 406,
  CHANNEL_TOO_LARGE: 406,
  FRESH_CHANGE_ADMINS_FORBIDDEN: 406,
  INVITE_HASH_EXPIRED: 406,
  USER_RESTRICTED: 406,
  AUTH_KEY_DUPLICATED: 406,
  AUTH_KEY_UNREGISTERED: 401,
  AUTH_KEY_INVALID: 401,
  AUTH_KEY_PERM_EMPTY: 401,
  SESSION_REVOKED: 401,
  SESSION_EXPIRED: 401,
  SESSION_PASSWORD_NEEDED: 401,
  USER_DEACTIVATED: 401,
  USER_DEACTIVATED_BAN: 401,
  FROZEN_METHOD_INVALID: 420,
  CHAT_WRITE_FORBIDDEN: 403,
  MESSAGE_DELETE_FORBIDDEN: 403,
  MESSAGE_AUTHOR_REQUIRED: 403,
  RIGHT_FORBIDDEN: 403,
  USER_CHANNELS_TOO_MUCH: 403,
  USER_PRIVACY_RESTRICTED: 403,
  USER_IS_BLOCKED: 403,
  INPUT_USER_DEACTIVATED: 403,
  TIMEOUT: 503,
  BOT_RESPONSE_TIMEOUT: 400,
}

/** The MTProto code that Telegram sends along with an error name: 420 for waits, 303 for migrations, mostly 400. */
export function codeOf(error: string): number {
  const known = CODES[error]
  if (known !== undefined) return known
  if (/^CHAT_SEND_[A-Z]+_FORBIDDEN$/.test(error)) return 403
  if (/^(FLOOD|SLOWMODE|FLOOD_PREMIUM|FLOOD_TEST_PHONE)_WAIT_/.test(error)) return 420
  if (/^(PHONE|USER|NETWORK|FILE|STATS)_MIGRATE_/.test(error)) return 303
  if (/^(INTERNAL|RPC_CALL_FAIL|RPC_MCGET_FAIL|MSG_WAIT_FAILED)/.test(error)) return 500
  return 400
}
