import { systemClock } from '../clock.js'
import { VisavisError } from '../errors.js'
import type { ChatId, RoomId, UserId } from '../ids.js'
import type { Events } from '../events.js'
import type { Delivery } from '../mailbox/consumer.js'
import type { CourierMessage } from '../mailboxes.js'
import type { BotApi, OutgoingMessage } from '../telegram/bot-api.js'
import { isTelegramError } from '../telegram/errors.js'
import type { RateLimits } from '../telegram/rate-limits.js'

export interface CourierDeps {
  readonly bot: BotApi
  readonly limits: RateLimits
  /** The words of a notice for this person; undefined when it is no longer true, so that nothing is sent (I8). */
  readonly compose: (to: UserId, notice: string, args: string) => Promise<OutgoingMessage | undefined>
  readonly composeForGroup: (
    chat: ChatId,
    room: RoomId,
    notice: string,
    args: string,
  ) => Promise<OutgoingMessage | undefined>
  /** This person blocked the bot or deleted the account: out of everything. */
  readonly unreachable: (user: UserId) => Promise<void>
  readonly attempts: number
  readonly events: Pick<Events, 'rateLimited'>
  /** Aborted when the lease is lost or the service stops: nothing more is sent. */
  readonly signal: AbortSignal
  /** Whether the lease is still this process' for sure. */
  readonly holding: () => boolean
}

/** How soon a courier in doubt about its lease asks again. */
const DOUBT_MS = 20

/** For how long it waits for Redis and Postgres before the next message to the same person may pass. */
const PATIENCE_MS = 600_000
/** How seldom it tries meanwhile: people are told within seconds once these are back. */
const STORES_MS = 2_000

const backoffMs = (attempt: number): number => Math.min(30_000, 300 * 2 ** attempt)

/**
 * Speaks to people through the Bot API, at the pace that Telegram allows and in order per person: a message that
 * fails is tried again before the next one to the same person goes. At a crash the one in flight may come twice.
 */
export const createCourier = (deps: CourierDeps) => {
  const { bot, limits, compose, composeForGroup, unreachable, attempts, events, signal, holding } = deps

  const words = (message: CourierMessage) =>
    message.type === 'notice'
      ? compose(message.to, message.notice, message.args)
      : composeForGroup(message.chat, message.room, message.notice, message.args)

  /** Were a message put aside while a store is away, the next to the same person would pass it. */
  const persistently = async <T>(work: () => Promise<T>): Promise<{ result: T; late: boolean }> => {
    const startedAt = performance.now()
    for (let attempt = 0; ;) {
      try {
        return { result: await work(), late: attempt > 0 }
      } catch (error) {
        const passes = error instanceof VisavisError && error.retryable
        if (!passes || performance.now() - startedAt > PATIENCE_MS) throw error
        await systemClock.wait(Math.min(backoffMs(++attempt), STORES_MS), signal)
        signal.throwIfAborted()
      }
    }
  }

  return {
    handle: async ({ message }: Delivery<CourierMessage>): Promise<void> => {
      const chat = message.type === 'notice' ? message.to : message.chat
      for (let attempt = 0; ;) {
        await limits.turn(chat, signal)
        // Composed last: what was true when it was told may not be true any more when its turn comes.
        const { result: outgoing, late } = await persistently(() => words(message))
        signal.throwIfAborted()
        // Its turn has passed: many that waited together must not go out together.
        if (late && outgoing) continue
        if (!holding()) {
          // This process stood still, and another one may be sending this by now: only the lease can tell.
          await systemClock.wait(DOUBT_MS, signal)
          continue
        }
        if (!outgoing) return
        try {
          await bot.sendMessage(chat, outgoing)
          return
        } catch (error) {
          if (isTelegramError(error, 'telegram_rate_limited')) {
            events.rateLimited(error.retryAfterMs)
            limits.refused(error.retryAfterMs, chat)
          } else if (message.type === 'notice' && isTelegramError(error, 'telegram_forbidden', 'telegram_gone')) {
            const { to } = message
            await persistently(() => unreachable(to))
            return
          } else if (message.type === 'group-notice' && isTelegramError(error, 'telegram_forbidden', 'telegram_gone')) {
            return // The group is gone: its room is told by its own messages.
          } else if (isTelegramError(error, 'telegram_unavailable') && ++attempt < attempts) {
            await systemClock.wait(backoffMs(attempt), signal)
          } else throw error
        }
      }
    },
    /** Order per person. */
    lane: (message: CourierMessage): string => (message.type === 'notice' ? message.to : message.chat),
  }
}
