import type { RedisClient } from './define-script.js'

/** Redis' clock in milliseconds: the one clock by which deadlines are set and judged. */
export const redisNow = async (redis: RedisClient): Promise<number> => {
  const [seconds, micros] = await redis.time()
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000)
}
