import { Gauge, Registry } from 'prom-client'
import { systemClock } from '../clock.js'
import { readBacklog, type Backlog } from '../mailbox/backlog.js'
import { hostMailbox, type MailboxName } from '../mailboxes.js'
import { kindOf } from '../metrics.js'
import type { BroadcastsTable } from '../postgres/broadcasts.js'
import type { GroupsTable, LiveGroupStatus } from '../postgres/groups.js'
import type { HostRow } from '../postgres/hosts.js'
import type { RedisClient } from '../redis/define-script.js'
import type { Groups } from '../redis/groups.js'
import type { Keys } from '../redis/keys.js'
import type { LeaseKeeper } from '../redis/leases.js'
import { STAGES, type Rooms } from '../redis/rooms.js'
import type { WaitingSet } from '../redis/waiting-set.js'

export interface GaugeSources {
  readonly redis: RedisClient
  readonly keys: Keys
  readonly waitingSet: Pick<WaitingSet, 'now' | 'count' | 'countFirst' | 'oldestSince' | 'paused'>
  readonly rooms: Pick<Rooms, 'countByStage'>
  readonly groups: Pick<Groups, 'size'>
  readonly leases: Pick<LeaseKeeper, 'held'>
  readonly tables: {
    readonly hosts: { readonly list: () => Promise<readonly HostRow[]> }
    readonly groups: Pick<GroupsTable, 'countByStatus'>
    readonly broadcasts: Pick<BroadcastsTable, 'left'>
  }
  /** The mailboxes of those hosts that nobody may work as. */
  readonly unreadMailboxes: (hosts: readonly HostRow[]) => ReadonlySet<MailboxName>
  /** GROUP_STOCK, and GROUP_BUDGET of one host. */
  readonly settings: { readonly stock: number; readonly budget: number }
}

/** A scrape must not wait for a store that hangs. */
const PATIENCE_MS = 1_000
/** Lone actors' leases; how often an instance lives, Prometheus itself knows. */
const UNTOLD_LEASE = 'instance'

/** What a store says, or nothing when it does not answer in time. */
const answerOf = <T>(asked: Promise<T>): Promise<T | undefined> => {
  asked.catch(() => undefined)
  const late = new AbortController()
  return Promise.race([asked, systemClock.wait(PATIENCE_MS, late.signal).then(() => undefined)])
    .catch(() => undefined)
    .finally(() => late.abort())
}

type Counting = Pick<BroadcastsTable, 'left'>
const counting = new WeakMap<Counting, { underWay?: Promise<number> | undefined; last?: number | undefined }>()

/**
 * How many people broadcasts are still to go to. Counted row by row: where there are very many, that may take longer
 * than a scrape may wait. Then the count before is said, and no second one begins while one is under way.
 */
const broadcastLeft = async (broadcasts: Counting): Promise<number | undefined> => {
  const kept = counting.get(broadcasts) ?? {}
  counting.set(broadcasts, kept)
  kept.underWay ??= broadcasts.left().finally(() => (kept.underWay = undefined))
  const { underWay } = kept
  underWay.then(
    (count) => (kept.last = count),
    () => (kept.last = undefined),
  )
  return (await answerOf(underWay)) ?? kept.last
}

/** All hosts' mailboxes as one: the lengths added up, and the latest message of all. */
const byKind = (backlog: readonly Backlog[]): Map<string, Omit<Backlog, 'mailbox' | 'oldestMs'>> => {
  const kinds = new Map<string, Omit<Backlog, 'mailbox' | 'oldestMs'>>()
  for (const { mailbox, length, pending, postponed, lateMs } of backlog) {
    const sum = kinds.get(kindOf(mailbox)) ?? { length: 0, pending: 0, postponed: 0, lateMs: 0 }
    kinds.set(kindOf(mailbox), {
      length: sum.length + length,
      pending: sum.pending + pending,
      postponed: sum.postponed + postponed,
      lateMs: Math.max(sum.lateMs, lateMs),
    })
  }
  return kinds
}

/**
 * How things stand, read from Redis and Postgres when Prometheus asks: a dozen short commands and three queries. Made
 * anew each time, so that a store which does not answer leaves no old values behind; `visavis_store_up` says which.
 */
