import type { MailboxName } from '../mailboxes.js'
import type { RedisClient } from '../redis/define-script.js'
import type { Keys } from '../redis/keys.js'
import { redisNow } from '../redis/redis-now.js'
import { CONSUMER_GROUP } from './read-mailbox.js'

/** What lies in one mailbox. */
export interface Backlog {
  readonly mailbox: MailboxName
  /** Messages not finished, those being handled included. */
  readonly length: number
  /** Of these: handed out to a worker. */
  readonly pending: number
  /** Put aside until they are due again. */
  readonly postponed: number
  /** Age of the oldest message in milliseconds by Redis' clock; 0 when there is none. */
  readonly oldestMs: number
}

/** A healthy mailbox is emptied within moments; a message this old means that nobody reads it. */
export const MAILBOX_ALARM_MS = 60_000

/** Looks into mailboxes without taking anything out. A mailbox that does not exist yet is empty. */
export const readBacklog = async (
  redis: RedisClient,
  keys: Keys,
  mailboxes: readonly MailboxName[],
): Promise<Backlog[]> => {
  const now = await redisNow(redis)
  return Promise.all(
    mailboxes.map(async (mailbox) => {
      const stream = keys.mailbox(mailbox)
      const [length, head, postponed, groups] = await Promise.all([
        redis.xlen(stream),
        redis.xrange(stream, '-', '+', 'COUNT', 1),
        redis.zcard(keys.later(mailbox)),
        redis.xinfo('GROUPS', stream).catch(() => []) as Promise<unknown[][]>,
      ])
      const group = groups.find((row) => row[row.indexOf('name') + 1] === CONSUMER_GROUP)
      const oldestAt = Number(head[0]?.[0].split('-')[0] ?? now)
      return {
        mailbox,
        length,
        pending: group ? Number(group[group.indexOf('pending') + 1]) : 0,
        postponed,
        oldestMs: Math.max(0, now - oldestAt),
      }
    }),
  )
}

/** How many dead letters there are, and when the oldest was buried (by Redis' clock; null when there are none). */
export const readDeadLetters = async (
  redis: RedisClient,
  keys: Keys,
): Promise<{ count: number; oldestAt: number | null }> => {
  const [count, head] = await Promise.all([
    redis.xlen(keys.deadLetters),
    redis.xrange(keys.deadLetters, '-', '+', 'COUNT', 1),
  ])
  const entry = head[0]?.[0]
  return { count, oldestAt: entry === undefined ? null : Number(entry.split('-')[0]) }
}
