import { systemClock, type Clock } from '../clock.js'
import { wordsOf } from '../errors.js'
import type { Events } from '../events.js'
import type { UserId } from '../ids.js'
import { masked, type Logger } from '../logger.js'
import type { Broadcast, BroadcastId, BroadcastsTable, RecipientState } from '../postgres/broadcasts.js'
import type { BotApi, OutgoingMessage } from '../telegram/bot-api.js'
import { isTelegramError } from '../telegram/errors.js'
import type { RateLimits } from '../telegram/rate-limits.js'

export interface BroadcasterDeps {
  readonly broadcasts: Pick<
    BroadcastsTable,
    'running' | 'plan' | 'claim' | 'settle' | 'doubt' | 'finish' | 'pause' | 'get'
  >
  readonly bot: Pick<BotApi, 'sendMessage'>
  /** The courier's own: what the courier sends goes first. */
  readonly limits: RateLimits
  /** Messages a second at most, below what the limits allow. */
  readonly perSecond: number
  readonly compose: (broadcast: Broadcast, language: string) => OutgoingMessage
  /** This person blocked the bot or deleted the account. */
  readonly unreachable: (user: UserId) => Promise<void>
  /** Shows how far it is, where somebody looks. */
  readonly progress: (broadcast: Broadcast) => Promise<void>
  /** Resolves when Telegram answers. */
  readonly answers: () => Promise<unknown>
  readonly events: Pick<Events, 'broadcastSettled'>
  readonly logger: Logger
  readonly clock?: Clock
  /** Aborted when the lease is lost or the service stops: nothing more is begun. */
  readonly signal: AbortSignal
  /** Whether the lease is still this process' for sure. */
  readonly holding: () => boolean
}

/** How soon a started broadcast is noticed, how often progress is shown, how soon a failure is tried again. */
const LOOK_MS = 1_000
const PROGRESS_MS = 2_000
const RETRY_MS = 1_000
/** How soon the way is looked at again, while the courier has something to send. */
const YIELD_MS = 20
/** Calls under way at once: Telegram answers slower than it may be asked. */
const LANES = 4
const PAGE = 500
/** No call takes so long: who began it is gone. */
const STALE_S = 60
/** So many refusals in a row are the message's fault. */
const REFUSALS = 3

/**
 * Sends broadcasts, beside the courier and behind it. Each person's row is taken in Postgres before the message goes, and
 * says afterwards what became of it; where that is unknown it is in doubt and not repeated. So a broadcast goes on exactly
 * where it stopped, whoever sends it next, and nobody gets it twice.
 */
