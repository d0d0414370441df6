import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { chatId, hostId, userId, type ChatId, type HostId, type RoomId, type UserId } from '../../src/ids.js'
import type { MailboxName } from '../../src/mailboxes.js'
import { runScript } from '../../src/redis/define-script.js'
import { createGroups } from '../../src/redis/groups.js'
import { createKeys } from '../../src/redis/keys.js'
import { createRooms, type Room, type RoomSettings } from '../../src/redis/rooms.js'
import { finishRebuildScript } from '../../src/redis/scripts.js'
import { createWaitingSet, type MatchingSettings } from '../../src/redis/waiting-set.js'
import { redisUrl } from './servers.js'

export type LiveSettings = RoomSettings & MatchingSettings

const SETTINGS: LiveSettings = {
  entryMs: 60_000,
  idleMs: 120_000,
  maxAgeMs: 600_000,
  closingMs: 60_000,
  waitMaxMs: 3_600_000,
  waitConfirmMs: 60_000,
  cooldownMs: 60_000,
  cooldownMaxMs: 480_000,
  forgetMs: 86_400_000,
  prepareMs: 60_000,
  rematchAfterMs: 30_000,
}

export interface LiveOptions {
  /** Another server than the shared one. */
  url?: string
  settings?: Partial<LiveSettings>
  /** Leaves Redis as after a loss of its data: every script answers that it is being rebuilt. */
  rebuilding?: boolean
}

export const HOST: HostId = hostId(1)
export const EPOCH = 'first'
/** The n-th person; the n-th group. */
export const person = (n: number): UserId => userId(5_000_000_000 + n)
export const people = (count: number, from = 1): UserId[] => Array.from({ length: count }, (_, i) => person(from + i))
export const group = (n: number): ChatId => chatId(-1_002_400_000_000 - n)

/** The live state of one deployment for one spec: the stores, and shortcuts to the states that a test begins with. */
export async function createLiveState(options: LiveOptions = {}) {
  const prefix = `test-${randomBytes(6).toString('hex')}`
  const url = options.url ?? redisUrl()
  const connections: Redis[] = []
  const connect = (): Redis => {
    const connection = new Redis(url, { protocol: 2, maxRetriesPerRequest: null, lazyConnect: true })
    // Tests kill servers: what the test does next shows whether the connection came back.
    connection.on('error', () => undefined)
    connections.push(connection)
    return connection
  }
  const redis = connect()
  const keys = createKeys(prefix)
  const settings = { ...SETTINGS, ...options.settings }
  const storesOn = (on: Redis, changed: Partial<LiveSettings> = {}) => ({
    waitingSet: createWaitingSet(on, keys, { ...settings, ...changed }),
    rooms: createRooms(on, keys, { ...settings, ...changed }),
    groups: createGroups(on, keys),
  })
  const stores = storesOn(redis)
  const { waitingSet, rooms, groups } = stores
  const finishRebuild = async () => {
    await redis.set(keys.rebuild, EPOCH)
    return runScript(redis, finishRebuildScript, keys, { value: EPOCH, pausedBy: '' })
  }
  if (!options.rebuilding) await finishRebuild()

  let update = 0
  let groupsMade = 0
  /** The next update id: greater than every one before. */
  const nextUpdate = (): number => ++update
  const room = async (id: RoomId): Promise<Room> => {
    const found = await rooms.get(id)
    if (!found) throw new Error(`there is no room ${id}`)
    return found
  }
  const stock = async (count: number, host: HostId = HOST): Promise<ChatId[]> => {
    const chats = Array.from({ length: count }, () => group(++groupsMade))
    for (const chat of chats) await groups.add(chat, host)
    return chats
  }
  const find = (user: UserId) => waitingSet.find(user, nextUpdate())
  /** Two people who wait for nobody else are paired; `a` and `b` as the room has them. */
  const pair = async (one: UserId, two: UserId): Promise<Room> => {
    await stock(1)
    await find(one)
    const reply = await find(two)
    if (reply.tag !== 'paired') throw new Error(`not paired: ${JSON.stringify(reply)}`)
    return room(reply.room)
  }
  const invited = async (one: UserId, two: UserId): Promise<Room> => {
    const { id, version } = await pair(one, two)
    await rooms.invite(id, version, `https://t.me/+${id}`)
    return room(id)
  }
  const opened = async (one: UserId, two: UserId): Promise<Room> => {
    const { id } = await invited(one, two)
    await rooms.enter(id, one)
    await rooms.enter(id, two)
    return room(id)
  }
  /** What lies in a mailbox, oldest first. */
  const mailbox = async (name: MailboxName): Promise<Record<string, string>[]> =>
    (await redis.xrange(keys.mailbox(name), '-', '+')).map(([, fields]) => pairsOf(fields))
  /** What lies in a mailbox; afterwards it is empty. */
  const drain = async (name: MailboxName): Promise<Record<string, string>[]> => {
    const messages = await mailbox(name)
    await redis.del(keys.mailbox(name))
    return messages
  }
  const drainAll = async (): Promise<void> => {
    for (const name of ['room', 'courier', 'ledger', `host:${HOST}`] as const) await drain(name)
  }
  /** The notices to one person, with their arguments parsed. */
  const notices = async (user: UserId): Promise<{ notice: string; args: Record<string, unknown> }[]> =>
    (await mailbox('courier'))
      .filter(({ to }) => to === user)
      .map(({ notice = '', args = '{}' }) => ({ notice, args: JSON.parse(args) as Record<string, unknown> }))
  const record = async (user: UserId): Promise<string | null> => redis.hget(keys.people, user)

  /** Removes every key of this spec; the connections stay. */
  const clear = async (): Promise<void> => {
    const stream = redis.scanStream({ match: `{${prefix}}:*`, count: 1_000 }) as AsyncIterable<string[]>
    for await (const found of stream) if (found.length > 0) await redis.unlink(...found)
  }

  return {
    ...stores,
    redis,
    keys,
    prefix,
    settings,
    connect,
    /** The stores on another connection, or with other settings. */
    storesOn,
    finishRebuild,
    nextUpdate,
    room,
    stock,
    find,
    pair,
    invited,
    opened,
    mailbox,
    drain,
    drainAll,
    notices,
    record,
    clear,
    /** Begins anew with an empty, whole live state. */
    reset: async (): Promise<void> => {
      await clear()
      if (!options.rebuilding) await finishRebuild()
    },
    close: async (): Promise<void> => {
      await clear()
      for (const connection of connections) connection.disconnect()
    },
  }
}
export type LiveState = Awaited<ReturnType<typeof createLiveState>>

/** A flat list of fields and values as an object. */
export const pairsOf = (fields: readonly string[]): Record<string, string> =>
  Object.fromEntries(fields.flatMap((field, i) => (i % 2 === 0 ? [[field, fields[i + 1] ?? '']] : [])))

/** Random numbers from a seed (mulberry32), so that a run can be repeated. */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
