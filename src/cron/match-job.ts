import type { WaitingSet } from '../redis/waiting-set.js'
import type { Job } from './job.js'

/**
 * Pairs people who wait already: those for whom a group was missing, and recent partners after whom nobody else came.
 * Whoever comes new is paired by the find itself.
 */
export const createMatchJob = (deps: { waitingSet: Pick<WaitingSet, 'match'>; everyMs: number }): Job => ({
  name: 'match',
  schedule: { everyMs: deps.everyMs },
  run: async (signal) => {
    // One call looks at some of those who wait; while it pairs people, there may be more.
    while (!signal.aborted && (await deps.waitingSet.match()) > 0);
  },
})
