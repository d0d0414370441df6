import { randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Config } from '../config.js'
import { createEvents, type Events } from '../events.js'
import { instanceId, type HostId, type InstanceId, type UserId } from '../ids.js'
import type { Logger } from '../logger.js'
import type { ConsumerDeps } from '../mailbox/read-mailbox.js'
import { createTell, type Tell } from '../mailbox/tell.js'
import { activeUsersTable } from '../postgres/active-users.js'
import { bansTable } from '../postgres/bans.js'
import { broadcastsTable } from '../postgres/broadcasts.js'
import { openDatabase, type Database } from '../postgres/database.js'
import { deploymentTable } from '../postgres/deployment.js'
import { isPostgresAway } from '../postgres/errors.js'
import { groupsTable } from '../postgres/groups.js'
import { hostsTable } from '../postgres/hosts.js'
import { rememberProfiles } from '../postgres/remembered-profiles.js'
import { roomsTable } from '../postgres/rooms.js'
import { usersTable } from '../postgres/users.js'
import type { ReachableHost } from '../cron/reconciler/difference.js'
import { observeScripts } from '../redis/define-script.js'
import { openRedis } from '../redis/client.js'
import { createKeys, type Keys } from '../redis/keys.js'
import { createLeaseKeeper } from '../redis/leases.js'
import { createShortage, type Shortage } from '../redis/shortage.js'
import { createBotApi, type BotApi } from '../telegram/bot-api.js'
import { createProtection, type Protection } from './protected.js'
import { createStores, type Stores } from './stores.js'

/** How long one call of the Bot API may take. */
const BOT_API_TIMEOUT_MS = 10_000

/** Everything the tables of Postgres offer. */
const createTables = (db: Database, secret: string, logger: Logger) => ({
  users: rememberProfiles(usersTable(db), logger),
  activeUsers: activeUsersTable(db),
  rooms: roomsTable(db),
  groups: groupsTable(db),
  hosts: hostsTable(db, secret),
  bans: bansTable(db),
  broadcasts: broadcastsTable(db),
  deployment: deploymentTable(db),
})
export type Tables = ReturnType<typeof createTables>

/** What every role of a process shares. */
export interface Parts extends Stores {
  readonly config: Config
  readonly logger: Logger
  readonly events: Events
  readonly instance: InstanceId
  readonly redis: Redis
  readonly keys: Keys
  readonly leases: ReturnType<typeof createLeaseKeeper>
  readonly tell: Tell
  readonly db: Database
  readonly tables: Tables
  readonly shortage: Shortage
  readonly protectedAs: Protection
  readonly bot: BotApi
  /** Asks Telegram whether the bot's token works; words about it. */
  readonly checkTelegram: () => Promise<string>
  /** For a consumer of a mailbox that reads under this name. */
  readonly consumerDeps: (consumer: string) => ConsumerDeps
  /** A connection of its own, closed by whoever asked for it. */
  readonly openConnection: () => Redis
  /** The hosts that this process works as. */
  readonly reachableHosts: Map<HostId, ReachableHost>
  /** The Telegram account behind a host. */
  readonly hostUser: (host: HostId) => Promise<UserId | undefined>
}

/** Constructs what is shared; nothing connects before it is used. */
export const createParts = (config: Config, logger: Logger): Parts => {
  const events = createEvents(logger)
  const redis = openRedis(config.REDIS_URL, logger)
  observeScripts(redis, events.scriptRan)
  const keys = createKeys(config.REDIS_PREFIX)
  const instance = instanceId(randomBytes(6).toString('hex'))
  const db = openDatabase(config.DATABASE_URL, { logger })
  const tables = createTables(db, config.SECRET_KEY, logger)
  const botApi = createBotApi({
    token: config.BOT_TOKEN,
    apiRoot: config.TELEGRAM_API_ROOT,
    timeoutMs: BOT_API_TIMEOUT_MS,
    observe: events.botApiCalled,
  })
  let me: ReturnType<BotApi['me']> | undefined
  const hostUsers = new Map<HostId, UserId>()

  return {
    config,
    logger,
    events,
    instance,
    redis,
    keys,
    leases: createLeaseKeeper({ redis, keys, instance, logger, events }),
    tell: createTell(redis, keys),
    db,
    tables,
    ...createStores(redis, keys, config),
    protectedAs: createProtection({
      adminIds: config.ADMIN_IDS,
      botToken: config.BOT_TOKEN,
      hosts: tables.hosts,
    }),
    shortage: createShortage({
      redis,
      keys,
      hosts: tables.hosts,
      groupBudget: config.GROUP_BUDGET,
      isAway: isPostgresAway,
    }),
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
      events,
      consumer,
      openBlocking: () => openRedis(config.REDIS_URL, logger, { blocking: true }),
    }),
    openConnection: () => openRedis(config.REDIS_URL, logger, { blocking: true }),
    reachableHosts: new Map(),
    hostUser: async (host) => {
      const known = hostUsers.get(host)
      if (known !== undefined) return known
      const row = await tables.hosts.get(host)
      if (row) hostUsers.set(host, row.user)
      return row?.user
    },
  }
}
