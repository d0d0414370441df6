import type { Config, Role } from '../config.js'
import { VisavisError, wordsOf } from '../errors.js'
import type { Logger } from '../logger.js'
import { closeDatabase } from '../postgres/database.js'
import { migrate } from '../postgres/migrate.js'
import { leaseNames } from '../redis/lease-names.js'
import { checkRedisServer } from '../redis/server-check.js'
import { startBot, type RunningBot } from './bot.js'
import { startCron } from './cron.js'
import { startHosts } from './host.js'
import { registerInstance } from './instances.js'
import { startOps } from './ops.js'
import { createParts, type Parts } from './parts.js'
import type { Running } from './role.js'
import { startWorker } from './worker.js'

/** An instance without a lease is dead: others take over its messages. */
const INSTANCE_LEASE_MS = 5_000

/** Longer nothing is waited for while stopping: Redis or Telegram may be away. What is unfinished then, others find. */
const STOP_MS = 8_000

export interface App {
  readonly parts: Parts
  /** Where `/healthz` and `/readyz` are. */
  readonly opsUrl: string
  /** Resolves when a part of the service cannot go on and the operator must act (such as a revoked bot token). */
  readonly failed: Promise<Error>
  /** Stops everything in order: nothing new is taken, what was begun is finished or left to others. */
  stop(): Promise<void>
}

/** Says what the Redis server lacks. Throws when it lacks something without which nothing works. */
const lookAtRedis = async ({ redis, logger }: Parts): Promise<void> => {
  const findings = await checkRedisServer(redis, { setWhatItMay: true })
  for (const { ok, name, words } of findings)
    logger[ok ? 'debug' : 'warn']({ event: 'redis_setting', setting: name }, words)
  const missing = findings.filter(({ ok, required }) => required && !ok)
  if (missing.length > 0)
    throw new VisavisError('redis_unfit', `This Redis cannot be used: ${missing.map(({ words }) => words).join('; ')}`)
}

/**
 * Starts the service with the roles of its configuration: migrates, rebuilds Redis if it lost its data, and only then
 * lets anything act. Rejects with words for the operator when it cannot start; nothing is left running then.
 */
export const createApp = async (config: Config, logger: Logger): Promise<App> => {
  const parts = createParts(config, logger)
  const stops: (() => Promise<unknown>)[] = []
  const stop = async () => {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), STOP_MS)
    const tooLate = new Promise<void>((resolve) => late.signal.addEventListener('abort', () => resolve()))
    for (const each of stops.splice(0).reverse()) {
      const stopping = each().catch((error: unknown) =>
        logger.warn({ event: 'stop_failed', error }, 'A part did not stop in order'),
      )
      await Promise.race([stopping, tooLate])
    }
    if (late.signal.aborted)
      logger.warn({ event: 'stop_cut_short', afterMs: STOP_MS }, 'Stopped without waiting for what does not answer')
    clearTimeout(timer)
  }
  try {
    stops.push(() => closeDatabase(parts.db))
    for (const { version, name } of await migrate(parts.db))
      logger.info({ event: 'migrated', migration: version, name }, 'Applied a migration')
    stops.push(async () => parts.redis.disconnect())
    let because: unknown
    parts.redis.once('error', (error) => (because = error))
    await parts.redis.connect().catch((error: unknown) => {
      const detail = because === undefined ? '' : ` (${wordsOf(because)})`
      const words = `Redis is not answering: is it running, and is REDIS_URL right?${detail}`
      throw new VisavisError('redis_unreachable', words, { retryable: true, cause: error })
    })
    await lookAtRedis(parts)
    // A Redis that restarted may have forgotten what was set.
    parts.redis.on('ready', () => {
      lookAtRedis(parts).catch((error: unknown) =>
        logger.warn({ event: 'redis_not_looked_at', error }, 'Could not look at the settings of Redis'),
      )
    })
    const instance = parts.leases.keep({
      name: leaseNames.instance(parts.instance),
      ttlMs: INSTANCE_LEASE_MS,
      // Written down again whenever the lease is taken: Redis may have lost it.
      onHeld: async () => {
        await registerInstance(parts)
        return { stop: async () => void (await parts.redis.hdel(parts.keys.instances, parts.instance)) }
      },
    })
    stops.push(() => instance.stop())

    let fail: (error: Error) => void = () => undefined
    const failed = new Promise<Error>((resolve) => (fail = resolve))
    let bot: RunningBot | undefined
    const starters: Record<Role, () => Promise<Running> | Running> = {
      // The cron first: it rebuilds Redis before anything else acts, if that is needed.
      cron: () => startCron(parts),
      worker: () => startWorker(parts),
      host: () => startHosts(parts),
      bot: async () => (bot = await startBot(parts, fail)),
    }
    for (const role of Object.keys(starters) as Role[]) {
      if (!config.ROLES.includes(role)) continue
      const running = await starters[role]()
      stops.push(() => running.stop())
    }
    const ops = await startOps(parts, bot)
    stops.push(ops.stop)
    logger.info({ event: 'started', roles: config.ROLES, instance: parts.instance, ops: ops.url }, 'Started')
    return { parts, opsUrl: ops.url, failed, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
