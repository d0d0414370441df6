import { TelegramError as TelegrafError, type Telegraf } from 'telegraf'
import type { Clock } from '../clock.js'
import type { Logger } from '../logger.js'
import { classifyBotApiError } from '../telegram/bot-api-errors.js'
import { ALLOWED_UPDATES } from './updates.js'

/** Telegram holds a poll for 50 s; one without an answer for so long hangs on a dead connection. */
const POLL_TIMEOUT_MS = 70_000
const FIRST_PAUSE_MS = 500
/** Short enough that nobody waits for long once Telegram is back (I9). */
const LONGEST_PAUSE_MS = 5_000
/** How often a stop is repeated while Telegraf is still about to begin. */
const STOP_AGAIN_MS = 20

interface Cancel {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}
type CallApi = (method: string, payload: object, options?: { signal?: Cancel }) => Promise<unknown>

/** A poll that was not refused for so long goes well. */
const WELL_AFTER_MS = 1_000

/**
 * Gives each poll a time limit of its own (Telegraf has none, so a dead connection would end the polling silently), and
 * tells when one goes well, and when one was answered.
 */
const watchPolls = (bot: Telegraf, well: () => void, answered: () => void): void => {
  const telegram = bot.telegram as unknown as { callApi: CallApi }
  const callApi = telegram.callApi.bind(telegram)
  telegram.callApi = async (method, payload, options = {}) => {
    if (method !== 'getUpdates') return callApi(method, payload, options)
    const limit = new AbortController()
    const abort = () => limit.abort()
    const timer = setTimeout(abort, POLL_TIMEOUT_MS)
    const settled = setTimeout(well, WELL_AFTER_MS)
    options.signal?.addEventListener('abort', abort)
    if (options.signal?.aborted) abort()
    try {
      const updates = await callApi(method, payload, { signal: limit.signal })
      well()
      answered()
      return updates
    } finally {
      clearTimeout(timer)
      clearTimeout(settled)
      options.signal?.removeEventListener('abort', abort)
    }
  }
}

/**
 * Polls for updates until stopped. Only one process may poll with one token: a second poller (409) makes this one wait
 * and try again. `polling` is told whether it goes well; `ended` rejects with TelegramError `telegram_unauthorized` when
 * the token is refused.
 */
export const startPolling = (deps: {
  bot: Telegraf
  clock: Clock
  logger: Logger
  polling: (well: boolean) => void
}) => {
  const { bot, clock, logger, polling } = deps
  const stopping = new AbortController()
  let pauseMs = FIRST_PAUSE_MS
  watchPolls(
    bot,
    () => {
      if (!stopping.signal.aborted) polling(true)
    },
    () => (pauseMs = FIRST_PAUSE_MS),
  )

  const explain = (error: unknown) => {
    if (error instanceof TelegrafError && error.code === 409)
      logger.warn(
        { event: 'polling_conflict', pauseMs },
        'Another process polls with this bot token, or a webhook is set: only one may; trying again',
      )
    else
      logger.warn(
        { event: 'polling_failed', error: classifyBotApiError(error, 'getUpdates'), pauseMs },
        'Polling for updates failed; trying again',
      )
  }

  const run = async () => {
    while (!stopping.signal.aborted) {
      try {
        await bot.launch({ allowedUpdates: [...ALLOWED_UPDATES] })
      } catch (error) {
        polling(false)
        if (stopping.signal.aborted) return
        const failure = classifyBotApiError(error, 'getUpdates')
        if (failure.code === 'telegram_unauthorized') throw failure
        explain(error)
        await clock.wait(pauseMs, stopping.signal)
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
      }
    }
  }
  const ended = run().finally(() => polling(false))

  return {
    ended,
    /** Resolves when what was received is handled and confirmed. */
    stop: async (): Promise<void> => {
      stopping.abort()
      let running = true
      const end = ended.catch(() => undefined).finally(() => (running = false))
      while (running) {
        try {
          bot.stop()
        } catch {
          // Telegraf refuses to stop what has not begun yet.
        }
        await Promise.race([end, clock.wait(STOP_AGAIN_MS)])
      }
    },
  }
}
