import type { Rebuild } from '../redis/rebuild.js'
import type { Job } from './job.js'

const EVERY_MS = 1_000

/** Notices that Redis lost its data, and puts it back from Postgres. `rebuilt` hears of it, to reconcile at once. */
export const createRebuildJob = (deps: {
  rebuild: Rebuild
  rebuilt?: (signal: AbortSignal) => Promise<void>
}): Job => ({
  name: 'rebuild',
  schedule: { everyMs: EVERY_MS },
  run: async (signal) => {
    const outcome = await deps.rebuild.check()
    // Also where only what the ledger had not written yet may be lost.
    if (outcome === 'rebuilt' || outcome === 'resumed') await deps.rebuilt?.(signal)
  },
})
