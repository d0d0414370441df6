import { LRUCache } from 'lru-cache'
import type { ChatId } from '../ids.js'
import type { Rooms } from '../redis/rooms.js'

const REMEMBERED_GROUPS = 20_000

/** Somebody wrote in a group: the room's lease is renewed, at most once per `intervalMs` and group in this process. */
export const createActivity = (deps: { rooms: Pick<Rooms, 'roomIn' | 'renew'>; intervalMs: number }) => {
  const recent = new LRUCache<ChatId, true>({ max: REMEMBERED_GROUPS, ttl: deps.intervalMs })
  return async (chat: ChatId): Promise<void> => {
    if (recent.has(chat)) return
    recent.set(chat, true)
    try {
      const room = await deps.rooms.roomIn(chat)
      if (room?.stage === 'open') await deps.rooms.renew(room.id, chat)
    } catch (error) {
      // The next message tries again.
      recent.delete(chat)
      throw error
    }
  }
}
export type Activity = ReturnType<typeof createActivity>
