import type { Health } from '../bot/notices/notice.js'
import { readBacklog } from '../mailbox/backlog.js'
import { hostMailbox } from '../mailboxes.js'
import { PostgresError } from '../postgres/errors.js'
import { unreadMailboxes } from '../postgres/hosts.js'
import { lastReconciled } from '../redis/reconciled.js'
import { livingInstances } from './instances.js'
import type { Parts } from './parts.js'
import { countLateRooms, readProcesses } from './processes.js'

/** What it gives, and how long that took in milliseconds. */
const timed = async <T>(asked: () => Promise<T>): Promise<{ value: T; ms: number }> => {
  const startedAt = performance.now()
  const value = await asked()
  return { value, ms: Math.round(performance.now() - startedAt) }
}

/** How the service is, as far as the panel shows it: the same that `status` reads. Throws what Redis throws. */
export const readHealth = async (parts: Parts): Promise<Health> => {
  const { redis, keys, waitingSet, tables } = parts
  const [now, hosts, telegram, instances, reconciled] = await Promise.all([
    timed(() => waitingSet.now()),
    timed(() => tables.hosts.list()).catch((error: unknown) => {
      if (error instanceof PostgresError) return undefined
      throw error
    }),
    timed(() => parts.checkTelegram()).catch(() => undefined),
    livingInstances(redis, keys),
    lastReconciled(redis, keys),
  ])
  const rows = hosts?.value ?? []
  const names = ['room', 'courier', 'ledger', ...rows.map(({ host }) => hostMailbox(host))] as const
  const [processes, late, mailboxes] = await Promise.all([
    readProcesses(redis, keys, { instances, hosts: rows }),
    countLateRooms(redis, keys, now.value),
    readBacklog(redis, keys, names, unreadMailboxes(rows)),
  ])
  return {
    instances: processes.instances,
    unheld: processes.unheld,
    redisMs: now.ms,
    postgresMs: hosts?.ms,
    telegramMs: telegram?.ms,
    mailboxes,
    late,
    reconciled,
  }
}
