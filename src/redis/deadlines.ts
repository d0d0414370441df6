import { roomId, type RoomId } from '../ids.js'
import type { RedisClient } from './define-script.js'
import type { Keys } from './keys.js'
import { redisNow } from './redis-now.js'
import { STAGES } from './rooms.js'

const BATCH = 200

/** The deadlines of rooms, as the reaper sees them. */
export const createDeadlines = (redis: RedisClient, keys: Keys) => {
  const dueAt = async (at: number): Promise<string[]> =>
    (
      await Promise.all(STAGES.map((stage) => redis.zrangebyscore(keys[stage], '-inf', `(${at}`, 'LIMIT', 0, BATCH)))
    ).flat()

  return {
    /** Rooms whose deadline is strictly past, and the milliseconds until the next deadline (Infinity when there is none). */
    look: async (): Promise<{ due: RoomId[]; nextInMs: number }> => {
      const at = await redisNow(redis)
      const due = await dueAt(at)
      const heads = await Promise.all(
        STAGES.map((stage) => redis.zrangebyscore(keys[stage], at, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)),
      )
      const next = Math.min(...heads.map(([, score]) => (score === undefined ? Infinity : Number(score))))
      return { due: due.map(roomId), nextInMs: next - at }
    },
    /** Makes Redis notice that these rooms' leases are dead: it then publishes their expiry at once. */
    touch: async (rooms: readonly RoomId[]): Promise<void> => {
      await redis.exists(...rooms.map((room) => keys.roomLease(room)))
    },
    /** Those of `rooms` that nobody has claimed yet. */
    stillDue: async (rooms: readonly RoomId[]): Promise<RoomId[]> => {
      const due = new Set(await dueAt(await redisNow(redis)))
      return rooms.filter((room) => due.has(room))
    },
  }
}
export type Deadlines = ReturnType<typeof createDeadlines>