export const startBroadcaster = (deps: BroadcasterDeps) => {
  const { broadcasts, bot, limits, unreachable, events, logger, clock = systemClock, signal, holding } = deps
  const begun = new Set<BroadcastId>()
  let nextAt = 0
  let refusals = 0
  let planning: Promise<number> | undefined

  /** The next moment in which nobody else wants to send. */
  const turn = async (): Promise<void> => {
    const at = Math.max(nextAt, clock.now())
    nextAt = at + 1_000 / deps.perSecond
    await clock.wait(at - clock.now(), signal)
    while (!signal.aborted && (limits.waiting() > 0 || !holding())) await clock.wait(YIELD_MS, signal)
    signal.throwIfAborted()
  }

  /** What became of a message is not lost because Postgres is away for a moment. */
  const settle = async (
    broadcast: BroadcastId,
    user: UserId,
    state: Exclude<RecipientState, 'sending'>,
  ): Promise<void> => {
    for (;;) {
      try {
        await broadcasts.settle(broadcast, user, state)
        // Back in line, it is not over.
        if (state !== 'planned') events.broadcastSettled(state)
        return
      } catch (error) {
        if (signal.aborted) throw error
        await clock.wait(RETRY_MS, signal)
      }
    }
  }

  /** A call got no answer: waits until Telegram gives some, so that one outage leaves few in doubt. */
  const untilAnswers = async (): Promise<void> => {
    for (let waitMs = RETRY_MS; !signal.aborted; waitMs = Math.min(30_000, 2 * waitMs)) {
      try {
        await deps.answers()
        return
      } catch {
        await clock.wait(waitMs, signal)
      }
    }
  }

  const send = async (broadcast: Broadcast, user: UserId, language: string): Promise<void> => {
    const id = broadcast.broadcast
    try {
      await limits.turn(user, signal)
    } catch (error) {
      await settle(id, user, 'planned')
      throw error
    }
    try {
      await bot.sendMessage(user, deps.compose(broadcast, language))
      refusals = 0
      await settle(id, user, 'sent')
    } catch (error) {
      if (isTelegramError(error, 'telegram_rate_limited')) {
        limits.refused(error.retryAfterMs, user)
        await settle(id, user, 'planned')
      } else if (isTelegramError(error, 'telegram_forbidden', 'telegram_gone')) {
        await settle(id, user, 'blocked')
        await unreachable(user)
      } else if (isTelegramError(error, 'telegram_unavailable')) {
        await settle(id, user, 'doubt')
        await untilAnswers()
      } else if (isTelegramError(error, 'telegram_rejected')) {
        await settle(id, user, 'refused')
        if (++refusals >= REFUSALS) await broadcasts.pause(id, masked(error.description).slice(0, 200))
      } else {
        if (isTelegramError(error)) await settle(id, user, 'planned')
        throw error
      }
    }
  }

  /** Writes the intent for the next page, once for all lanes that ask for it. */
  const plan = (id: BroadcastId): Promise<number> =>
    (planning ??= broadcasts.plan(id, PAGE).finally(() => (planning = undefined)))

  const lane = async (broadcast: Broadcast): Promise<void> => {
    const id = broadcast.broadcast
    for (let last = false; ;) {
      await turn()
      const next = await broadcasts.claim(id)
      if (next?.state === 'sending') await send(broadcast, next.user, next.language)
      else if (next) events.broadcastSettled(next.state)
      if (!next && last) return
      // Nobody more to plan: but another lane may have planned a page since this one found nobody.
      last = !next && (await plan(id)) === 0
    }
  }

  const work = async (broadcast: Broadcast): Promise<void> => {
    const id = broadcast.broadcast
    // What is being sent and not by this process was begun by one that is gone, or that has woken up and died since.
    const doubted = await broadcasts.doubt(id, begun.has(id) ? STALE_S : 0)
    if (doubted > 0) {
      events.broadcastSettled('doubt', doubted)
      logger.warn({ event: 'broadcast_doubt', broadcast: id, people: doubted }, 'A broadcast was cut off while sending')
    }
    begun.add(id)
    refusals = 0
    const over = new AbortController()
    const show = async () => {
      const now = await broadcasts.get(id)
      if (now) await deps.progress(now)
    }
    const reporting = (async () => {
      while (!over.signal.aborted) {
        await show().catch(() => undefined)
        await clock.wait(PROGRESS_MS, AbortSignal.any([over.signal, signal]))
      }
    })()
    try {
      const ends = await Promise.allSettled(Array.from({ length: LANES }, () => lane(broadcast)))
      const failed = ends.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined
      if (failed) throw failed.reason
      if (await broadcasts.finish(id)) logger.info({ event: 'broadcast_done', broadcast: id }, 'A broadcast is done')
    } finally {
      over.abort()
      await reporting
      if (!signal.aborted) await show().catch(() => undefined)
    }
  }

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        const broadcast = holding() ? await broadcasts.running() : null
        if (broadcast) await work(broadcast)
      } catch (error) {
        if (signal.aborted) return
        logger.warn({ event: 'broadcast_failed', error: wordsOf(error) }, 'A broadcast could not go on; trying again')
      }
      await clock.wait(LOOK_MS, signal)
    }
  }
  const running = run()
  return {
    /** Resolves when what was being sent is written down. Abort the signal first. */
    stopped: (): Promise<void> => running,
  }
}
