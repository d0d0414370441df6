import type { HostRow } from '../postgres/hosts.js'
import type { Alert } from '../redis/alerts.js'
import type { RedisClient } from '../redis/define-script.js'
import type { Groups } from '../redis/groups.js'
import type { Keys } from '../redis/keys.js'
import { STAGES } from '../redis/rooms.js'
import type { WaitingSet } from '../redis/waiting-set.js'

export interface AlertSources {
  readonly redis: RedisClient
  readonly keys: Keys
  readonly waitingSet: Pick<WaitingSet, 'count' | 'now'>
  readonly groups: Pick<Groups, 'size'>
  readonly tables: { readonly hosts: { readonly list: () => Promise<readonly HostRow[]> } }
}

/** The reaper acts within moments; a room that is this late is stuck. */
const LATE_MS = 30_000

const ofHost = (row: HostRow, now: number): Alert[] => {
  const { host, phoneLabel, status, parkedUntil, lastError } = row
  const about = { host: `${host} (${phoneLabel})`, ...(lastError === null ? {} : { error: lastError }), at: now }
  if (status === 'quarantined') return [{ cause: `quarantined:${host}`, kind: 'quarantined', ...about }]
  if (status === 'parked' && parkedUntil !== null)
    return [{ cause: `parked:${host}`, kind: 'parked', until: parkedUntil, ...about }]
  return []
}

/** Everything that is wrong now. A handful of short commands and one query, however many people there are. */
export const currentAlerts = async (sources: AlertSources): Promise<{ now: number; alerts: Alert[] }> => {
  const { redis, keys, waitingSet, groups, tables } = sources
  const now = await waitingSet.now()
  const [stock, waiting, late, dead, hosts] = await Promise.all([
    groups.size(),
    waitingSet.count(),
    Promise.all(STAGES.map((stage) => redis.zcount(keys[stage], '-inf', `(${now - LATE_MS}`))),
    redis.xlen(keys.deadLetters),
    tables.hosts.list(),
  ])
  const overdue = late.reduce((sum, count) => sum + count, 0)
  const alerts: Alert[] = []
  if (stock === 0 && waiting > 0) alerts.push({ cause: 'stock', kind: 'stock', count: waiting, at: now })
  if (overdue > 0) alerts.push({ cause: 'overdue', kind: 'overdue', count: overdue, at: now })
  if (dead > 0) alerts.push({ cause: 'dead_letters', kind: 'dead_letters', count: dead, at: now })
  return { now, alerts: [...alerts, ...hosts.flatMap((row) => ofHost(row, now))] }
}
