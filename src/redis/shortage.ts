import { VisavisError } from '../errors.js'
import type { HostRow } from '../postgres/hosts.js'
import { runScript, type RedisClient } from './define-script.js'
import type { Keys } from './keys.js'
import { redisNow } from './redis-now.js'
import { beginShortageScript, endShortageScript } from './scripts.js'

/** How many of those who wait are told at once; the others read it when they ask. The courier has more to say. */
const TOLD = 500
/** A host that rests for no longer than this is as good as working: nobody is told for a moment's sake. */
export const MOMENT_MS = 10_000

/** No group is in stock and no host can make one. */
export interface ShortageState {
  /** By Redis' clock: who waited already was told then; 0 while nobody has been told. */
  readonly at: number
}

export interface ShortageDeps {
  readonly redis: RedisClient
  readonly keys: Keys
  readonly hosts: { readonly list: () => Promise<readonly HostRow[]> }
  /** How many groups a host may create a day. */
  readonly groupBudget: number
  /** Whether this error says that nothing gets through to Postgres, rather than that one look failed. */
  readonly isAway: (error: unknown) => boolean
}

/** An older version wrote more behind it. */
const parse = (value: string | null): ShortageState | undefined => {
  const [at] = /^\d+/.exec(value ?? '') ?? []
  return at === undefined ? undefined : { at: Number(at) }
}

/** Whether a host can make a group now or in a moment, as far as Postgres knows. */
const canMake = ({ status, parkedUntil, floodUntil, usedToday }: HostRow, now: number, budget: number): boolean => {
  if (status === 'quarantined' || status === 'draining' || usedToday >= budget) return false
  const restsUntil = Math.max(status === 'parked' ? (parkedUntil ?? 0) : 0, floodUntil ?? 0)
  return restsUntil - now <= MOMENT_MS
}

/**
 * When no host can make groups and none is left: nobody is paired without a group, so pairing stands still. Whoever
 * begins to search reads it in the answer; those who wait are told, once when it begins and once when it is over, which
 * `createShortageJob` decides.
 */
export const createShortage = ({ redis, keys, hosts, groupBudget, isAway }: ShortageDeps) => {
  const fixed = { ...keys, courierMailbox: keys.mailbox('courier') }
  /** Undefined when it is not known. While Postgres is away nobody makes groups: the intent comes first. */
  const canSomebodyMake = async (now: number): Promise<boolean | undefined> => {
    try {
      return (await hosts.list()).some((row) => canMake(row, now, groupBudget))
    } catch (error) {
      if (isAway(error)) return false
      if (error instanceof VisavisError && error.code.startsWith('postgres_')) return undefined
      throw error
    }
  }
  const standing = async () => {
    const [value, stock] = await Promise.all([redis.get(keys.shortage), redis.scard(keys.stock)])
    return { begun: parse(value), isStocked: stock > 0 }
  }

  return {
    /**
     * How things are by Redis' clock: whether it has `begun`, whether a group is there, and whether a host can make some,
     * which is not asked while none is needed.
     */
    read: async () => {
      const [found, now] = await Promise.all([standing(), redisNow(redis)])
      const canMake = found.isStocked && !found.begun ? undefined : await canSomebodyMake(now)
      return { ...found, canMake, now }
    },

    /** What is to be said to somebody who asks. Undefined while there is no shortage, as far as is known. */
    look: async (): Promise<ShortageState | undefined> => {
      const { begun, isStocked } = await standing()
      if (isStocked) return undefined
      return begun ?? ((await canSomebodyMake(await redisNow(redis))) === false ? { at: 0 } : undefined)
    },

    /** It is one, since `at`: those who waited before are told, or nobody (`isQuiet`). Throws RebuildingError. */
    begin: (at: number, isQuiet: boolean): Promise<'begun' | 'known' | 'stocked'> =>
      runScript(redis, beginShortageScript, fixed, { at, limit: isQuiet ? 0 : TOLD }),

    /** It is over, and those who wait are told, or nobody (`isQuiet`). Throws RebuildingError. */
    end: (isQuiet: boolean): Promise<'ended' | 'none'> =>
      runScript(redis, endShortageScript, fixed, { limit: isQuiet ? 0 : TOLD }),
  }
}
export type Shortage = ReturnType<typeof createShortage>
