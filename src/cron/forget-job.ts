import type { Events } from '../events.js'
import type { Job } from './job.js'

/** Rows of one kind that are kept for a time. */
export interface Kept {
  /** What they are, as it stands in the log. */
  readonly table: string
  readonly retentionMs: number
  /** Deletes at most `limit` that are older than an instant in milliseconds. Gives how many. */
  readonly deleteBefore: (before: number, limit: number) => Promise<number>
}

/** So many at a time: a statement must not hold up others, whatever has piled up. */
const PAGE = 2_000

/**
 * Deletes what has been kept for as long as the settings RETENTION_… say. By a scale of days, so this process' clock is
 * good enough.
 */
export const createForgetJob = (deps: {
  kept: readonly Kept[]
  events: Pick<Events, 'forgotten'>
  page?: number
}): Job => {
  const { kept, events, page = PAGE } = deps
  return {
    name: 'forget',
    schedule: '17 * * * *',
    run: async (signal) => {
      for (const { table, retentionMs, deleteBefore } of kept) {
        const before = Date.now() - retentionMs
        let total = 0
        for (let last = page; last >= page && !signal.aborted; total += last) last = await deleteBefore(before, page)
        if (total > 0) events.forgotten(table, total)
      }
    },
  }
}
