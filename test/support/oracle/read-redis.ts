import type { Redis } from 'ioredis'
import type { Keys } from '../../../src/redis/keys.js'
import { STAGES, type Room, type Stage } from '../../../src/redis/rooms.js'

export interface Person {
  where: string
  since: string
  mark: string
  recents: string[]
}

/** The live state at one instant. */
export interface LiveSnapshot {
  epoch: string | null
  now: number
  people: Map<string, Person>
  waiting: Set<string>
  first: Set<string>
  waits: Map<string, number>
  rooms: Map<string, Room>
  stages: Record<Stage, Map<string, number>>
  groups: Map<string, string>
  /** The members as they are: `chat:host`. */
  stock: string[]
  /** Milliseconds that each lease still has: -1 for one that never ends. Room leases by room, others by name. */
  roomLeases: Map<string, number>
  leases: Map<string, number>
  /** What lies in each stream, by the stream's name: `mailbox:room`, `dead-letters`. */
  streams: Map<string, number>
}

/** Reads what one transaction can see: nothing moves meanwhile, so every rule about it holds at any instant. */
export async function readRedis(redis: Redis, keys: Keys): Promise<LiveSnapshot> {
  const replies = await redis
    .multi()
    .get(keys.epoch)
    .time()
    .hgetall(keys.people)
    .smembers(keys.waiting)
    .smembers(keys.first)
    .zrange(keys.waits, '0', '-1', 'WITHSCORES')
    .hgetall(keys.rooms)
    .zrange(keys.inviting, '0', '-1', 'WITHSCORES')
    .zrange(keys.open, '0', '-1', 'WITHSCORES')
    .zrange(keys.closing, '0', '-1', 'WITHSCORES')
    .hgetall(keys.groups)
    .smembers(keys.stock)
    .exec()
  if (!replies) throw new Error('Redis gave up the transaction')
  const values = replies.map(([error, value]) => {
    if (error) throw error
    return value
  })
  const [epoch, time, people, waiting, first, waits, rooms, inviting, open, closing, groups, stock] = values
  const [seconds, micros] = time as [string, string]
  const stageSets = [inviting, open, closing].map(scoresOf)
  return {
    epoch: epoch as string | null,
    now: Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000),
    people: mapOf(people, personOf),
    waiting: new Set(waiting as string[]),
    first: new Set(first as string[]),
    waits: scoresOf(waits),
    rooms: mapOf(rooms, (json) => JSON.parse(json) as Room),
    stages: Object.fromEntries(STAGES.map((stage, i) => [stage, stageSets[i]])) as Record<Stage, Map<string, number>>,
    groups: mapOf(groups, (place) => place),
    stock: stock as string[],
    ...(await readOthers(redis, keys)),
  }
}

/** Keys with names of their own are found by a scan, a moment later. */
async function readOthers(redis: Redis, keys: Keys): Promise<Pick<LiveSnapshot, 'roomLeases' | 'leases' | 'streams'>> {
  const base = keys.epoch.slice(0, -'epoch'.length)
  const roomLeases = new Map<string, number>()
  const leases = new Map<string, number>()
  const streams = new Map<string, number>()
  const seen = new Set<string>()
  const scan = redis.scanStream({ match: `${base}*`, count: 1_000 }) as AsyncIterable<string[]>
  for await (const found of scan) for (const key of found) seen.add(key)
  for (const key of seen) {
    const name = key.slice(base.length)
    const left = (): Promise<number> => redis.pttl(key)
    // -2: it has ended since the scan.
    if (key.startsWith(keys.roomLeasePrefix)) keep(roomLeases, key.slice(keys.roomLeasePrefix.length), await left())
    else if (name.startsWith('lease:')) keep(leases, name.slice('lease:'.length), await left())
    else if (name.startsWith('mailbox:') || key === keys.deadLetters) streams.set(name, await redis.xlen(key))
  }
  return { roomLeases, leases, streams }
}

const keep = (into: Map<string, number>, name: string, leftMs: number): void => {
  if (leftMs !== -2) into.set(name, leftMs)
}

const mapOf = <T>(hash: unknown, read: (value: string) => T): Map<string, T> =>
  new Map(Object.entries(hash as Record<string, string>).map(([key, value]) => [key, read(value)]))

const scoresOf = (flat: unknown): Map<string, number> => {
  const values = flat as string[]
  const scores = new Map<string, number>()
  for (let i = 0; i + 1 < values.length; i += 2) scores.set(values[i] ?? '', Number(values[i + 1]))
  return scores
}

const personOf = (record: string): Person => {
  const [where = '', since = '', mark = '', recents = ''] = record.split('|')
  return { where, since, mark, recents: recents === '' ? [] : recents.split(',') }
}
