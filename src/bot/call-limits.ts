import type { Telegraf } from 'telegraf'

/** Telegram holds a poll for 50 s; one without an answer for so long hangs on a dead connection. */
const POLL_LIMIT_MS = 70_000
const CALL_LIMIT_MS = 10_000

/** What Telegraf takes for an AbortSignal: its own kind has no more. */
interface Cancel {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}
export type CallApi = (method: string, payload: object, options?: { signal?: Cancel }) => Promise<unknown>

/** Telegraf's client, as far as calls are watched. */
export const clientOf = (bot: Telegraf): { callApi: CallApi } => bot.telegram as unknown as { callApi: CallApi }

/** Polls say for how long Telegram may hold them. One that does not only confirms what was received. */
export const isPoll = (method: string, payload: object): boolean => method === 'getUpdates' && 'timeout' in payload

/**
 * Gives every call of the bot's own client a time limit (Telegraf's is minutes long, and polls have none), and ends what
 * is under way when `stopping` aborts: all but the confirmation of what was received, with which polling ends.
 */
export const limitCalls = (bot: Telegraf, stopping: AbortSignal, limitMs = CALL_LIMIT_MS): void => {
  const client = clientOf(bot)
  const callApi = client.callApi.bind(client)
  client.callApi = async (method, payload, options = {}) => {
    const poll = isPoll(method, payload)
    const ending = new AbortController()
    const end = () => ending.abort()
    const timer = setTimeout(end, poll ? POLL_LIMIT_MS : limitMs)
    const signals = [options.signal, method === 'getUpdates' && !poll ? undefined : stopping]
    for (const signal of signals) {
      signal?.addEventListener('abort', end)
      if (signal?.aborted) end()
    }
    try {
      return await callApi(method, payload, { signal: ending.signal })
    } finally {
      clearTimeout(timer)
      for (const signal of signals) signal?.removeEventListener('abort', end)
    }
  }
}
