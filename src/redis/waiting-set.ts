import { randomInt } from 'node:crypto'
import { RebuildingError } from '../errors.js'
import { userId, type RoomId, type UserId } from '../ids.js'
import { runScript, type RedisClient } from './define-script.js'
import type { Keys } from './keys.js'
import { parseCooldown, parsePerson } from './records.js'
import { redisNow } from './redis-now.js'
import type { FindReply } from './replies.js'
import { expireWaitsScript, findScript, forgetPersonScript, liftBanScript, stopSearchScript } from './scripts.js'

export interface MatchingSettings {
  readonly waitMaxMs: number
  readonly waitConfirmMs: number
  /** How long a room may stay without invitations before the room actor is asked again. */
  readonly prepareMs: number
  readonly rematchAfterMs: number
}

/** One person's wish to be paired, by the update that carried it. */
export interface Find {
  readonly user: UserId
  readonly update: number
}

/** Where a person is. */
export type Whereabouts =
  | { state: 'idle'; cooldownUntil: number }
  | { state: 'waiting'; since: number; firstInLine: boolean }
  | { state: 'paired'; room: RoomId }
  | { state: 'banned' }

/** What a ban says. */
export interface BanWords {
  /** By Redis' clock; null for good. */
  readonly until: number | null
  /** Also somebody who neither waits nor sits in a room is told. */
  readonly tell?: boolean
  /** Where nobody could write it down before: the ledger does, by the same step. */
  readonly unwritten?: { readonly reason: string; readonly by: string }
}

/** Finds that are made in one call. More would hardly be cheaper, and keep all others waiting for longer. */
const BATCH = 50
/** How many of those who wait a find looks at, besides as many as there are finders. */
const LOOK = 4
const LOOK_REMATCH = 64
const FIRST_SAMPLE = 1_000
/** Among how many with the earliest deadlines the one who waits longest is looked for, and how often on. */
const OLDEST = 32
const OLDEST_PAGES = 100

/**
 * A room's id begins with a nonce of the call that makes it: the time (so that ids sort by age) and four random
 * characters. A message about an old room can never mean a new one.
 */
const nonce = (): string =>
  Date.now().toString(36).padStart(8, '0') +
  randomInt(36 ** 4)
    .toString(36)
    .padStart(4, '0')

