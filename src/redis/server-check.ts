import { Cluster } from 'ioredis'
import type { Redis } from 'ioredis'
import { wordsOf } from '../errors.js'
import type { RedisClient } from './define-script.js'

/** One thing that was looked at. `words` say what is, and where it is not as it should be, what to change. */
export interface Finding {
  readonly name: 'version' | 'scripting' | 'notifications' | 'eviction' | 'persistence' | 'latency'
  readonly ok: boolean
  /** Without it the service cannot work; without the others it works less well. */
  readonly required: boolean
  readonly words: string
}

const OLDEST_MAJOR = 7
const SLOW_MS = 20
const PINGS = 5

type Config = Readonly<Record<string, string>>

/** Settings by name, as far as the server tells them: managed servers may not. */
const readConfig = async (redis: Redis, names: readonly string[]): Promise<Config | undefined> => {
  const config: Record<string, string> = {}
  try {
    for (const name of names) {
      const [, value] = (await redis.config('GET', name)) as [string, string] | []
      if (value !== undefined) config[name] = value
    }
  } catch {
    return undefined
  }
  return config
}

/** Sets a setting; undefined when that worked, otherwise why it did not. */
const set = async (redis: Redis, name: string, value: string): Promise<string | undefined> => {
  try {
    await redis.config('SET', name, value)
    return undefined
  } catch (error) {
    return wordsOf(error)
  }
}

const checkVersion = async (redis: Redis): Promise<Finding> => {
  const info = await redis.info('server')
  const field = (name: string) => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1]
  const [valkey, version] = [field('valkey_version'), field('redis_version') ?? '0']
  const ok = Number.parseInt(version, 10) >= OLDEST_MAJOR
  const name = valkey === undefined ? `Redis ${version}` : `Valkey ${valkey}`
  return {
    name: 'version',
    ok,
    required: true,
    words: ok ? name : `${name} is too old: Visavis needs Redis ${OLDEST_MAJOR}.0 or newer, or Valkey`,
  }
}

const checkScripting = async (redis: Redis): Promise<Finding> => {
  try {
    await redis.eval("return redis.call('TIME')[1]", 0)
    return { name: 'scripting', ok: true, required: true, words: 'scripts run' }
  } catch (error) {
    const words = `scripts do not run (${wordsOf(error)}): allow EVAL, EVALSHA and TIME for this user`
    return { name: 'scripting', ok: false, required: true, words }
  }
}

/** `E` and `x` are needed; whatever else is switched on belongs to others and stays. */
const checkNotifications = async (redis: Redis, config: Config | undefined, may: boolean): Promise<Finding> => {
  const finding = (ok: boolean, words: string): Finding => ({ name: 'notifications', ok, required: false, words })
  const otherwise = 'until then rooms end by the sweep of deadlines alone, a little later'
  const now = config?.['notify-keyspace-events']
  if (now === undefined)
    return finding(false, `the server does not tell: see that notify-keyspace-events contains E and x; ${otherwise}`)
  const missing = (now.includes('E') ? '' : 'E') + (now.includes('x') || now.includes('A') ? '' : 'x')
  if (missing === '') return finding(true, `notify-keyspace-events is "${now}"`)
  const wanted = now + missing
  if (!may) return finding(false, `run CONFIG SET notify-keyspace-events ${wanted} (it is "${now}"); ${otherwise}`)
  const failure = await set(redis, 'notify-keyspace-events', wanted)
  return failure === undefined
    ? finding(
        true,
        `notify-keyspace-events was "${now}" and is "${wanted}" now; put it into the server's configuration`,
      )
    : finding(false, `set notify-keyspace-events to ${wanted} where the server is managed (${failure}); ${otherwise}`)
}

const checkEviction = async (redis: Redis, config: Config | undefined, may: boolean): Promise<Finding> => {
  const finding = (ok: boolean, words: string): Finding => ({ name: 'eviction', ok, required: false, words })
  const otherwise = 'until then a full server may throw away people and rooms'
  const now = config?.['maxmemory-policy']
  if (now === undefined)
    return finding(false, `the server does not tell: see that maxmemory-policy is noeviction; ${otherwise}`)
  if (now === 'noeviction') return finding(true, 'maxmemory-policy is noeviction')
  if (!may) return finding(false, `run CONFIG SET maxmemory-policy noeviction (it is ${now}); ${otherwise}`)
  const failure = await set(redis, 'maxmemory-policy', 'noeviction')
  return failure === undefined
    ? finding(true, `maxmemory-policy was ${now} and is noeviction now; put it into the server's configuration`)
    : finding(false, `set maxmemory-policy to noeviction where the server is managed (${failure}); ${otherwise}`)
}

const checkPersistence = (config: Config | undefined): Finding => {
  const finding = (ok: boolean, words: string): Finding => ({ name: 'persistence', ok, required: false, words })
  const [appendonly, save] = [config?.['appendonly'], config?.['save']]
  if (appendonly === undefined && save === undefined) return finding(true, 'the server does not tell what it keeps')
  if (appendonly === 'yes') return finding(true, 'every change is kept (appendonly yes)')
  if (save !== undefined && save !== '')
    return finding(true, `snapshots are kept (save ${save}); what came after the last is rebuilt from Postgres`)
  return finding(
    false,
    'nothing is kept: after a restart all is rebuilt from Postgres; better: CONFIG SET appendonly yes',
  )
}

const checkLatency = async (redis: Redis): Promise<Finding> => {
  const times: number[] = []
  for (let i = 0; i < PINGS; i++) {
    const at = performance.now()
    await redis.ping()
    times.push(performance.now() - at)
  }
  const median = times.sort((a, b) => a - b)[Math.floor(PINGS / 2)] ?? 0
  const ok = median < SLOW_MS
  const words = `answers in ${median.toFixed(1)} ms${ok ? '' : ': too far away; run the service near its Redis'}`
  return { name: 'latency', ok, required: false, words }
}

const checkOne = async (redis: Redis, may: boolean): Promise<Finding[]> => {
  const config = await readConfig(redis, ['notify-keyspace-events', 'maxmemory-policy', 'appendonly', 'save'])
  return [
    await checkVersion(redis),
    await checkScripting(redis),
    await checkNotifications(redis, config, may),
    await checkEviction(redis, config, may),
    checkPersistence(config),
    await checkLatency(redis),
  ]
}

/**
 * Looks whether the server (in a cluster: every master) is fit for the service. Settings that are wrong are set where
 * `setWhatItMay`; where that is off or forbidden, the words say exactly what to change. A server that forbids CONFIG is
 * no reason not to start. Throws only what the connection throws.
 */
export const checkRedisServer = async (redis: RedisClient, options: { setWhatItMay: boolean }): Promise<Finding[]> => {
  if (!(redis instanceof Cluster)) return checkOne(redis, options.setWhatItMay)
  const masters = await Promise.all(
    redis.nodes('master').map(async (node) => {
      const at = `${node.options.host ?? ''}:${node.options.port ?? ''}`
      return (await checkOne(node, options.setWhatItMay)).map((one) => ({ ...one, words: `${at}: ${one.words}` }))
    }),
  )
  return masters.flat()
}
