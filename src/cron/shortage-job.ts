import type { Shortage } from '../redis/shortage.js'
import type { Job } from './job.js'

/**
 * Notices that no host can make groups and none is left, and that it is over. One group in stock is soon taken again, and
 * then nothing was over: only what two looks running find there counts.
 */
export const createShortageJob = (deps: { shortage: Shortage; everyMs: number }): Job => {
  let before: Awaited<ReturnType<Shortage['passed']>>
  return {
    name: 'shortage',
    schedule: { everyMs: deps.everyMs },
    run: async () => {
      const passed = await deps.shortage.passed()
      if (passed === 'can' || (passed === 'stock' && before === 'stock')) await deps.shortage.end()
      else if (passed === undefined) await deps.shortage.look()
      before = passed
    },
  }
}
