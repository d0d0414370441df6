import { VisavisError } from '../errors.js'
import type { UserId } from '../ids.js'
import type { HostRow } from '../postgres/hosts.js'
import { runScript, type RedisClient } from './define-script.js'
import type { Keys } from './keys.js'
import { redisNow } from './redis-now.js'
import { beginShortageScript, endShortageScript } from './scripts.js'

/** How many of those who wait are told at once; the others read it when they ask. The courier has more to say. */
const TOLD = 500
/** A host that rests for no longer than this is as good as working: nobody is told for a moment's sake. */
const MOMENT_MS = 10_000

/** No group is in stock and no host can make one. */
export interface ShortageState {
  /** Since when, by Redis' clock: who waited already was told then. */
  readonly at: number
  /** Whose answer brought it to light, and tells them. */
  readonly asking: string
}

export interface ShortageDeps {
  readonly redis: RedisClient
  readonly keys: Keys
  readonly hosts: { readonly list: () => Promise<readonly HostRow[]> }
  /** How many groups a host may create a day. */
  readonly groupBudget: number
}

const parse = (value: string | null): ShortageState | undefined => {
  const [, at, asking = ''] = /^(\d+)\|(\d*)$/.exec(value ?? '') ?? []
  return at === undefined ? undefined : { at: Number(at), asking }
}

/** Whether a host can make a group now or in a moment, as far as Postgres knows. */
const canMake = ({ status, parkedUntil, floodUntil, usedToday }: HostRow, now: number, budget: number): boolean => {
  if (status === 'quarantined' || status === 'draining' || usedToday >= budget) return false
  const restsUntil = Math.max(status === 'parked' ? (parkedUntil ?? 0) : 0, floodUntil ?? 0)
  return restsUntil - now <= MOMENT_MS
}

/**
 * When no host can make groups and none is left: nobody is paired without a group, so pairing stands still, and those who
 * wait are told, once when it begins and once when it is over. Whoever begins to search meanwhile reads it in the answer.
 */
export const createShortage = ({ redis, keys, hosts, groupBudget }: ShortageDeps) => {
  const fixed = { ...keys, courierMailbox: keys.mailbox('courier') }
  const read = async () => {
    const [value, stock] = await Promise.all([redis.get(keys.shortage), redis.scard(keys.stock)])
    return { standing: parse(value), stocked: stock > 0 }
  }
  /** While Postgres is away nobody makes groups: the intent comes first. */
  const somebodyCanMake = async (): Promise<boolean> => {
    try {
      const [rows, now] = await Promise.all([hosts.list(), redisNow(redis)])
      return rows.some((row) => canMake(row, now, groupBudget))
    } catch (error) {
      if (error instanceof VisavisError && error.code.startsWith('postgres_')) return false
      throw error
    }
  }

  return {
    /**
     * Whether there is one. Whoever sees it first begins it, and all who wait are told, but `asking`, who reads it in the
     * answer. Throws RebuildingError.
     */
    look: async (asking: UserId | '' = ''): Promise<ShortageState | undefined> => {
      const { standing, stocked } = await read()
      if (stocked) return undefined
      if (standing) return standing
      if (await somebodyCanMake()) return undefined
      await runScript(redis, beginShortageScript, fixed, { asking, limit: TOLD })
      return parse(await redis.get(keys.shortage))
    },

    /** Why the one that stands is over: a host `can` make groups again, or one is in `stock`. Undefined for none, and while it lasts. */
    passed: async (): Promise<'can' | 'stock' | undefined> => {
      const { standing, stocked } = await read()
      if (!standing) return undefined
      if (await somebodyCanMake()) return 'can'
      return stocked ? 'stock' : undefined
    },

    /** It is over, and those who wait are told. Throws RebuildingError. */
    end: (): Promise<'ended' | 'none'> => runScript(redis, endShortageScript, fixed, { limit: TOLD }),
  }
}
export type Shortage = ReturnType<typeof createShortage>
