import type { RedisClient } from './define-script.js'
import type { Keys } from './keys.js'
import { redisNow } from './redis-now.js'

/** What the last run of the reconciler found. */
export interface Reconciled {
  /** By Redis' clock. */
  readonly at: number
  readonly differences: number
  readonly repaired: number
}

/** Remembers a run, for operators who ask when things were last compared. */
export const noteReconciled = async (redis: RedisClient, keys: Keys, found: Omit<Reconciled, 'at'>): Promise<void> => {
  await redis.set(keys.reconciled, JSON.stringify({ at: await redisNow(redis), ...found }))
}

/** The last run, or undefined when there was none since Redis lost its data. */
export const lastReconciled = async (redis: RedisClient, keys: Keys): Promise<Reconciled | undefined> => {
  const json = await redis.get(keys.reconciled)
  return json === null ? undefined : (JSON.parse(json) as Reconciled)
}
