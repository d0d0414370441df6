import { LONE_LEASES, leaseNames } from '../redis/lease-names.js'
import { leaseHolder } from '../redis/leases.js'
import { lastReconciled } from '../redis/reconciled.js'
import { STAGES } from '../redis/rooms.js'
import { hostsTable, type HostRow } from '../postgres/hosts.js'
import { readBacklog } from '../mailbox/backlog.js'
import { hostMailbox } from '../mailboxes.js'
import type { Context, Live } from './context.js'
import { wordsFor } from './failures.js'
import { groupCounts } from './hosts-work.js'
import { deadLetters, firstInLine } from './queues.js'
import { askBot } from './telegram.js'

/** The reaper acts within moments; a room that is this late is stuck. */
const STUCK_MS = 30_000

/** The processes that live, with what they play and hold, and what nobody holds. */
const readLeases = async ({ redis, keys, instances }: Live, hosts: readonly HostRow[]) => {
  const names = [...LONE_LEASES, ...hosts.map(({ host }) => leaseNames.host(host))]
  const holders = await redis.mget(...names.map((name) => keys.lease(name)))
  const leases = names.map((name, index) => {
    const value = holders[index] ?? undefined
    return { lease: name, holder: value === undefined ? null : leaseHolder(value) }
  })
  return {
    instances: instances.map(({ instance, roles = [], pid, machine, startedAt }) => ({
      instance,
      roles,
      pid,
      machine,
      startedAt,
      leases: leases.filter(({ holder }) => holder === instance).map(({ lease }) => lease),
    })),
    unheld: leases.filter(({ holder }) => holder === null).map(({ lease }) => lease),
  }
}

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
  const lateBy = (ms: number) =>
    Promise.all(STAGES.map((stage) => redis.zcount(keys[stage], '-inf', `(${now - ms}`))).then((counts) =>
      counts.reduce((sum, one) => sum + one, 0),
    )
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
    readLeases(live, rows),
    waitingSet.count(),
    waitingSet.oldestSince(),
    firstInLine(live, now),
    waitingSet.pausedBy(),
    rooms.countByStage(),
    lateBy(0),
    lateBy(STUCK_MS),
    groups.size(),
    readBacklog(redis, keys, ['room', 'courier', 'ledger', ...rows.map(({ host }) => hostMailbox(host))]),
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
