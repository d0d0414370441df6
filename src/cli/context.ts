import type { Redis } from 'ioredis'
import type { Instance, SharedSettings } from '../app/instances.js'
import type { Stores } from '../app/stores.js'
import { VisavisError, wordsOf } from '../errors.js'
import { createLogger, masked } from '../logger.js'
import type { Tell } from '../mailbox/tell.js'
import type { Database } from '../postgres/database.js'
import { PostgresError } from '../postgres/errors.js'
import type { Keys } from '../redis/keys.js'
import type * as servers from './servers.js'
import { commandSettings, type CommandSettings } from './settings.js'
import type { Terminal } from './terminal.js'

/** A server that is away is told so within a moment; somebody waits at a terminal. */
const CONNECT_MS = 2_500

/** The live state, as a command looks at it. */
export interface Live extends Stores {
  readonly redis: Redis
  readonly keys: Keys
  readonly tell: Tell
  /** Whether Redis holds a whole live state; not while it is rebuilt, and not where no service ever ran. */
  readonly whole: boolean
  /** The processes of the service. */
  readonly instances: readonly Instance[]
  /** What the service goes by; what nobody says there is as it is set here. */
  readonly served: SharedSettings
}

/** What the commands share: the terminal, the settings, and connections that are made when they are needed. */
export interface Context {
  readonly terminal: Terminal
  readonly settings: CommandSettings
  readonly live: () => Promise<Live>
  readonly database: () => Promise<Database>
  /** Rejects when a connection that was in use is lost: a command does not wait for servers to come back. */
  readonly lost: Promise<never>
  readonly close: () => Promise<void>
  /** The exit code of a command that did its work, when it is another than 0. */
  readonly exit: (code: number) => void
  readonly exitCode: () => number
  /** Shows what a command found: `--json` for programs, otherwise text for people. */
  readonly show: (options: { json?: boolean }, json: object, text: string) => void
}

/** Loads what speaks to Redis and Postgres. */
export type LoadServers = () => Promise<typeof servers>

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}

/** Nothing connects before a command asks for it. */
export const createContext = (env: NodeJS.ProcessEnv, terminal: Terminal, loadServers: LoadServers): Context => {
  const settings = commandSettings(env)
  // What happens is told to the person in words, not logged.
  const logger = createLogger({ level: 'silent', pretty: false })
  const closers: (() => Promise<void>)[] = []
  let lose: (error: Error) => void = () => undefined
  const lost = new Promise<never>((_resolve, reject) => (lose = reject))
  lost.catch(() => undefined)

  const connect = async (redis: Redis, url: string): Promise<Redis> => {
    let because: unknown
    let closing = false
    redis.on('error', (error) => (because = error))
    closers.push(async () => {
      closing = true
      redis.disconnect()
    })
    const unreachable = () =>
      new VisavisError(
        'redis_unreachable',
        `Redis is not answering at ${masked(url)}${because === undefined ? '' : ` (${masked(wordsOf(because))})`}: ` +
          `does the service run, and is REDIS_URL right?${settings.staleWords('REDIS_URL')}`,
      )
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(unreachable()), CONNECT_MS)
    })
    try {
      await Promise.race([redis.connect(), late])
    } catch {
      throw unreachable()
    } finally {
      clearTimeout(timer)
    }
    redis.on('close', () => {
      if (!closing) lose(unreachable())
    })
    return redis
  }

  let exitCode = 0
  return {
    exit: (code) => (exitCode = code),
    exitCode: () => exitCode,
    terminal,
    settings,
    lost,
    live: once(async () => {
      const { createKeys, createStores, createTell, livingInstances, openRedis, settingsOf, SHARED_SETTINGS } =
        await loadServers()
      const config = settings.read('REDIS_URL', 'REDIS_PREFIX', ...SHARED_SETTINGS)
      const redis = await connect(openRedis(config.REDIS_URL, logger), config.REDIS_URL)
      const keys = createKeys(config.REDIS_PREFIX)
      const [epochs, instances] = await Promise.all([redis.exists(keys.epoch), livingInstances(redis, keys)])
      const whole = epochs === 1
      const served = settingsOf(instances, config)
      if (!whole)
        terminal.note(
          `Redis holds no whole live state under REDIS_PREFIX=${config.REDIS_PREFIX}: it is being rebuilt from ` +
            'Postgres, or no service has started with this Redis yet.\n',
        )
      const tell = createTell(redis, keys)
      return { redis, keys, whole, instances, served, tell, ...createStores(redis, keys, served) }
    }),
    database: once(async () => {
      const { checkDatabase, closeDatabase, openDatabase } = await loadServers()
      const db = openDatabase(settings.read('DATABASE_URL').DATABASE_URL, { logger, max: 2, connectMs: CONNECT_MS })
      closers.push(() => closeDatabase(db))
      try {
        await checkDatabase(db)
      } catch (error) {
        if (!(error instanceof PostgresError)) throw error
        throw new PostgresError(error.code, error.message + settings.staleWords('DATABASE_URL'), { cause: error })
      }
      return db
    }),
    close: async () => {
      for (const close of closers.splice(0)) await close().catch(() => undefined)
    },
    show: ({ json }, fields, text) => terminal.out(json === true ? `${JSON.stringify(fields)}\n` : text),
  }
}
