import type { Difference, ReachableHost } from '../cron/reconciler/difference.js'
import { createReconciler, type Reconciler } from '../cron/reconciler/reconciler.js'
import type { Config } from '../config.js'
import type { Events } from '../events.js'
import type { Logger } from '../logger.js'
import { activeUsersTable } from '../postgres/active-users.js'
import { bansTable } from '../postgres/bans.js'
import type { Database } from '../postgres/database.js'
import { deploymentTable } from '../postgres/deployment.js'
import { groupsTable } from '../postgres/groups.js'
import { roomsTable } from '../postgres/rooms.js'
import type { RedisClient } from '../redis/define-script.js'
import type { Keys } from '../redis/keys.js'
import { CLOSING_MS, type Stores } from './stores.js'

export type { Difference } from '../cron/reconciler/difference.js'

/** The reconciler as an operator runs it: the same as the cron's, with the hosts of every process. */
export const createOperatorReconciler = (
  deps: Stores & {
    redis: RedisClient
    keys: Keys
    db: Database
    logger: Logger
    events: Pick<Events, 'difference' | 'moreDifferences'>
    hosts: () => Promise<readonly ReachableHost[]>
    config: Pick<Config, 'WAIT_MAX'>
  },
): Reconciler => {
  const { db, config } = deps
  return createReconciler({
    ...deps,
    tables: {
      bans: bansTable(db),
      deployment: deploymentTable(db),
      activeUsers: activeUsersTable(db),
      rooms: roomsTable(db),
      groups: groupsTable(db),
    },
    settings: { waitMaxMs: config.WAIT_MAX, closingMs: CLOSING_MS },
  })
}

/** How many of these are still there. */
export const remaining = (differences: readonly Difference[]): number =>
  differences.filter(({ repaired }) => !repaired).length
