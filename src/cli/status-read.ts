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

interface InstanceFacts {
  readonly roles: readonly string[]
  readonly pid: number
  readonly machine: string
  readonly startedAt: number
}

/** The processes that live, with what they play and hold. One process has one entry, so there are few. */
const readInstances = async ({ redis, keys }: Live, hosts: readonly HostRow[]) => {
  const names = [...LONE_LEASES, ...hosts.map(({ host }) => leaseNames.host(host))]
  const [facts, holders] = await Promise.all([
    redis.hgetall(keys.instances),
    redis.mget(...names.map((name) => keys.lease(name))),
  ])
  const ids = Object.keys(facts)
  const alive = await Promise.all(ids.map((id) => redis.exists(keys.lease(leaseNames.instance(id)))))
  const leases = names.map((name, index) => {
    const value = holders[index] ?? undefined
    return { lease: name, holder: value === undefined ? null : leaseHolder(value) }
  })
  const instances = ids
    .filter((_, index) => alive[index] === 1)
    .map((instance) => ({
      instance,
      ...(JSON.parse(facts[instance] ?? '{}') as InstanceFacts),
      leases: leases.filter(({ holder }) => holder === instance).map(({ lease }) => lease),
    }))
  return { instances, unheld: leases.filter(({ holder }) => holder === null).map(({ lease }) => lease) }
}

const readHosts = async (context: Context) => {
  const startedAt = performance.now()
  const rows = await hostsTable(await context.database(), '').list()
  const latencyMs = Math.round(performance.now() - startedAt)
  const counts = await groupCounts(context)
  return { latencyMs, rows, hosts: rows.map((row) => ({ ...row, groups: counts(row.host) })) }
}

/** Everything that one screen says. What does not answer is null, with words in `missing`. */
export const readStatus = async (context: Context) => {
  const missing: string[] = []
  const live = await context.live()
  const { redis, keys, waitingSet, rooms, groups, whole } = live
  const [postgres, telegram] = await Promise.all([
    readHosts(context).catch((error: unknown) => {
      missing.push(`Postgres: ${wordsFor(error)}`)
      return null
    }),
    askBot(context),
  ])
  const rows = postgres?.rows ?? []
  const startedAt = performance.now()
  const now = await waitingSet.now()
  const latencyMs = Math.round(performance.now() - startedAt)
  const [processes, count, oldestSince, first, pausedBy, stages, late, stock, mailboxes, dead, reconciled] =
    await Promise.all([
      readInstances(live, rows),
      waitingSet.count(),
      waitingSet.oldestSince(),
      firstInLine(live, now),
      waitingSet.pausedBy(),
      rooms.countByStage(),
      Promise.all(STAGES.map((stage) => redis.zcount(keys[stage], '-inf', `(${now}`))),
      groups.size(),
      readBacklog(redis, keys, ['room', 'courier', 'ledger', ...rows.map(({ host }) => hostMailbox(host))]),
      deadLetters(live, now),
      lastReconciled(redis, keys),
    ])
  const { GROUP_STOCK: target, GROUP_BUDGET: budget } = context.settings.read('GROUP_STOCK', 'GROUP_BUDGET')
  return {
    at: now,
    redis: { whole, latencyMs },
    postgres: postgres === null ? null : { latencyMs: postgres.latencyMs },
    telegram,
    ...processes,
    waiting: {
      count,
      oldestMs: oldestSince === undefined ? null : Math.max(0, now - oldestSince),
      firstInLine: first.count,
    },
    matching: { paused: pausedBy !== null, by: pausedBy },
    rooms: { ...stages, pastDeadline: late.reduce((sum, one) => sum + one, 0) },
    stock: { size: stock, target },
    hosts: postgres === null ? null : postgres.hosts.map((host) => ({ ...host, budget })),
    mailboxes: mailboxes.map((one) => ({ ...one, oldestMs: one.length === 0 ? null : one.oldestMs })),
    deadLetters: dead,
    reconciled: reconciled ?? null,
    missing,
  }
}
export type Status = Awaited<ReturnType<typeof readStatus>>
