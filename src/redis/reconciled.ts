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

/** Remembers a run, for operators who ask when things were last compared. */
export const noteReconciled = async (redis: RedisClient, keys: Keys, run: Omit<Run, 'at'>): Promise<void> => {
  const now: Run = { at: await redisNow(redis), ...run }
  const found = run.differences > 0 ? now : (await lastReconciled(redis, keys))?.found
  const noted: Reconciled = { ...now, ...(found === undefined ? {} : { found }) }
  await redis.set(keys.reconciled, JSON.stringify(noted))
}

/** The last run, or undefined when there was none since Redis lost its data. */
export const lastReconciled = async (redis: RedisClient, keys: Keys): Promise<Reconciled | undefined> => {
  const json = await redis.get(keys.reconciled)
  return json === null ? undefined : (JSON.parse(json) as Reconciled)
}
