import { createComposer, type Composer } from '../bot/composer.js'
import type { PanelAction } from '../bot/admin/actions.js'
import { readDeadLetters } from '../mailbox/backlog.js'
import { createPanelStore, type PanelStore } from '../redis/panel.js'
import { readHealth } from './health.js'
import type { Parts } from './parts.js'

/** Puts notices into words, for the courier and for the answers of the bot. `store` gives the buttons of panels their words. */
export const createAppComposer = (
  parts: Parts,
  store: PanelStore<PanelAction> = createPanelStore(parts.redis, parts.keys),
): Composer => {
  const { config, tables } = parts
  return createComposer({
    ...parts,
    users: tables.users,
    hosts: tables.hosts,
    panel: {
      store,
      rooms: parts.rooms,
      broadcasts: tables.broadcasts,
      deadLetters: () => readDeadLetters(parts.redis, parts.keys),
      health: () => readHealth(parts),
      groupCounts: () => tables.groups.countByStatus(),
    },
    settings: {
      adminIds: config.ADMIN_IDS,
      idleMs: config.ROOM_IDLE_TIMEOUT,
      maxAgeMs: config.ROOM_MAX_AGE,
      kept: {
        roomsMs: config.RETENTION_ROOMS,
        auditMs: config.RETENTION_AUDIT,
        deadLettersMs: config.RETENTION_DEAD_LETTERS,
      },
      contact: config.CONTACT,
      groupBudget: config.GROUP_BUDGET,
    },
  })
}
