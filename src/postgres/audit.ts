import type { Connection } from './database.js'
import { anyRows, maybeRow, noRows, oneRow } from './queries.js'

/** Who (`actor`: an administrator's user id, or `cli:` and an operator's name) did what to whom or what. */
export interface AuditEntry {
  readonly at: number
  readonly actor: string
  readonly action: string
  readonly subject: string | null
  readonly details: unknown
}

const add = noRows<Omit<AuditEntry, 'at'>>('audit/add')
const deleteOld = oneRow<{ before: number; limit: number }, { count: number }>('audit/delete-old')
const last = maybeRow<{ action: string }, AuditEntry>('audit/last')
const newest = anyRows<{ limit: number }, AuditEntry>('audit/newest')

/** What administrators and operators did. Only ever added to, until its time is up (RETENTION_AUDIT). */
export const auditTable = (on: Connection) => ({
  /** @param entry.details any JSON; no names, texts or links */
  add: (entry: { actor: string; action: string; subject?: string; details?: object }): Promise<void> =>
    add(on, {
      actor: entry.actor,
      action: entry.action,
      subject: entry.subject ?? null,
      details: entry.details ?? null,
    }),
  /** Forgets at most `limit` entries from before an instant in milliseconds. Gives how many. */
  deleteBefore: async (before: number, limit: number): Promise<number> =>
    (await deleteOld(on, { before, limit })).count,
  /** What was done last of one kind; null when that was never done, or too long ago. */
  last: (action: string): Promise<AuditEntry | null> => last(on, { action }),
  newest: (limit: number): Promise<AuditEntry[]> => newest(on, { limit }),
})
export type AuditTable = ReturnType<typeof auditTable>
