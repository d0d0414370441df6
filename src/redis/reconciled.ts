import type { RedisClient } from './define-script.js'
import type { Keys } from './keys.js'
import { redisNow } from './redis-now.js'

/** What one run of the reconciler found. */
export interface Run {
  /** By Redis' clock. */
  readonly at: number
  readonly differences: number
  readonly repaired: number
}

/** What the last run found. */
export interface Reconciled extends Run {
  /** The last run that found anything. */
  readonly found?: Run
}

/**
 * Remembers a run, for operators who ask when things were last compared. What is noted follows from this run alone: cron
 * and a command may run at once.
 */
export const noteReconciled = async (redis: RedisClient, keys: Keys, run: Omit<Run, 'at'>): Promise<void> => {
  const { differences, repaired } = run
  const json = JSON.stringify({ at: await redisNow(redis), differences, repaired } satisfies Run)
  if (differences === 0) await redis.set(keys.reconciled, json)
  else await redis.mset(keys.reconciled, json, keys.reconciledFound, json)
}

/** The last run, or undefined when there was none since Redis lost its data. */
export const lastReconciled = async (redis: RedisClient, keys: Keys): Promise<Reconciled | undefined> => {
  const [last, found] = await redis.mget(keys.reconciled, keys.reconciledFound)
  if (!last) return undefined
  return { ...(JSON.parse(last) as Run), ...(found ? { found: JSON.parse(found) as Run } : {}) }
}
