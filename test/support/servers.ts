// Gives the tests a real Redis and a real Postgres. Mocha loads this file first: once per run the servers are found or
// started, and their addresses are left in the environment, where parallel workers find them too.
import { findEngine } from '../../scripts/servers/engine.js'
import { startPostgres } from '../../scripts/servers/postgres.js'
import { startRedis } from '../../scripts/servers/redis.js'

export { createDatabase, ensureTemplate, type TestDatabase } from './databases.js'
export { startOwnRedis, type OwnRedis } from './own-redis.js'

const choices = ['auto', 'docker', 'local', 'none'] as const
type Choice = (typeof choices)[number]
type Started = { redis?: string; database?: string; stop: () => Promise<unknown> }

let stop: Started['stop'] = async () => undefined

/** The shared Redis: use keys below a prefix of your own, and neither flush it nor change its settings. */
export function redisUrl(): string {
  return address('REDIS_URL')
}

/** The shared Postgres, as a user who may create databases. Tests use one of their own, see `createDatabase`. */
export function databaseUrl(): string {
  return address('DATABASE_URL')
}

function address(name: string): string {
  const url = process.env[name]
  if (url === undefined) throw new Error(`${name} is not set: this run was started without servers`)
  return url
}

export async function mochaGlobalSetup(): Promise<void> {
  const choice = process.env['TEST_SERVERS'] ?? 'auto'
  if (!isChoice(choice)) throw new Error(`TEST_SERVERS=${choice}: must be one of ${choices.join(', ')}`)
  const missing = { redis: !isSet('REDIS_URL'), database: !isSet('DATABASE_URL') }
  if (choice === 'none') return
  if (!missing.redis && !missing.database) return console.log('[tests] using REDIS_URL and DATABASE_URL')
  const started = (await inContainers(choice, missing)) ?? (await here(missing))
  stop = started.stop
  if (started.redis !== undefined) process.env['REDIS_URL'] = started.redis
  if (started.database !== undefined) process.env['DATABASE_URL'] = started.database
}

export async function mochaGlobalTeardown(): Promise<void> {
  await stop()
}

const isSet = (name: string): boolean => (process.env[name] ?? '') !== ''
const isChoice = (text: string): text is Choice => choices.some((choice) => choice === text)

type Missing = { redis: boolean; database: boolean }

async function here(missing: Missing): Promise<Started> {
  // Only throwaway servers: there is nothing in them that an orderly end would save.
  const [redis, postgres] = await Promise.all([
    missing.redis ? startRedis() : undefined,
    missing.database ? startPostgres() : undefined,
  ])
  return {
    ...(redis && { redis: redis.url }),
    ...(postgres && { database: postgres.url }),
    stop: () => Promise.all([redis?.stop(), postgres?.stop()]),
  }
}

async function inContainers(choice: Choice, missing: Missing): Promise<Started | undefined> {
  if (choice === 'local') return undefined
  const engine = await findEngine()
  if (engine === undefined) {
    if (choice === 'docker') throw new Error('TEST_SERVERS=docker, but no container engine answers')
    return undefined
  }
  try {
    const { startContainers } = await import('./containers.js')
    const started = await startContainers(engine, missing)
    // Tests that need a Redis of their own take it from the same place.
    process.env['TEST_ENGINE'] = engine
    return started
  } catch (error) {
    if (choice === 'docker') throw error
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    console.log(`[tests] a container engine answers at ${engine}, but: ${reason}; using servers of this machine`)
    return undefined
  }
}
