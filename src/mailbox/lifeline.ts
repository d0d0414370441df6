import { systemClock } from '../clock.js'
import { wordsOf } from '../errors.js'
import type { Events } from '../events.js'
import type { InstanceId } from '../ids.js'
import type { Logger } from '../logger.js'
import type { MailboxName } from '../mailboxes.js'
import type { RedisClient } from '../redis/define-script.js'
import type { Keys } from '../redis/keys.js'
import { leaseNames } from '../redis/lease-names.js'
import type { Consumer } from './consumer.js'
import { CONSUMER_GROUP } from './read-mailbox.js'

const EVERY_MS = 1_000
/** A claim resets an entry's idle time, so that of two lifelines only one takes it. */
const CLAIM_IDLE_MS = 500
/** A dead consumer's name is dropped once it holds nothing and has been silent for so long. */
const FORGET_AFTER_MS = 3_600_000

/**
 * Takes over the messages of dead workers. A worker is dead when its instance's lease is gone, however long its
 * messages have been idle: a slow handler is not a dead one.
 */
export const createLifeline = (deps: {
  redis: RedisClient
  keys: Keys
  instance: InstanceId
  logger: Logger
  events: Pick<Events, 'messagesTakenOver'>
  consumers: readonly Consumer[]
}) => {
  const { redis, keys, instance, logger, events, consumers } = deps

  const deadConsumers = async (mailbox: MailboxName): Promise<{ name: string; pending: number; idleMs: number }[]> => {
    const rows = (await redis.xinfo('CONSUMERS', keys.mailbox(mailbox), CONSUMER_GROUP)) as unknown[][]
    const all = rows.map((row) => {
      const value = (field: string) => row[row.indexOf(field) + 1]
      return { name: String(value('name')), pending: Number(value('pending')), idleMs: Number(value('idle')) }
    })
    const others = all.filter(({ name }) => name !== instance)
    if (others.length === 0) return []
    const alive = await Promise.all(others.map(({ name }) => redis.exists(keys.lease(leaseNames.instance(name)))))
    return others.filter((_, index) => alive[index] === 0)
  }

  const takeOver = async (consumer: Consumer, dead: string): Promise<number> => {
    const stream = keys.mailbox(consumer.mailbox)
    let taken = 0
    for (;;) {
      const pending = (await redis.xpending(stream, CONSUMER_GROUP, '-', '+', 100, dead)) as [string, ...unknown[]][]
      if (pending.length === 0) return taken
      const ids = pending.map(([id]) => id)
      const claimed = (await redis.call('XCLAIM', stream, CONSUMER_GROUP, instance, CLAIM_IDLE_MS, ...ids)) as (
        [string, string[] | null] | null
      )[]
      const entries = claimed.filter((entry): entry is [string, string[]] => entry?.[1] != null)
      consumer.adopt(entries)
      taken += entries.length
      if (claimed.length === 0) return taken
    }
  }

  const look = async () => {
    for (const consumer of consumers) {
      for (const dead of await deadConsumers(consumer.mailbox)) {
        if (dead.pending > 0) {
          const taken = await takeOver(consumer, dead.name)
          if (taken > 0) events.messagesTakenOver(consumer.mailbox, dead.name, taken)
        } else if (dead.idleMs > FORGET_AFTER_MS)
          await redis.xgroup('DELCONSUMER', keys.mailbox(consumer.mailbox), CONSUMER_GROUP, dead.name)
      }
    }
  }

  const stopping = new AbortController()
  const run = async () => {
    while (!stopping.signal.aborted) {
      await look().catch((error: unknown) =>
        logger.debug({ event: 'lifeline_failed', error: wordsOf(error) }, 'Could not look for dead workers'),
      )
      await systemClock.wait(EVERY_MS, stopping.signal)
    }
  }
  const running = run()
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