export const createWaitingSet = (redis: RedisClient, keys: Keys, settings: MatchingSettings) => {
  const findKeys = {
    ...keys,
    roomMailbox: keys.mailbox('room'),
    ledgerMailbox: keys.mailbox('ledger'),
    courierMailbox: keys.mailbox('courier'),
  }

  const run = (look: number, finds: readonly Find[]) =>
    runScript(
      redis,
      findScript,
      findKeys,
      {
        nonce: nonce(),
        waitMaxMs: settings.waitMaxMs,
        prepareMs: settings.prepareMs,
        rematchAfterMs: settings.rematchAfterMs,
        look,
      },
      [...finds.map(({ user }) => user), ...finds.map(({ update }) => update)],
    )

  /** Among those of these people who sit in no room. */
  const oldestOf = async (users: readonly string[]): Promise<number | undefined> => {
    if (users.length === 0) return undefined
    const people = (await redis.hmget(keys.people, ...users)).map(parsePerson)
    const instants = people.flatMap(({ room, since }) => (room === undefined ? (since ?? []) : []))
    return instants.length === 0 ? undefined : Math.min(...instants)
  }

  let tick: { find: Find; resolve: (reply: FindReply) => void; reject: (error: unknown) => void }[] = []

  const flush = async () => {
    const waiting = tick
    tick = []
    // One person's finds must not share a call: the script answers the second with `repeat`.
    while (waiting.length > 0) {
      const users = new Set<UserId>()
      const batch = waiting.filter(({ find }) => users.size < BATCH && !users.has(find.user) && users.add(find.user))
      for (const member of batch) waiting.splice(waiting.indexOf(member), 1)
      try {
        const replies = await run(
          LOOK,
          batch.map(({ find }) => find),
        )
        if (!Array.isArray(replies)) throw new TypeError('find replied as if nobody had searched')
        batch.forEach(({ resolve, reject }, index) => {
          const reply = replies[index]
          if (reply) resolve(reply)
          else reject(new TypeError('find left a finder without a reply'))
        })
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
  }

  return {
    /**
     * Searches for one person. The finds of one turn of the event loop go to Redis together: cheaper, and pairs are
     * truly random. Throws RebuildingError while Redis is being rebuilt.
     */
    find: (user: UserId, update: number): Promise<FindReply> =>
      new Promise((resolve, reject) => {
        tick.push({ find: { user, update }, resolve, reject })
        if (tick.length === 1) setImmediate(() => void flush())
      }),

    /** Pairs people who wait already, as far as there are groups. Gives the number of pairs. */
    match: async (): Promise<number> => {
      const reply = await run(LOOK_REMATCH, [])
      return Array.isArray(reply) ? 0 : reply.matched
    },

    /** Ends a person's search. `update` is the command's update id, absent when nobody commanded it. */
    stop: (user: UserId, { update, ban }: { update?: number; ban?: BanWords } = {}) =>
      runScript(redis, stopSearchScript, findKeys, {
        user,
        update: update ?? '',
        ban: ban ? '1' : '',
        until: ban?.until ?? '',
        tell: ban?.tell ? '1' : '',
        reason: ban?.unwritten?.reason ?? '',
        by: ban?.unwritten?.by ?? '',
      }),

    /** Nothing of an idle person stays, except a ban. */
    forget: (user: UserId) => runScript(redis, forgetPersonScript, keys, { user }),

    /** From now on nobody is paired; who waits keeps their place. `by` says who paused it. */
    pause: async (by: string): Promise<void> => void (await redis.set(keys.paused, by)),
    /** Pairs are made again, with the next tick at the latest. */
    resume: async (): Promise<void> => void (await redis.del(keys.paused)),
    /** Whether matching is paused. */
    paused: async (): Promise<boolean> => (await redis.exists(keys.paused)) === 1,
    /** Who has paused matching; null while it goes on. */
    pausedBy: (): Promise<string | null> => redis.get(keys.paused),

    /** Lets somebody search again, because somebody wants it, or because the ban has come to its end (`over`). */
    liftBan: (user: UserId, { over = false } = {}) =>
      runScript(redis, liftBanScript, findKeys, { user, over: over ? '1' : '' }),

    /** Asks those who wait too long, ends searches without an answer. `nextAt`: the next deadline, -1 when nobody waits. */
    expire: (limit = 100) =>
      runScript(redis, expireWaitsScript, findKeys, { limit, confirmMs: settings.waitConfirmMs }),

    /** How many wait, those first in line included. */
    count: async (): Promise<number> => {
      const [waiting, first] = await Promise.all([redis.scard(keys.waiting), redis.scard(keys.first)])
      return waiting + first
    },

    /** How many wait first in line. */
    countFirst: (): Promise<number> => redis.scard(keys.first),

    /**
     * Some of those who wait with the instant they began, earliest deadline first; `offset` pages on. Where a person
     * confirmed the search, the deadline is younger than the search, so the order is by deadline, not by age.
     */
    list: async (offset: number, limit: number): Promise<{ user: UserId; since: number; firstInLine: boolean }[]> => {
      const users = await redis.zrange(keys.waits, String(offset), String(offset + limit - 1))
      if (users.length === 0) return []
      const [records, firsts] = await Promise.all([
        redis.hmget(keys.people, ...users),
        redis.smismember(keys.first, ...users),
      ])
      return users.flatMap((user, index) => {
        const { since = 0, room } = parsePerson(records[index])
        // Who is paired keeps the deadline until both are invited.
        return room === undefined ? { user: userId(user), since, firstInLine: firsts[index] === 1 } : []
      })
    },

    /** When the one who waits longest (by deadline) began, in Redis' milliseconds; undefined when nobody waits. */
    oldestSince: async (): Promise<number | undefined> => {
      // Who is paired keeps the deadline until both are invited: there are no more of them than groups.
      for (let page = 0; page < OLDEST_PAGES; page++) {
        const users = await redis.zrange(keys.waits, String(page * OLDEST), String(page * OLDEST + OLDEST - 1))
        const oldest = await oldestOf(users)
        if (oldest !== undefined || users.length < OLDEST) return oldest
      }
      return undefined
    },

    /** The same among those first in line. There are seldom more than a few, so a sample is as good as all. */
    oldestFirstSince: async (): Promise<number | undefined> =>
      oldestOf(await redis.srandmember(keys.first, FIRST_SAMPLE)),

    /** Where a person is. Throws RebuildingError while Redis is being rebuilt. */
    whereabouts: async (user: UserId): Promise<Whereabouts> => {
      // In one transaction: between two reads somebody who waits may be paired, and would look idle.
      const replies = await redis
        .multi()
        .exists(keys.epoch)
        .hget(keys.people, user)
        .sismember(keys.waiting, user)
        .sismember(keys.first, user)
        .hget(keys.penalties, user)
        .exec()
      const [epoch, record, waiting, first, penalty] = (replies ?? []).map(([error, value]) => {
        if (error) throw error
        return value
      }) as [number, string | null, number, number, string | null]
      if (epoch === 0) throw new RebuildingError()
      const { room, banned, since } = parsePerson(record)
      if (banned) return { state: 'banned' }
      if (room !== undefined) return { state: 'paired', room }
      if (waiting + first > 0) return { state: 'waiting', since: since ?? 0, firstInLine: first === 1 }
      return { state: 'idle', cooldownUntil: parseCooldown(penalty) }
    },

    /** Redis' clock in milliseconds: the one clock by which deadlines are judged. */
    now: (): Promise<number> => redisNow(redis),
  }
}
export type WaitingSet = ReturnType<typeof createWaitingSet>
