import { countLateRooms, readProcesses } from '../app/processes.js'
import { lastReconciled } from '../redis/reconciled.js'
import { hostsTable, unreadMailboxes, type HostRow } from '../postgres/hosts.js'
import { readBacklog } from '../mailbox/backlog.js'
import { hostMailbox } from '../mailboxes.js'
import type { Context, Live } from './context.js'
import { wordsFor } from './failures.js'
import { groupCounts } from './hosts-work.js'
import { deadLetters, firstInLine } from './queues.js'
import { askBot } from './telegram.js'

/** The reaper acts within moments; a room that is this late is stuck. */
const STUCK_MS = 30_000
/** A mailbox that is read is empty within moments; one in which a message waits for longer is slow. */
export const SLOW_MS = 60_000

const readHosts = async (context: Context) => {
  const db = await context.database()
  const startedAt = performance.now()
  const rows = await hostsTable(db, '').list()
  const latencyMs = Math.round(performance.now() - startedAt)
  const counts = await groupCounts(context)
  return { latencyMs, rows, hosts: rows.map((row) => ({ ...row, groups: counts(row.host) })) }
}

/** Whatever Redis knows. */
const readLive = async (live: Live, rows: readonly HostRow[]) => {
  const { redis, keys, waitingSet, rooms, groups, whole, served } = live
  const startedAt = performance.now()
  const now = await waitingSet.now()
  const latencyMs = Math.round(performance.now() - startedAt)
  const [
    processes,
    count,
    oldestSince,
    first,
    pausedBy,
    stages,
    pastDeadline,
    stuck,
    stock,
    mailboxes,
    dead,
    reconciled,
  ] = await Promise.all([
    readProcesses(redis, keys, { instances: live.instances, hosts: rows }),
    waitingSet.count(),
    waitingSet.oldestSince(),
    firstInLine(live, now),
    waitingSet.pausedBy(),
    rooms.countByStage(),
    countLateRooms(redis, keys, now),
    countLateRooms(redis, keys, now, STUCK_MS),
    groups.size(),
    readBacklog(
      redis,
      keys,
      ['room', 'courier', 'ledger', ...rows.map(({ host }) => hostMailbox(host))],
      unreadMailboxes(rows),
    ),
    deadLetters(live, now),
    lastReconciled(redis, keys),
  ])
  return {
    at: now,
    redis: { whole, latencyMs },
    ...processes,
    waiting: {
      count,
      oldestMs: oldestSince === undefined ? null : Math.max(0, now - oldestSince),
      firstInLine: first.count,
    },
    matching: { paused: pausedBy !== null, by: pausedBy },
    rooms: { ...stages, pastDeadline, stuck },
    stock: { size: stock, target: served.GROUP_STOCK },
    mailboxes: mailboxes.map((one) => ({ ...one, oldestMs: one.length === 0 ? null : one.oldestMs })),
    deadLetters: dead,
    reconciled: reconciled === undefined ? null : { ...reconciled, found: reconciled.found ?? null },
  }
}

/** Without Redis nothing is known of these. */
const UNKNOWN = {
  redis: null,
  instances: null,
  unheld: null,
  waiting: null,
  matching: null,
  rooms: null,
  stock: null,
  mailboxes: null,
  deadLetters: null,
  reconciled: null,
} as const

/** Everything that one screen says. What does not answer is null, with words in `missing`; all are asked at once. */
export const readStatus = async (context: Context) => {
  // Where nothing runs at all, that is all there is to say.
  context.settings.read('REDIS_URL')
  const missing: string[] = []
  const orMissing =
    (server: string) =>
    (error: unknown): null => {
      missing.push(`${server}: ${wordsFor(error)}`)
      return null
    }
  const [opened, postgres, telegram] = await Promise.all([
    context.live().catch(orMissing('Redis')),
    readHosts(context).catch(orMissing('Postgres')),
    askBot(context),
  ])
  const live = opened && (await readLive(opened, postgres?.rows ?? []).catch(orMissing('Redis')))
  return {
    at: Date.now(),
    ...(live ?? UNKNOWN),
    postgres: postgres === null ? null : { latencyMs: postgres.latencyMs },
    telegram,
    hosts: postgres?.hosts.map((host) => ({ ...host, budget: opened?.served.GROUP_BUDGET ?? null })) ?? null,
    missing,
  }
}
export type Status = Awaited<ReturnType<typeof readStatus>>
