import { TelegramError as TelegrafError, type Telegraf } from 'telegraf'
import type { Clock } from '../clock.js'
import type { Logger } from '../logger.js'
import { classifyBotApiError } from '../telegram/bot-api-errors.js'
import { clientOf, isPoll, limitCalls } from './call-limits.js'
import { ALLOWED_UPDATES } from './updates.js'

const FIRST_PAUSE_MS = 500
/** Short enough that nobody waits for long once Telegram is back (I9). */
const LONGEST_PAUSE_MS = 5_000
/** How often a stop is repeated while Telegraf is still about to begin. */
const STOP_AGAIN_MS = 20

/** A poll that was not refused for so long goes well. */
const WELL_AFTER_MS = 1_000

/** Tells when a poll goes well, when one was answered, and when one failed. */
const watchPolls = (bot: Telegraf, tell: { well: () => void; answered: () => void; failed: () => void }): void => {
  const client = clientOf(bot)
  const callApi = client.callApi.bind(client)
  client.callApi = async (method, payload, options) => {
    if (!isPoll(method, payload)) return callApi(method, payload, options)
    const settled = setTimeout(tell.well, WELL_AFTER_MS)
    try {
      const updates = await callApi(method, payload, options)
      tell.well()
      tell.answered()
      return updates
    } catch (error) {
      tell.failed()
      throw error
    } finally {
      clearTimeout(settled)
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
  /** How long a call that is no poll may take. */
  callLimitMs?: number | undefined
}) => {
  const { bot, clock, logger, polling } = deps
  const stopping = new AbortController()
  let pauseMs = FIRST_PAUSE_MS
  limitCalls(bot, stopping.signal, deps.callLimitMs)
  watchPolls(bot, {
    well: () => {
      if (!stopping.signal.aborted) polling(true)
    },
    answered: () => (pauseMs = FIRST_PAUSE_MS),
    // Telegraf itself tries some failures again, without a word.
    failed: () => polling(false),
  })

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
