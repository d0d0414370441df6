import { createLedger, type Fact } from '../../src/actors/ledger.js'
import { createReconciler } from '../../src/cron/reconciler/reconciler.js'
import type { ReachableHost } from '../../src/cron/reconciler/difference.js'
import { userId, type ChatId } from '../../src/ids.js'
import { createEvents } from '../../src/events.js'
import { createLogger } from '../../src/logger.js'
import { parseMessage } from '../../src/mailbox/read-mailbox.js'
import type { LedgerMessage } from '../../src/mailboxes.js'
import { activeUsersTable } from '../../src/postgres/active-users.js'
import { bansTable } from '../../src/postgres/bans.js'
import { closeDatabase, openDatabase } from '../../src/postgres/database.js'
import { deploymentTable } from '../../src/postgres/deployment.js'
import { groupsTable } from '../../src/postgres/groups.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { createLedgerStore } from '../../src/postgres/ledger-store.js'
import { migrate } from '../../src/postgres/migrate.js'
import { roomsTable } from '../../src/postgres/rooms.js'
import { createDeparture } from '../../src/redis/departure.js'
import { createRebuild, type RebuildDeps } from '../../src/redis/rebuild.js'
import { intendedGroup } from './intended-group.js'
import { createLiveState, HOST, type LiveOptions } from './live-state.js'
import { checkInvariants } from './oracle.js'
import { createDatabase } from './servers.js'

const logger = createLogger({ level: 'silent', pretty: false })
const events = createEvents(logger)

/** A live state with the Postgres that remembers it. The ledger writes when a test says so. */
export async function createRememberedState(options: LiveOptions = {}) {
  const test = await createDatabase()
  const db = openDatabase(test.url, { logger })
  await migrate(db)
  const live = await createLiveState({ ...options, rebuilding: true })
  const tables = {
    deployment: deploymentTable(db),
    activeUsers: activeUsersTable(db),
    rooms: roomsTable(db),
    groups: groupsTable(db),
    bans: bansTable(db),
  }
  const { redis, keys, settings } = live
  const rebuildWith = (changed: Partial<RebuildDeps['tables']> = {}) =>
    createRebuild({ redis, keys, tables: { ...tables, ...changed }, settings, events })
  const hosts: ReachableHost[] = []
  const reconcilerParts = {
    redis,
    keys,
    tables,
    settings,
    waitingSet: live.waitingSet,
    rooms: live.rooms,
    groups: live.groups,
    departure: createDeparture(live),
    hosts: async () => hosts,
    logger,
    events,
    pacing: { settleMs: 0, patienceMs: 0 },
  }
  const reconciler = createReconciler(reconcilerParts)
  const ledger = createLedger({ store: createLedgerStore(db), fence: () => 1, events })

  /** The ledger writes everything that was announced. */
  const write = async (): Promise<void> => {
    const entries = await redis.xrange(keys.mailbox('ledger'), '-', '+')
    const facts: Fact[] = entries.map(([id, fields]) => ({ id, message: parseMessage<LedgerMessage>(fields).message }))
    await ledger.apply(facts)
    if (facts.length > 0) await redis.xdel(keys.mailbox('ledger'), ...facts.map(({ id }) => id))
  }
  /** As a host does it: the row first, then the stock. */
  const remember = async (chat: ChatId): Promise<void> => {
    const group = await intendedGroup(tables.groups, HOST, `marker ${chat}`)
    await tables.groups.located(group, chat, '1')
  }
  /** Remembers the groups of all rooms and of the stock that have no row yet. */
  const rememberGroups = async (): Promise<void> => {
    for (const chat of Object.keys(await redis.hgetall(keys.groups)) as ChatId[])
      if ((await tables.groups.byChat(chat)) === null) await remember(chat)
  }
  /** The same, and everything is written. */
  const settle = async (): Promise<void> => {
    await rememberGroups()
    await write()
  }

  return {
    ...live,
    db,
    tables,
    hosts,
    rebuild: rebuildWith(),
    rebuildWith,
    reconciler,
    reconcilerParts,
    write,
    remember,
    rememberGroups,
    settle,
    /** What Redis and Postgres do not agree on, or what either has against itself. */
    wrong: async (): Promise<string[]> =>
      // Nobody reads the mailboxes here.
      (await checkInvariants({ redis, keys, db, settled: true })).filter((words) => !words.includes('mailbox')),
    /** Begins anew, as at the first start of all. */
    begin: async (): Promise<void> => {
      await live.clear()
      await db.none('truncate active_users, rooms, groups, hosts, bans, fences restart identity cascade')
      await db.none('update deployment set epoch = null, ledger_ms = 0, ledger_seq = 0')
      await hostsTable(db, 'a phrase for the tests').add({ phoneLabel: 'x', userId: userId(9), session: 's' })
      hosts.length = 0
      await createRebuild({ redis, keys, tables, settings, events }).check()
    },
    end: async (): Promise<void> => {
      await live.close()
      await closeDatabase(db)
      await test.drop()
    },
  }
}
export type RememberedState = Awaited<ReturnType<typeof createRememberedState>>
