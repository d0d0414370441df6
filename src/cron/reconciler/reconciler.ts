import { systemClock, type Clock } from '../../clock.js'
import { RebuildingError, wordsOf } from '../../errors.js'
import type { Events } from '../../events.js'
import type { Logger } from '../../logger.js'
import { compareProgress, lastAnnounced } from '../../redis/announced.js'
import type { Comparison, Difference, ReconcilerDeps, Suspect } from './difference.js'
import { compareBans } from './bans.js'
import { compareGroups } from './groups.js'
import { comparePeople, compareRowsOfPeople } from './people.js'
import { compareRooms, compareRowsOfRooms } from './rooms.js'
import { compareTelegram, ORPHANED } from './telegram.js'
import { compareUnfinished } from './unfinished.js'

/** In the order of repair: first what Redis has against itself, rooms before the people and groups that belong to them. */
const COMPARISONS: readonly Comparison[] = [
  compareRooms,
  comparePeople,
  compareBans,
  compareRowsOfRooms,
  compareRowsOfPeople,
  compareGroups,
  compareUnfinished,
]
/** Between the two looks at least, and how long Postgres may take to follow. */
const SETTLE_MS = 1_000
const PATIENCE_MS = 10_000
const PROGRESS_MS = 100
/** So many differences of a kind are told one by one; of the others only the number. */
const TOLD = 20

export interface ReconcileOptions {
  /** Only report. */
  readonly dryRun?: boolean
  /** Whether hosts are asked for their groups too: that takes several calls for each, which Telegram counts. */
  readonly telegram?: boolean
  /** Only the groups on Telegram that nobody knows of: people and rooms, which may be many, are not compared. */
  readonly orphansOnly?: boolean
  /** Is told of everything that is to be repaired, before any of it is. What it throws ends the run. */
  readonly before?: (found: readonly Pick<Difference, 'kind' | 'subject' | 'words'>[]) => Promise<void>
  readonly signal?: AbortSignal
}

/**
 * Compares Redis with itself, with Postgres and (as far as it is given hosts) with Telegram, and repairs what differs.
 *
 * Postgres follows Redis by up to a second, so one look proves nothing. A difference is what two looks found with the
 * same evidence on both sides, the ledger having written meanwhile everything that was announced up to the first. Where the ledger
 * does not come along (Postgres is slow, no worker runs), nothing is said about Postgres. A healthy idle service
 * costs one look.
 */
export const createReconciler = (
  deps: ReconcilerDeps & {
    logger: Logger
    events: Pick<Events, 'difference' | 'moreDifferences'>
    clock?: Clock
    pacing?: { settleMs?: number; patienceMs?: number }
  },
) => {
  const { redis, keys, tables, logger, events, clock = systemClock } = deps
  const { settleMs = SETTLE_MS, patienceMs = PATIENCE_MS } = deps.pacing ?? {}

  // Whoever leaves Telegram out costs no host a call.
  const withoutTelegram: ReconcilerDeps = { ...deps }
  delete (withoutTelegram as { hosts?: ReconcilerDeps['hosts'] }).hosts

  const look = async (telegram: boolean, orphansOnly: boolean): Promise<Map<string, Suspect>> => {
    const found = new Map<string, Suspect>()
    for (const one of [...(orphansOnly ? [] : COMPARISONS), ...(telegram ? [compareTelegram] : [])])
      for await (const suspect of one(telegram ? deps : withoutTelegram))
        if (!orphansOnly || suspect.kind === ORPHANED) found.set(`${suspect.kind} ${suspect.subject}`, suspect)
    return found
  }

  /** Whether the ledger has written everything up to this fact. */
  const followed = async (fact: string, signal: AbortSignal | undefined): Promise<boolean> => {
    const until = clock.now() + patienceMs
    for (;;) {
      if (compareProgress(await tables.deployment.state(), fact) >= 0) return true
      if (signal?.aborted === true || clock.now() >= until) return false
      await clock.wait(PROGRESS_MS, signal)
    }
  }

  const repair = async ({ kind, about, repair }: Suspect, tells: boolean): Promise<boolean> => {
    try {
      return (await repair?.()) ?? false
    } catch (error) {
      if (error instanceof RebuildingError) throw error
      const reason = wordsOf(error)
      logger[tells ? 'warn' : 'debug']({ event: 'repair_failed', kind, about, reason }, 'A difference was not repaired')
      return false
    }
  }

  /** Repairs, and tells: what a fault brings is often one kind a thousand times. */
  const settle = async (suspects: Iterable<Suspect>, dryRun: boolean): Promise<Difference[]> => {
    const differences: Difference[] = []
    const told = new Map<string, number>()
    const more = new Map<string, { count: number; repaired: number }>()
    try {
      for (const suspect of suspects) {
        const { kind, about, subject, words } = suspect
        const already = told.get(kind) ?? 0
        const repaired = !dryRun && (await repair(suspect, already < TOLD))
        differences.push({ kind, subject, words, repairable: suspect.repair !== undefined, repaired })
        if (already < TOLD) {
          told.set(kind, already + 1)
          events.difference({ kind, about, subject, words, repaired, dryRun })
          continue
        }
        const { count, repaired: before } = more.get(kind) ?? { count: 0, repaired: 0 }
        more.set(kind, { count: count + 1, repaired: before + Number(repaired) })
      }
    } finally {
      for (const [kind, { count, repaired }] of more) events.moreDifferences(kind, count, repaired, dryRun)
    }
    return differences
  }

  return {
    /**
     * One run. Gives every difference, repaired or (with `dryRun`) not.
     * @throws RebuildingError while Redis is being rebuilt; what the connections throw
     */
    run: async (options: ReconcileOptions = {}): Promise<Difference[]> => {
      const { dryRun = false, telegram = true, orphansOnly = false, signal } = options
      if ((await redis.exists(keys.epoch)) === 0) throw new RebuildingError()
      const first = await look(telegram, orphansOnly)
      if (first.size === 0) return []
      const announced = await lastAnnounced(redis, keys)
      await clock.wait(settleMs, signal)
      const isFollowed = await followed(announced, signal)
      if (signal?.aborted === true) return []
      if (!isFollowed) logger.warn({ event: 'ledger_behind' }, 'The ledger does not follow; Postgres is left out')
      const second = [...(await look(telegram, orphansOnly))]
        .filter(([key, { evidence, lags }]) => first.get(key)?.evidence === evidence && (isFollowed || !lags))
        .map(([, suspect]) => suspect)
      if (!dryRun && second.length > 0) await options.before?.(second)
      return settle(second, dryRun)
    },
  }
}
export type Reconciler = ReturnType<typeof createReconciler>
