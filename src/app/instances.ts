import { hostname } from 'node:os'
import type { Role } from '../config.js'
import type { InstanceId } from '../ids.js'
import type { RedisClient } from '../redis/define-script.js'
import type { Keys } from '../redis/keys.js'
import { leaseNames } from '../redis/lease-names.js'

/**
 * Writes this process down for operators who ask which processes there are, and forgets those that died without a word:
 * they have no lease any more. To be called while holding the lease of this instance.
 */
export const registerInstance = async (deps: {
  readonly redis: RedisClient
  readonly keys: Keys
  readonly instance: InstanceId
  readonly roles: readonly Role[]
}): Promise<void> => {
  const { redis, keys, instance, roles } = deps
  const facts = { roles, pid: process.pid, machine: hostname(), startedAt: Math.round(performance.timeOrigin) }
  await redis.hset(keys.instances, instance, JSON.stringify(facts))
  const others = (await redis.hkeys(keys.instances)).filter((id) => id !== instance)
  const alive = await Promise.all(others.map((id) => redis.exists(keys.lease(leaseNames.instance(id)))))
  const dead = others.filter((_, index) => alive[index] === 0)
  if (dead.length > 0) await redis.hdel(keys.instances, ...dead)
}
