import type { Redis } from 'ioredis'
import type { Connection } from '../../src/postgres/database.js'
import type { Keys } from '../../src/redis/keys.js'
import { World } from '../../src/sandbox/world/world.js'
import { checkPostgres } from './oracle/check-postgres.js'
import { checkRedis, checkSettled } from './oracle/check-redis.js'
import {
  checkScreens,
  checkTelegram,
  screensOf,
  telegramStateOf,
  type Claim,
  type Screens,
  type TelegramState,
} from './oracle/check-telegram.js'
import { readRedis } from './oracle/read-redis.js'
import { untilNone, type Patience } from './until.js'

export type { Claim, Screens, TelegramState } from './oracle/check-telegram.js'

export interface OracleInput {
  redis: Redis
  keys: Keys
  db?: Connection | undefined
  /** The sandbox's world, or what asks its control API for `/sandbox/state`. */
  world?: World | (() => Promise<TelegramState>) | undefined
  /** The Telegram users that own groups; read from Postgres when left out. */
  hosts?: readonly number[] | undefined
  /** For I8: what a text of the bot says of the person who reads it. */
  claimOf?: ((text: string) => Claim | undefined) | undefined
  /** The newest text of the bot per person; read from the world when that is given as such. */
  screens?: Screens | undefined
  /** Whether nothing moves any more: then the stores agree, nothing is overdue and no message lies about. */
  settled: boolean
  /** When settled: how long something may be overdue (default: ten seconds, as I9 says). */
  overdueMs?: number | undefined
  /** When settled: whether messages may have been given up, as where failures are injected. */
  allowDeadLetters?: boolean | undefined
}

/**
 * Compares what stands in Redis, Postgres and Telegram with what must always be true. Gives the violations in words,
 * each beginning with its id, `I1` … `I9`. What must hold at every instant is checked always, the rest when settled.
 */
export async function checkInvariants(input: OracleInput): Promise<string[]> {
  const { redis, keys, db, world, settled, claimOf } = input
  // The two cannot be read at one instant: a group that changes its place meanwhile is left out.
  const placesBefore = world && (await redis.hgetall(keys.groups))
  const telegram = world instanceof World ? telegramStateOf(world) : await world?.()
  const screens = input.screens ?? (world instanceof World ? screensOf(world) : undefined)
  const live = await readRedis(redis, keys)
  const found = checkRedis(live)
  if (settled) found.push(...checkSettled(live, input.overdueMs ?? 10_000, input.allowDeadLetters ?? false))
  if (settled && db) found.push(...(await checkPostgres(db, live)))
  if (telegram) {
    const hosts = new Set(input.hosts ?? (db ? await hostsIn(db) : []))
    const moved = [...live.groups].filter(([chat, place]) => placesBefore?.[chat] !== place).map(([chat]) => chat)
    const known = { hosts, unfinished: db && (await unfinishedIn(db)), moved: new Set(moved) }
    found.push(...checkTelegram(telegram, live, known, settled))
  }
  if (settled && screens && claimOf) found.push(...checkScreens(screens, claimOf, live))
  return found
}

/** Waits until everything has settled and nothing is wrong: what every end-to-end test ends with. */
export const untilAllIsTrue = (input: Omit<OracleInput, 'settled'>, patience: Patience = {}): Promise<void> =>
  untilNone('all invariants hold, and nothing is left to do', () => checkInvariants({ ...input, settled: true }), {
    withinMs: 10_000,
    everyMs: 50,
    ...patience,
  })

const hostsIn = async (db: Connection): Promise<number[]> =>
  (await db.any<{ user_id: string }>('SELECT user_id::text FROM hosts')).map(({ user_id }) => Number(user_id))

const unfinishedIn = async (db: Connection): Promise<Set<string>> =>
  new Set(
    (
      await db.any<{ chat_id: string }>(
        `SELECT chat_id::text FROM groups WHERE chat_id IS NOT NULL AND status IN ('preparing', 'disposing')`,
      )
    ).map(({ chat_id }) => chat_id),
  )
