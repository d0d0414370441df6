import type { Events } from '../events.js'
import type { Job } from './job.js'
import type { Reconciler } from './reconciler/reconciler.js'

/** Telegram is looked at in every tenth run only: each look takes some calls of every host account. */
const TELEGRAM_EVERY = 10

/** Repairs what Redis, Postgres and Telegram do not agree on. */
export const createReconcileJob = (deps: {
  reconciler: Reconciler
  schedule: string
  events: Pick<Events, 'reconciled'>
}): Job => {
  let runs = 0
  return {
    name: 'reconcile',
    schedule: deps.schedule,
    run: async (signal) => {
      const differences = await deps.reconciler.run({ signal, telegram: runs++ % TELEGRAM_EVERY === 0 })
      deps.events.reconciled(differences.length, differences.filter((one) => one.repaired).length)
    },
  }
}
