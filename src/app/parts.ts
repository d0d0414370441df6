import { randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Config } from '../config.js'
import { instanceId, type HostId, type InstanceId, type UserId } from '../ids.js'
import type { Logger } from '../logger.js'
import type { ConsumerDeps } from '../mailbox/consumer.js'
import { createTell, type Tell } from '../mailbox/tell.js'
import { activeUsersTable } from '../postgres/active-users.js'
import { bansTable } from '../postgres/bans.js'
import { openDatabase, type Database } from '../postgres/database.js'
import { deploymentTable } from '../postgres/deployment.js'
import { groupsTable } from '../postgres/groups.js'
import { hostsTable } from '../postgres/hosts.js'
import { roomsTable } from '../postgres/rooms.js'
import { usersTable } from '../postgres/users.js'
import { openRedis } from '../redis/client.js'
import { createDeadlines } from '../redis/deadlines.js'
import { createDeparture } from '../redis/departure.js'
import { createGroups } from '../redis/groups.js'
import { createKeys, type Keys } from '../redis/keys.js'
import { createLeaseKeeper } from '../redis/leases.js'
import { createRooms } from '../redis/rooms.js'
import { createWaitingSet } from '../redis/waiting-set.js'
import { createBotApi, type BotApi } from '../telegram/bot-api.js'

/** How long one call of the Bot API may take. */
const BOT_API_TIMEOUT_MS = 10_000
/** After how long the clearing up of a closing room is looked at again. */
const CLOSING_MS = 10_000

/** Everything the tables of Postgres offer. */
const createTables = (db: Database, secret: string) => ({
  users: usersTable(db),
  activeUsers: activeUsersTable(db),
  rooms: roomsTable(db),
  groups: groupsTable(db),
  hosts: hostsTable(db, secret),
  bans: bansTable(db),
  deployment: deploymentTable(db),
})
export type Tables = ReturnType<typeof createTables>

/** The stores of live state, as the service and the command line share them. */
export const createStores = (redis: Redis, keys: Keys, config: Config) => {
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

/** What every role of a process shares. */
export interface Parts extends Stores {
  readonly config: Config
  readonly logger: Logger
  readonly instance: InstanceId
  readonly redis: Redis
  readonly keys: Keys
  readonly leases: ReturnType<typeof createLeaseKeeper>
  readonly tell: Tell
  readonly db: Database
  readonly tables: Tables
  readonly bot: BotApi
  /** Asks Telegram whether the bot's token works; words about it. */
  readonly checkTelegram: () => Promise<string>
  /** For a consumer of a mailbox that reads under this name. */
  readonly consumerDeps: (consumer: string) => ConsumerDeps
  /** A connection of its own, closed by whoever asked for it. */
  readonly openConnection: () => Redis
  /** The Telegram account behind a host. */
  readonly hostUser: (host: HostId) => Promise<UserId | undefined>
}

/** Constructs what is shared; nothing connects before it is used. */
export const createParts = (config: Config, logger: Logger): Parts => {
  const redis = openRedis(config.REDIS_URL, logger)
  const keys = createKeys(config.REDIS_PREFIX)
  const instance = instanceId(randomBytes(6).toString('hex'))
  const db = openDatabase(config.DATABASE_URL, { logger })
  const tables = createTables(db, config.SECRET_KEY)
  const botApi = createBotApi({
    token: config.BOT_TOKEN,
    apiRoot: config.TELEGRAM_API_ROOT,
    timeoutMs: BOT_API_TIMEOUT_MS,
  })
  let me: ReturnType<BotApi['me']> | undefined
  const hostUsers = new Map<HostId, UserId>()

  return {
    config,
    logger,
    instance,
    redis,
    keys,
    leases: createLeaseKeeper({ redis, keys, instance, logger }),
    tell: createTell(redis, keys),
    db,
    tables,
    ...createStores(redis, keys, config),
    bot: {
      ...botApi,
      // The bot's own id and name do not change while the process lives; a failure is not remembered.
      me: () =>
        (me ??= botApi.me().catch((error: unknown) => {
          me = undefined
          throw error
        })),
    },
    checkTelegram: async () => `answers as @${(await botApi.me()).username}`,
    consumerDeps: (consumer) => ({
      redis,
      keys,
      logger,
      consumer,
      openBlocking: () => openRedis(config.REDIS_URL, logger, { blocking: true }),
    }),
    openConnection: () => openRedis(config.REDIS_URL, logger, { blocking: true }),
    hostUser: async (host) => {
      const known = hostUsers.get(host)
      if (known !== undefined) return known
      const row = await tables.hosts.get(host)
      if (row) hostUsers.set(host, row.user)
      return row?.user
    },
  }
}
