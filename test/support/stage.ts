import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createApp, type App } from '../../src/app/app.js'
import { readConfig, type Config } from '../../src/config.js'
import { userId } from '../../src/ids.js'
import { createLogger } from '../../src/logger.js'
import { closeDatabase, openDatabase } from '../../src/postgres/database.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { migrate } from '../../src/postgres/migrate.js'
import { openRedis } from '../../src/redis/client.js'
import { createKeys } from '../../src/redis/keys.js'
import { startSandbox } from '../../src/sandbox/sandbox.js'
import { claimOf } from './claims.js'
import { untilAllIsTrue } from './oracle.js'
import { createDatabase, redisUrl } from './servers.js'
import { buttonOf, createTelegramPeople, type TelegramPerson } from './telegram-people.js'
import { until } from './until.js'

export interface StageOptions {
  /** Variables besides those that the stage sets. */
  env?: Readonly<Record<string, string>>
  /** Another Redis than the shared one. */
  redisUrl?: string
  /** How many hosts there are (default 1). */
  hosts?: number
}

/** Fast enough for tests: nobody waits for Telegram's real paces. */
const FAST = {
  LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent',
  COURIER_RATE: '1000',
  COURIER_PERSON_RATE: '1000',
  COURIER_GROUP_RATE: '10000',
  GROUP_PACE: '0s',
  GROUP_BUDGET: '500',
  GROUP_STOCK: '3',
  HOST_LEASE: '6s',
  HOST_TIMEOUT: '3s',
  MATCH_INTERVAL: '200ms',
  REMATCH_AFTER: '300ms',
  ACTIVITY_INTERVAL: '50ms',
}

/**
 * The whole service against the local Telegram: a sandbox, a database and keys of its own, real Telegraf over HTTP
 * and real GramJS over TCP. The service runs in this process; `startService` gives further instances.
 */
export const openStage = async (options: StageOptions = {}) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'visavis-stage-'))
  const sandbox = await startSandbox({})
  const bot = sandbox.world.users.bots()[0] ?? sandbox.world.users.addBot('Visavis', 'visavis_bot')
  const database = await createDatabase()
  const logger = createLogger({ level: 'silent', pretty: false })
  const db = openDatabase(database.url, { logger })
  await migrate(db)
  const secret = randomBytes(32).toString('hex')
  for (let n = 0; n < (options.hosts ?? 1); n++) {
    const phone = `1555010${n}`
    const session = sandbox.mintAccount(phone)
    const account = sandbox.world.users.byPhone(phone)
    if (!account) throw new Error('the sandbox forgot the account that it minted')
    await hostsTable(db, secret).add({ phoneLabel: `+1…${n}`, userId: userId(account.id), session })
  }
  const prefix = `stage-${randomBytes(6).toString('hex')}`
  const env: Record<string, string> = {
    ...FAST,
    NODE_ENV: 'test',
    BOT_TOKEN: bot.bot?.token ?? '',
    API_ID: '1',
    API_HASH: 'sandbox',
    SECRET_KEY: secret,
    REDIS_URL: options.redisUrl ?? redisUrl(),
    REDIS_PREFIX: prefix,
    DATABASE_URL: database.url,
    DATA_DIR: directory,
    OPS_PORT: '0',
    TELEGRAM_API_ROOT: sandbox.http,
    TELEGRAM_MTPROTO: sandbox.mtproto,
    TELEGRAM_MTPROTO_KEY: sandbox.publicKey,
    ...options.env,
  }
  const config = readConfig(env)
  const redis = openRedis(env['REDIS_URL'] ?? '', logger)
  const keys = createKeys(prefix)
  const people = createTelegramPeople(sandbox.http)
  const apps = new Set<App>()

  const startService = async (changed: Partial<Config> = {}): Promise<App> => {
    const settings = { ...config, ...changed }
    const app = await createApp(settings, createLogger({ level: settings.LOG_LEVEL, pretty: false }))
    apps.add(app)
    return app
  }

  /** A person who is through registration. */
  const register = async (firstName: string, languageCode = 'en'): Promise<TelegramPerson> => {
    const person = await people.create(firstName, { languageCode })
    await person.say('/start')
    const gender = await person.hears((message) =>
      (message.buttons ?? []).flat().some((b) => /^gender/.test(b.data ?? '')),
    )
    await person.press(gender, buttonOf(gender, /gender.*other/).data ?? '')
    await person.hears((message) => (message.buttons ?? []).flat().some((b) => /^name/.test(b.data ?? '')))
    await person.say(firstName)
    await person.hears((message) => message.text.includes(firstName))
    return person
  }

  /** The invitation's link, when the person has been invited. */
  const invitation = async (person: TelegramPerson): Promise<string> => {
    const message = await person.hears((m) => (m.buttons ?? []).flat().some((b) => b.url?.includes('t.me/+')))
    return (message.buttons ?? []).flat().find((b) => b.url !== undefined)?.url ?? ''
  }

  /** Waits until groups are in stock. */
  const stocked = (count = 1) =>
    until(`${count} groups in stock`, async () => (await redis.scard(keys.stock)) >= count, { withinMs: 10_000 })

  /** The last word of every test: nothing is left to do, all invariants hold, and Telegram was asked nothing unknown. */
  const settled = async (options: { allowDeadLetters?: boolean } = {}) => {
    await untilAllIsTrue({ redis, keys, db, world: sandbox.world, claimOf, ...options })
    const { bot: unknownToBotApi, mtproto } = sandbox.unknown
    if (Object.keys({ ...unknownToBotApi, ...mtproto }).length > 0)
      throw new Error(`the sandbox was asked what it does not know: ${JSON.stringify(sandbox.unknown)}`)
  }

  return {
    settled,
    sandbox,
    world: sandbox.world,
    people,
    env,
    config,
    prefix,
    redis,
    keys,
    db,
    startService,
    register,
    invitation,
    stocked,
    close: async () => {
      await Promise.all([...apps].map((app) => app.stop()))
      const stream = redis.scanStream({ match: `{${prefix}}:*`, count: 1_000 }) as AsyncIterable<string[]>
      for await (const found of stream) if (found.length > 0) await redis.unlink(...found)
      redis.disconnect()
      await closeDatabase(db)
      await database.drop()
      await sandbox.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
export type Stage = Awaited<ReturnType<typeof openStage>>
