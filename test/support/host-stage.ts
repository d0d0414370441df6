import { createHost, HOST_DEFAULTS, type Host } from '../../src/actors/host.js'
import type { HostSettings } from '../../src/actors/host-parts.js'
import { chatId, userId, type ChatId, type HostId } from '../../src/ids.js'
import { createEvents } from '../../src/events.js'
import { createLogger } from '../../src/logger.js'
import { closeDatabase, openDatabase } from '../../src/postgres/database.js'
import { groupsTable } from '../../src/postgres/groups.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { migrate } from '../../src/postgres/migrate.js'
import type { FaultRule } from '../../src/sandbox/faults.js'
import { startSandbox } from '../../src/sandbox/sandbox.js'
import { toBotApiId } from '../../src/sandbox/world/chat-id.js'
import type { Chat } from '../../src/sandbox/world/types.js'
import { createHostClient } from '../../src/telegram/gramjs-host-client.js'
import { createLiveState } from './live-state.js'
import { createDatabase } from './servers.js'

/** How long the host waits for each answer of Telegram. */
export const TIMEOUT_MS = 500
const BOT = 'visavis_bot'

/** One host actor with its real client, Redis, Postgres and a local Telegram. The ledger does not run here. */
export const createHostStage = async () => {
  const live = await createLiveState()
  const database = await createDatabase()
  const logger = createLogger({ level: 'silent', pretty: false })
  const db = openDatabase(database.url, { logger })
  await migrate(db)
  const groups = groupsTable(db)
  const accounts = hostsTable(db, 'a phrase for the tests')
  const running: Host[] = []
  let stockings = 0
  let passes = 0

  const sandbox = await startSandbox()
  const { world, faults } = sandbox
  const bot = { id: userId(world.users.addBot('Visavis', BOT).id), username: BOT }

  const newAccount = async () => {
    const account = world.users.add({ firstName: 'Host' })
    const session = sandbox.mintSession(account.id)
    const host: HostId = await accounts.add({ phoneLabel: '+15…5', userId: userId(account.id), session })
    return { account, session, host }
  }

  const stage = {
    ...(await newAccount()),
    sandbox,
    world,
    faults,
    bot,
    live,
    groups,
    accounts,
    stockings: () => stockings,
    /** How often hosts have looked around: each time they read their row. */
    passes: () => passes,

    client: ({
      address = sandbox.mtproto,
      ...changed
    }: { address?: string; session?: string; timeoutMs?: number } = {}) =>
      createHostClient({
        apiId: 1,
        apiHash: 'sandbox',
        session: stage.session,
        endpoint: { address, publicKey: sandbox.publicKey },
        timeoutMs: TIMEOUT_MS,
        ...changed,
      }),

    newAccount,

    start: (changed: Partial<HostSettings> = {}, timeoutMs = TIMEOUT_MS, another?: HostId): Host => {
      const host = another ?? stage.host
      const actor = createHost({
        host,
        bot,
        groups,
        accounts: { ...accounts, get: (one: HostId) => (passes++, accounts.get(one)) },
        logger,
        events: createEvents(logger),
        stock: live.groups,
        connect: async () => stage.client({ session: (await accounts.session(host)) ?? '', timeoutMs }),
        onStocked: () => void stockings++,
        settings: {
          ...HOST_DEFAULTS,
          stock: 1,
          paceMs: 0,
          budget: 40,
          disposal: 'delete',
          prefix: 'test',
          intentTimeoutMs: 150,
          retryMs: 20,
          ...changed,
        },
      })
      running.push(actor)
      actor.start()
      return actor
    },

    fault: (rule: Partial<FaultRule> & { method: string }) => faults.add({ surface: 'mtproto', ...rule }),
    /** Groups that exist on Telegram. */
    owned: (): Chat[] => world.chats.of(stage.account.id),
    idOf: (chat: Chat): ChatId => chatId(toBotApiId(chat.id)),

    setStatus: (status: string) => db.none('update hosts set status = $1 where host_id = $2', [status, stage.host]),

    /** As if Postgres had never heard of any group. */
    forgetRows: () => db.none('delete from groups'),

    /** Stops the actors, and begins with an empty Telegram, Redis and Postgres. */
    reset: async (): Promise<void> => {
      await stopAll()
      stockings = 0
      passes = 0
      await live.reset()
      // Quicker than truncating, which waits for the disk.
      await db.none('delete from groups; delete from hosts')
      world.chats.byId.clear()
      world.limits.chatsPerUser = 500
      faults.clear()
      faults.hits.length = 0
      Object.assign(stage, await newAccount())
    },
    close: async (): Promise<void> => {
      await stopAll()
      await sandbox.close()
      await live.close()
      await closeDatabase(db)
      await database.drop()
    },
  }

  const stopAll = () => Promise.all(running.splice(0).map((actor) => actor.stop()))
  return stage
}
export type HostStage = Awaited<ReturnType<typeof createHostStage>>
