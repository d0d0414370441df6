import { VisavisError } from '../errors.js'

/** What a failed call of the Bot API means for the caller. */
export type TelegramErrorCode =
  /** Too many calls: wait `retryAfterMs`. */
  | 'telegram_rate_limited'
  /** This person cannot be written to: blocked the bot, never started it, or deleted the account. */
  | 'telegram_forbidden'
  /** The group does not exist any more, or the bot is not in it. */
  | 'telegram_gone'
  /** Telegram understood and refused: `description` says why. Repeating does not help. */
  | 'telegram_rejected'
  /** The token is wrong or was revoked: the operator must act. */
  | 'telegram_unauthorized'
  /** 5xx, network or timeout: whether it happened is unknown. */
  | 'telegram_unavailable'

/** A call of the Bot API failed. The words carry the method and Telegram's description, never the payload or the token. */
export class TelegramError extends VisavisError {
  declare readonly code: TelegramErrorCode
  /** Telegram's own words, such as `Bad Request: chat not found`. */
  readonly description: string
  /** How long Telegram asks to wait; 0 unless the code is `telegram_rate_limited`. */
  declare readonly retryAfterMs: number

  constructor(code: TelegramErrorCode, method: string, description: string, retryAfterMs = 0) {
    super(code, `${method}: ${description}`, {
      retryable: code === 'telegram_rate_limited' || code === 'telegram_unavailable',
      retryAfterMs,
    })
    this.description = description
  }
}

/** Whether this is a failed Bot API call (with one of these meanings). */
export const isTelegramError = (error: unknown, ...codes: readonly TelegramErrorCode[]): error is TelegramError =>
  error instanceof TelegramError && (codes.length === 0 || codes.includes(error.code))

/** Anything that goes wrong with a host account. Each subclass asks for a different reaction. */
export abstract class HostError extends VisavisError {}

/** Telegram asks this account to wait (FLOOD_WAIT, or a login too fresh to promote anybody): park it. */
export class HostFloodError extends HostError {
  readonly waitMs: number
  constructor(reason: string, waitMs: number) {
    super('host_flood', `${reason}: Telegram asks this account to wait ${Math.ceil(waitMs / 1000)} s.`, {
      retryable: true,
    })
    this.waitMs = waitMs
  }
}

/** The account is restricted, frozen or deactivated: it is never used for new work again without an operator. */
export class HostQuarantineError extends HostError {
  readonly reason: string
  constructor(reason: string) {
    super(
      'host_quarantine',
      `Telegram limits this account (${reason}); write to @SpamBot from it, or add another host.`,
    )
    this.reason = reason
  }
}

/** The account is in as many groups and channels as Telegram allows (CHANNELS_TOO_MUCH). */
export class HostFullError extends HostError {
  constructor() {
    super('host_full', 'This account is in as many groups as Telegram allows; groups must be deleted first.', {
      retryable: true,
    })
  }
}

/** The session is dead: revoked, unknown to Telegram, or used from two places. Only a new login helps. */
export class HostSessionError extends HostError {
  readonly reason: string
  constructor(reason: string) {
    super('host_session', `The session of this account is dead (${reason}); log in again with: hosts login.`)
    this.reason = reason
  }
}

/** Network or timeout: that client is dead and whether the call took effect is unknown. Make a new one and look before repeating. */
export class HostUnavailableError extends HostError {
  constructor(words: string) {
    super('host_unavailable', words, { retryable: true })
  }
}

/** The group does not exist any more, or this account is not in it. */
export class HostGroupGoneError extends HostError {
  constructor(method: string) {
    super('host_group_gone', `${method}: the group is gone.`)
  }
}

/** Telegram understood and refused; `reason` is its name for it, such as CHAT_ADMIN_REQUIRED. */
export class HostRejectedError extends HostError {
  readonly reason: string
  constructor(method: string, reason: string) {
    super('host_rejected', `${method}: ${reason}`)
    this.reason = reason
  }
}
