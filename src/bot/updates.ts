import { LRUCache } from 'lru-cache'
import type { Context, MiddlewareFn } from 'telegraf'
import type { Clock } from '../clock.js'

/** The kinds of updates that the bot asks Telegram for; those about members are only sent when they are listed. */
export const ALLOWED_UPDATES = [
  'message',
  'edited_message',
  'callback_query',
  'my_chat_member',
  'chat_member',
  'chat_join_request',
] as const

/** People send the others again when nothing comes of them. */
const ABOUT_MEMBERS = ['my_chat_member', 'chat_member', 'chat_join_request'] as const

/** Telegram repeats an update after a crash or a lost answer, within minutes. */
const REMEMBERED_UPDATES = 20_000
const REMEMBERED_FOR_MS = 3_600_000

/**
 * Takes updates in: each once, and those of one person one after another, in the order in which they came. People do not
 * wait for each other: a batch (or the answer to a webhook) waits `patienceMs` for the slowest and then goes on, while
 * that person's updates keep their turn. What says who came or went is waited for to the end: Telegram forgets a batch
 * that was confirmed, and nobody would say it again.
 */
export const createUpdates = (deps: {
  clock: Clock
  patienceMs: number
  /** Is given whatever a handler throws; must not throw itself. */
  failed: (error: unknown, ctx: Context) => Promise<void>
}) => {
  const seen = new LRUCache<number, true>({ max: REMEMBERED_UPDATES, ttl: REMEMBERED_FOR_MS })
  const turns = new Map<number, Promise<void>>()

  const inTurn = (person: number, work: () => Promise<void>): Promise<void> => {
    const turn = (turns.get(person) ?? Promise.resolve()).then(work)
    turns.set(person, turn)
    return turn.finally(() => {
      if (turns.get(person) === turn) turns.delete(person)
    })
  }

  const middleware: MiddlewareFn<Context> = async (ctx, next) => {
    if (seen.has(ctx.update.update_id)) return
    seen.set(ctx.update.update_id, true)
    const work = async () => {
      try {
        await next()
      } catch (error) {
        await deps.failed(error, ctx)
      }
    }
    const done = inTurn(ctx.from?.id ?? ctx.chat?.id ?? 0, work)
    if (ABOUT_MEMBERS.some((kind) => kind in ctx.update)) return done
    const handled = new AbortController()
    await Promise.race([done.finally(() => handled.abort()), deps.clock.wait(deps.patienceMs, handled.signal)])
  }

  return {
    middleware,
    /** Resolves when nothing that came in is being handled any more. */
    idle: async (): Promise<void> => {
      while (turns.size > 0) await Promise.all(turns.values())
    },
  }
}
export type Updates = ReturnType<typeof createUpdates>
