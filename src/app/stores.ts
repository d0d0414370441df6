import type { Config } from '../config.js'
import type { RedisClient } from '../redis/define-script.js'
import { createDeadlines } from '../redis/deadlines.js'
import { createDeparture } from '../redis/departure.js'
import { createGroups } from '../redis/groups.js'
import type { Keys } from '../redis/keys.js'
import { createRooms } from '../redis/rooms.js'
import { guardServer } from '../redis/server-guard.js'
import { createWaitingSet } from '../redis/waiting-set.js'

/** After how long the clearing up of a closing room is looked at again. */
export const CLOSING_MS = 10_000

/** The settings that the stores of live state depend on. */
export const STORE_SETTINGS = [
  'WAIT_MAX',
  'WAIT_CONFIRM',
  'ROOM_PREPARE_TIMEOUT',
  'REMATCH_AFTER',
  'ROOM_ENTRY_TIMEOUT',
  'ROOM_IDLE_TIMEOUT',
  'ROOM_MAX_AGE',
  'NO_SHOW_COOLDOWN',
  'NO_SHOW_COOLDOWN_MAX',
  'NO_SHOW_FORGET',
] as const satisfies readonly (keyof Config)[]
export type StoreSettings = Pick<Config, (typeof STORE_SETTINGS)[number]>

/** The stores of live state, as the service and the command line share them. */
export const createStores = (redis: RedisClient, keys: Keys, config: StoreSettings) => {
  guardServer(redis, keys)
  const waitingSet = createWaitingSet(redis, keys, {
    waitMaxMs: config.WAIT_MAX,
    waitConfirmMs: config.WAIT_CONFIRM,
    prepareMs: config.ROOM_PREPARE_TIMEOUT,
    rematchAfterMs: config.REMATCH_AFTER,
  })
  const rooms = createRooms(redis, keys, {
    entryMs: config.ROOM_ENTRY_TIMEOUT,
    idleMs: config.ROOM_IDLE_TIMEOUT,
    maxAgeMs: config.ROOM_MAX_AGE,
    closingMs: CLOSING_MS,
    waitMaxMs: config.WAIT_MAX,
    cooldownMs: config.NO_SHOW_COOLDOWN,
    cooldownMaxMs: config.NO_SHOW_COOLDOWN_MAX,
    forgetMs: config.NO_SHOW_FORGET,
  })
  return {
    waitingSet,
    rooms,
    groups: createGroups(redis, keys),
    deadlines: createDeadlines(redis, keys),
    departure: createDeparture({ waitingSet, rooms }),
  }
}
export type Stores = ReturnType<typeof createStores>
