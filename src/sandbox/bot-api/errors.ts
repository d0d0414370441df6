/** An answer `{ok: false}`: the HTTP status, Telegram's own wording and, for 429, the seconds to wait. */
export class BotApiError extends Error {
  constructor(
    readonly code: number,
    readonly description: string,
    readonly parameters?: { retry_after?: number },
  ) {
    super(description)
    this.name = 'BotApiError'
  }
}

/** 400 with Telegram's prefix. */
export const badRequest = (what: string): BotApiError => new BotApiError(400, `Bad Request: ${what}`)

/** 403 with Telegram's prefix. */
export const forbidden = (what: string): BotApiError => new BotApiError(403, `Forbidden: ${what}`)

/** 409: two consumers of one bot's updates. */
export const conflict = (what: string): BotApiError => new BotApiError(409, `Conflict: ${what}`)

/** 429 with the seconds in both places where Telegram puts them. */
export const tooManyRequests = (seconds: number): BotApiError =>
  new BotApiError(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds })
