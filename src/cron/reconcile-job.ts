import type { Logger } from '../logger.js'
import type { Job } from './job.js'
import type { Reconciler } from './reconciler/reconciler.js'

/** Repairs what Redis, Postgres and Telegram do not agree on. */
export const createReconcileJob = (deps: { reconciler: Reconciler; schedule: string; logger: Logger }): Job => ({
  name: 'reconcile',
  schedule: deps.schedule,
  run: async (signal) => {
    const differences = await deps.reconciler.run({ signal })
    const repaired = differences.filter((one) => one.repaired).length
    if (differences.length > 0)
      deps.logger.info({ event: 'reconciled', differences: differences.length, repaired }, 'Reconciled')
  },
})
