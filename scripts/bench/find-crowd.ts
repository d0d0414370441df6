import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { valuesOf } from '../../src/redis/define-script.js'
import { createKeys } from '../../src/redis/keys.js'
import { findScript } from '../../src/redis/scripts.js'
import type { BenchServer } from './bench-server.js'

/** Commands that are sent at once: so many are on their way under load. */
const IN_FLIGHT = 200
/** What the service is set to by default. */
const SETTINGS = { waitMaxMs: 3_600_000, prepareMs: 180_000, rematchAfterMs: 30_000 }

/** Brings a script to the server, and gives what it is called by. */
export const load = async (server: BenchServer, lua: string): Promise<string> => {
  await server.redis.script('LOAD', lua)
  return createHash('sha1').update(lua).digest('hex')
}
export const luaBeside = (name: string): string => readFileSync(new URL(`${name}.lua`, import.meta.url), 'utf8')

/** Calls a script many times; gives the replies in order. Throws the first error. */
export const callAll = async (
  server: BenchServer,
  sha: string,
  keyCount: number,
  calls: readonly (readonly (string | number)[])[],
): Promise<unknown[]> => {
  const replies: unknown[] = []
  for (let i = 0; i < calls.length; i += IN_FLIGHT) {
    const pipeline = server.redis.pipeline()
    for (const values of calls.slice(i, i + IN_FLIGHT)) pipeline.evalsha(sha, keyCount, ...values)
    for (const [error, reply] of (await pipeline.exec()) ?? []) {
      if (error) throw error
      replies.push(reply)
    }
  }
  return replies
}

/** People and groups of one deployment, for measuring the product's own find. */
export const createCrowd = async (server: BenchServer, prefix: string, lua = findScript.lua) => {
  const { redis } = server
  const keys = createKeys(prefix)
  const findKeys = { ...keys, roomMailbox: keys.mailbox('room'), ledgerMailbox: keys.mailbox('ledger') }
  const sha = await load(server, lua)
  const today = Math.floor(Date.now() / 86_400_000)
  let calls = 0
  let update = 1
  await redis.set(keys.epoch, 'bench')

  /** People who have searched before: an earlier update, three partners. */
  const recordOf = (n: number, since: number | '' = '') =>
    `|${since}|1.${today}|${7_000_000_000 + n},${7_100_000_000 + n},${7_200_000_000 + n}`
  const chunked = async (count: number, each: (from: number, to: number) => Promise<unknown>) => {
    for (let from = 0; from < count; from += 5_000) await each(from, Math.min(from + 5_000, count))
  }
  const range = <Value>(from: number, to: number, of: (n: number) => Value): Value[] =>
    Array.from({ length: to - from }, (_, i) => of(from + i))

  const crowd = {
    keys,
    person: (n: number) => String(5_000_000_000 + n),
    chat: (n: number) => String(-1_002_400_000_000 - n),
    /** People who do nothing yet. */
    addPeople: (from: number, count: number) =>
      chunked(count, (a, b) =>
        redis.hset(keys.people, ...range(from + a, from + b, (n) => [crowd.person(n), recordOf(n)]).flat()),
      ),
    /** People who wait, for a second at least. */
    addWaiting: (from: number, count: number) =>
      chunked(count, async (a, b) => {
        const now = Date.now()
        const some = range(from + a, from + b, (n) => n)
        await redis.hset(
          keys.people,
          ...some.flatMap((n) => [crowd.person(n), recordOf(n, now - 1_000 - (n % 60_000))]),
        )
        await redis.sadd(keys.waiting, ...some.map(crowd.person))
        await redis.zadd(keys.waits, ...some.flatMap((n) => [now + SETTINGS.waitMaxMs - (n % 60_000), crowd.person(n)]))
      }),
    addStock: (from: number, count: number) =>
      chunked(count, async (a, b) => {
        await redis.hset(keys.groups, ...range(from + a, from + b, (n) => [crowd.chat(n), 'stock']).flat())
        await redis.sadd(keys.stock, ...range(from + a, from + b, (n) => `${crowd.chat(n)}:1`))
      }),
    /** Rooms in which two people sit each. */
    addRooms: (from: number, count: number) =>
      chunked(count, async (a, b) => {
        const now = Date.now()
        const some = range(from + a, from + b, (n) => {
          const [one, two] = [crowd.person(2 * n), crowd.person(2 * n + 1)]
          const id = `bench${String(n).padStart(7, '0')}`
          const json = `{"id":"${id}","stage":"open","version":3,"a":"${one}","b":"${two}","chat":"${crowd.chat(n)}","host":"1","at":${now},"since":${now},"deadline":${now + n},"enteredA":${now},"enteredB":${now},"dressed":true}`
          return { id, one, two, chat: crowd.chat(n), deadline: now + n, json }
        })
        await redis.hset(keys.rooms, ...some.flatMap(({ id, json }) => [id, json]))
        await redis.zadd(keys.open, ...some.flatMap(({ id, deadline }) => [deadline, id]))
        await redis.hset(keys.groups, ...some.flatMap(({ id, chat }) => [chat, id]))
        await redis.hset(
          keys.people,
          ...some.flatMap(({ id, one, two }, i) =>
            [one, two].flatMap((user) => [user, id + recordOf(from + a + i, now)]),
          ),
        )
      }),
    /** The finds of some people, as many of them in one call as said; `look` as in the product. */
    find: (users: readonly string[], together: number, look = 4): Promise<unknown[]> => {
      const wishes: (string | number)[][] = []
      for (let i = 0; i < users.length; i += together) {
        const some = users.slice(i, i + together)
        const nonce = `b${String(++calls).padStart(11, '0')}`
        update++
        wishes.push(valuesOf(findScript, findKeys, { nonce, ...SETTINGS, look }, [...some, ...some.map(() => update)]))
      }
      return callAll(server, sha, findScript.keys.length, wishes)
    },
    /** The re-match tick. */
    match: (look: number) =>
      callAll(server, sha, findScript.keys.length, [
        valuesOf(findScript, findKeys, { nonce: 'match', ...SETTINGS, look }),
      ]),
    /** Forgets everything but the epoch. */
    clear: async () => {
      const { people, waiting, first, waits, stock, groups, rooms, inviting, open, closing } = keys
      await redis.del(people, waiting, first, waits, stock, groups, rooms, inviting, open, closing)
      await redis.del(findKeys.roomMailbox, findKeys.ledgerMailbox)
    },
    /** Has the server finish the growing of its tables: it does so bit by bit, with each look into one of them. */
    settle: async () => {
      const looks = Array.from({ length: 10_000 }, () => 'nobody')
      for (let i = 0; i < 110; i++)
        await redis
          .pipeline()
          .smismember(keys.waiting, ...looks)
          .zmscore(keys.waits, ...looks)
          .zmscore(keys.open, ...looks)
          .hmget(keys.people, ...looks)
          .hmget(keys.rooms, ...looks)
          .hmget(keys.groups, ...looks)
          .exec()
    },
  }
  return crowd
}
export type Crowd = Awaited<ReturnType<typeof createCrowd>>
