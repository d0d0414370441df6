import { createForgetJob, type Kept } from '../cron/forget-job.js'
import { createAlertsJob } from '../cron/alerts-job.js'
import { createBansJob } from '../cron/bans-job.js'
import { createEmptyGroupsJob } from '../cron/empty-groups-job.js'
import { createCron } from '../cron/index.js'
import { createMatchJob } from '../cron/match-job.js'
import { createPrunePeopleJob } from '../cron/prune-people-job.js'
import { createRebuildJob } from '../cron/rebuild-job.js'
import { createReconcileJob } from '../cron/reconcile-job.js'
import { createReconciler } from '../cron/reconciler/reconciler.js'
import { createShortageJob } from '../cron/shortage-job.js'
import { auditTable } from '../postgres/audit.js'
import { broadcastsTable } from '../postgres/broadcasts.js'
import { createAlerts } from '../redis/alerts.js'
import { leaseNames } from '../redis/lease-names.js'
import { createRebuild } from '../redis/rebuild.js'
import { noteReconciled } from '../redis/reconciled.js'
import type { Parts } from './parts.js'
import { CLOSING_MS } from './stores.js'
import type { Running } from './role.js'

/** Another leader takes over within this time after one died. */
const CRON_LEASE_MS = 5_000

/** Waits of accounts that were removed are kept longer than they last: clocks differ. */
const REMOVED_MS = 86_400_000

/** What is kept for a time, and for how long. */
const keptRows = ({ config, redis, keys, db, tables }: Parts): readonly Kept[] => [
  { table: 'rooms', retentionMs: config.RETENTION_ROOMS, deleteBefore: tables.rooms.deleteClosedBefore },
  { table: 'groups', retentionMs: config.RETENTION_GROUPS, deleteBefore: tables.groups.deleteGoneBefore },
  { table: 'broadcasts', retentionMs: config.RETENTION_BROADCASTS, deleteBefore: broadcastsTable(db).deleteDoneBefore },
  { table: 'removed_hosts', retentionMs: REMOVED_MS, deleteBefore: tables.hosts.deleteRemovedBefore },
  { table: 'audit', retentionMs: config.RETENTION_AUDIT, deleteBefore: auditTable(db).deleteBefore },
  {
    table: 'dead_letters',
    retentionMs: config.RETENTION_DEAD_LETTERS,
    deleteBefore: (before) => redis.xtrim(keys.deadLetters, 'MINID', before),
  },
]

/** The periodic jobs, in one process at a time. */
export const startCron = (parts: Parts): Running => {
  const { config, redis, keys, tables, waitingSet, logger, events } = parts
  const rebuild = createRebuild({
    redis,
    keys,
    tables,
    events,
    settings: {
      waitMaxMs: config.WAIT_MAX,
      prepareMs: config.ROOM_PREPARE_TIMEOUT,
      entryMs: config.ROOM_ENTRY_TIMEOUT,
      idleMs: config.ROOM_IDLE_TIMEOUT,
      maxAgeMs: config.ROOM_MAX_AGE,
      closingMs: CLOSING_MS,
    },
  })
  const reconciler = createReconciler({
    ...parts,
    hosts: async () => [...parts.reachableHosts.values()],
    settings: { waitMaxMs: config.WAIT_MAX, closingMs: CLOSING_MS },
  })
  const cron = createCron({
    logger,
    events,
    jobs: [
      createRebuildJob({
        rebuild,
        // What lay within the ledger's lag is found at once.
        rebuilt: async (signal) => void (await reconciler.run({ signal })),
      }),
      createReconcileJob({
        reconciler,
        schedule: config.RECONCILE_CRON,
        events: {
          reconciled: (differences, repaired) => {
            events.reconciled(differences, repaired)
            // The next run says it again.
            noteReconciled(redis, keys, { differences, repaired }).catch(() => undefined)
          },
        },
      }),
      createMatchJob({ waitingSet, everyMs: config.MATCH_INTERVAL }),
      createShortageJob({ ...parts, everyMs: config.MATCH_INTERVAL }),
      createBansJob(parts),
      createEmptyGroupsJob(parts),
      createForgetJob({ kept: keptRows(parts), events }),
      createAlertsJob({
        ...parts,
        alerts: createAlerts(redis, keys),
        adminIds: config.ADMIN_IDS,
        everyMs: config.ALERT_INTERVAL,
      }),
      createPrunePeopleJob({ redis, keys, logger }),
    ],
  })
  const lease = parts.leases.keep({ name: leaseNames.cron, ttlMs: CRON_LEASE_MS, onHeld: async () => cron.start() })
  return { name: 'cron', stop: lease.stop }
}
