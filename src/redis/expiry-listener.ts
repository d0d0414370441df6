import type { Redis } from 'ioredis'
import { roomId, type RoomId } from '../ids.js'
import type { Keys } from './keys.js'

/**
 * Hears of room leases that expired. A hint only: Redis publishes when it *notices* that a key is dead, and forgets
 * what it published while nobody listened. The reaper's sweep makes teardown certain.
 */
export const listenForExpiry = async (connection: Redis, keys: Keys, onExpired: (room: RoomId) => void) => {
  connection.on('pmessage', (_pattern: string, _channel: string, key: string) => {
    if (!key.startsWith(keys.roomLeasePrefix)) return
    let room: RoomId
    try {
      room = roomId(key.slice(keys.roomLeasePrefix.length))
    } catch {
      return // Somebody else's key under our prefix.
    }
    onExpired(room)
  })
  // Subscribed again by itself after a lost connection.
  await connection.psubscribe('__keyevent@*__:expired')
  return { stop: () => connection.disconnect() }
}
