import type { RedisClient } from './define-script.js'
import type { Keys } from './keys.js'
import { redisNow } from './redis-now.js'

/** Stands for every chat. */
export const EVERYBODY = '*'

/** For so long after its end a pause is known: what waited for it goes out at the pace that Telegram allows one chat. */
const KNOWN_MS = 600_000
/** A shorter pause for everybody makes nobody late, and must not hide that somebody is. */
const LONG_MS = 10_000

/**
 * Telegram wants this chat (a person or a group), and everybody, to be left alone for so many milliseconds. Kept for
 * those who judge how late messages are.
 */
export const noteChatPause = async (
  redis: RedisClient,
  keys: Pick<Keys, 'chatPauses'>,
  { chat, forMs, everybodyMs }: { chat: string; forMs: number; everybodyMs: number },
): Promise<void> => {
  const now = await redisNow(redis)
  await redis.zremrangebyscore(keys.chatPauses, '-inf', now - KNOWN_MS)
  await redis.zadd(keys.chatPauses, 'GT', now + forMs, chat)
  if (everybodyMs >= LONG_MS) await redis.zadd(keys.chatPauses, 'GT', now + everybodyMs, EVERYBODY)
  // Nobody's id stays for longer than it is of use, also when nobody is refused any more.
  const [, last = now] = (
    await redis.zrange(keys.chatPauses, '+inf', '-inf', 'BYSCORE', 'REV', 'LIMIT', '0', '1', 'WITHSCORES')
  ).map(Number)
  await redis.pexpireat(keys.chatPauses, last + KNOWN_MS)
}

/** Until when each chat (and `EVERYBODY`) waits or waited, by Redis' clock in milliseconds. */
export const readChatPauses = async (
  redis: RedisClient,
  keys: Pick<Keys, 'chatPauses'>,
): Promise<ReadonlyMap<string, number>> => {
  const flat = await redis.zrange(keys.chatPauses, '-inf', '+inf', 'BYSCORE', 'WITHSCORES')
  return new Map(flat.flatMap((chat, index) => (index % 2 === 0 ? [[chat, Number(flat[index + 1])] as const] : [])))
}
