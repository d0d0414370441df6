import type { MailboxName } from '../mailboxes.js'
import { EVERYBODY, readChatPauses } from '../redis/chat-pauses.js'
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
  /**
   * For how long the oldest message has waited for its reader alone. What waits until Telegram lets the bot write again
   * does not count, nor does a mailbox that nobody may read.
   */
  readonly lateMs: number
}

/** A healthy mailbox is emptied within moments; a message this old means that nobody reads it. */
export const MAILBOX_ALARM_MS = 60_000

/** Pauses are looked at only where a message is older than the courier takes. */
const PAUSE_MS = 1_000
const PAGE = 100
/** What lies behind so many messages to chats that are paused is not looked for. */
const MOST_PAGES = 10

/** The value of one of these fields of a stream entry. */
const fieldOf = (fields: readonly string[], names: readonly string[]): string | undefined => {
  for (let i = 0; i + 1 < fields.length; i += 2) if (names.includes(fields[i] ?? '')) return fields[i + 1]
  return undefined
}

/** How late the courier is: a message that Telegram does not want to be sent yet counts from the end of that. */
const courierLateMs = async (redis: RedisClient, keys: Keys, now: number): Promise<number> => {
  const pauses = await readChatPauses(redis, keys)
  const everybody = pauses.get(EVERYBODY) ?? 0
  const stream = keys.mailbox('courier')
  let late = 0
  let from = '-'
  for (let page = 0; page < MOST_PAGES; page++) {
    const entries = await redis.xrange(stream, from, '+', 'COUNT', PAGE)
    for (const [id, fields] of entries) {
      const ageMs = now - Number(id.split('-')[0])
      // Whatever comes now is younger than the one that is the latest.
      if (ageMs <= late) return late
      const until = pauses.get(fieldOf(fields, ['to', 'chat']) ?? '') ?? 0
      late = Math.max(late, Math.min(ageMs, now - Math.max(until, everybody)))
    }
    const last = entries.at(-1)
    if (last === undefined || entries.length < PAGE) return late
    from = `(${last[0]}`
  }
  return late
}

/**
 * Looks into mailboxes without taking anything out. A mailbox that does not exist yet is empty.
 * @param unread those that nobody may read at present
 */
export const readBacklog = async (
  redis: RedisClient,
  keys: Keys,
  mailboxes: readonly MailboxName[],
  unread: ReadonlySet<MailboxName> = new Set(),
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
      const oldestMs = Math.max(0, now - oldestAt)
      const waitsForPause = mailbox === 'courier' && oldestMs > PAUSE_MS
      return {
        mailbox,
        length,
        pending: group ? Number(group[group.indexOf('pending') + 1]) : 0,
        postponed,
        oldestMs,
        lateMs: unread.has(mailbox) ? 0 : waitsForPause ? await courierLateMs(redis, keys, now) : oldestMs,
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