export const readGauges = async (sources: GaugeSources): Promise<Registry> => {
  const { redis, keys, waitingSet, rooms, groups, leases, tables, settings } = sources
  const registry = new Registry()
  const gauge = <const Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge<Label>({ name: `visavis_${name}`, help, labelNames: [...labelNames], registers: [registry] })

  const [postgres, left] = await Promise.all([
    answerOf(Promise.all([tables.hosts.list(), tables.groups.countByStatus()])),
    broadcastLeft(tables.broadcasts),
  ])
  const hosts = postgres?.[0] ?? []
  const readRedis = async () => {
    const now = await waitingSet.now()
    const names = ['room', 'courier', 'ledger', ...hosts.map(({ host }) => hostMailbox(host))] as const
    const [whole, paused, waiting, first, oldest, stages, late, stock, backlog, dead] = await Promise.all([
      redis.exists(keys.epoch),
      waitingSet.paused(),
      waitingSet.count(),
      waitingSet.countFirst(),
      waitingSet.oldestSince(),
      rooms.countByStage(),
      Promise.all(STAGES.map((stage) => redis.zcount(keys[stage], '-inf', `(${now}`))),
      groups.size(),
      readBacklog(redis, keys, names, sources.unreadMailboxes(hosts)),
      redis.xlen(keys.deadLetters),
    ])
    return { now, whole, paused, waiting, first, oldest, stages, late, stock, backlog, dead }
  }
  const live = await answerOf(readRedis())

  const up = gauge('store_up', 'Whether the store answered this scrape', ['store'])
  up.set({ store: 'postgres' }, postgres === undefined ? 0 : 1)
  up.set({ store: 'redis' }, live === undefined ? 0 : 1)
  gauge('stock_target', 'How many groups are to be in stock (GROUP_STOCK)').set(settings.stock)
  const held = gauge('leases_held', 'Leases that this process holds, by kind', ['lease'])
  for (const lease of leases.held()) if (kindOf(lease) !== UNTOLD_LEASE) held.inc({ lease: kindOf(lease) })

  if (live !== undefined) {
    gauge('whole', '0 while Redis is being rebuilt from Postgres').set(live.whole)
    gauge('matching_paused', '1 while an administrator or operator has paused matching').set(live.paused ? 1 : 0)
    gauge('waiting', 'People in the waiting set').set(live.waiting)
    gauge('first_in_line', 'Of these: first in line').set(live.first)
    gauge('oldest_waiter_seconds', 'For how long the one who waits longest has waited; 0 when nobody waits').set(
      live.oldest === undefined ? 0 : Math.max(0, live.now - live.oldest) / 1_000,
    )
    const inStage = gauge('rooms', 'Rooms by stage', ['stage'])
    const past = gauge('rooms_past_deadline', 'Rooms whose deadline has passed, by stage', ['stage'])
    STAGES.forEach((stage, index) => {
      inStage.set({ stage }, live.stages[stage])
      past.set({ stage }, live.late[index] ?? 0)
    })
    gauge('stock', 'Groups in stock').set(live.stock)
    gauge('dead_letters', 'Messages that failed their last attempt and lie there').set(live.dead)
    const length = gauge('mailbox_messages', 'Messages not finished', ['mailbox'])
    const pending = gauge('mailbox_pending', 'Of these: handed out to a worker', ['mailbox'])
    const postponed = gauge('mailbox_postponed', 'Messages put aside until they are due again', ['mailbox'])
    const oldest = gauge(
      'mailbox_oldest_seconds',
      'Age of the oldest message that only its reader keeps waiting; 0 when there is none',
      ['mailbox'],
    )
    for (const [mailbox, one] of byKind(live.backlog)) {
      length.set({ mailbox }, one.length)
      pending.set({ mailbox }, one.pending)
      postponed.set({ mailbox }, one.postponed)
      oldest.set({ mailbox }, one.lateMs / 1_000)
    }
  }

  if (postgres !== undefined) {
    const byStatus = gauge('hosts', 'Hosts by status', ['status'])
    for (const status of ['active', 'parked', 'quarantined', 'draining'] as const)
      byStatus.set({ status }, hosts.filter((host) => host.status === status).length)
    const able = hosts.filter(({ status }) => status !== 'quarantined' && status !== 'draining')
    gauge('host_budget_used', 'Groups made today (UTC) by hosts that are neither quarantined nor draining').set(
      able.reduce((sum, { usedToday }) => sum + usedToday, 0),
    )
    gauge('host_budget_limit', 'How many these hosts may make a day').set(able.length * settings.budget)
    if (left !== undefined)
      gauge('broadcast_left', 'People to whom the broadcasts that are being sent have not gone yet').set(left)
    const known = gauge('groups', 'Groups by status, as Postgres has them', ['status'])
    const none: Record<LiveGroupStatus, number> = { preparing: 0, stock: 0, held: 0, disposing: 0 }
    for (const [status, count] of Object.entries(none)) known.set({ status }, count)
    for (const { status, count } of postgres[1]) known.inc({ status }, count)
  }
  return registry
}
