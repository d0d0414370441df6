import type { Events } from '../events.js'
import type { Job } from './job.js'
import type { Reconciler } from './reconciler/reconciler.js'

/** Repairs what Redis, Postgres and Telegram do not agree on. */
export const createReconcileJob = (deps: {
  reconciler: Reconciler
  schedule: string
  events: Pick<Events, 'reconciled'>
}): Job => ({
  name: 'reconcile',
  schedule: deps.schedule,
  run: async (signal) => {
    const differences = await deps.reconciler.run({ signal })
    deps.events.reconciled(differences.length, differences.filter((one) => one.repaired).length)
  },
})
