import { LeaseLostError } from '../errors.js'
import { hostMailbox } from '../mailboxes.js'
import { chatId, type ChatId, type HostId, type InstanceId, type RoomId } from '../ids.js'
import { runScript, type RedisClient } from './define-script.js'
import type { Keys } from './keys.js'
import { leaseNames } from './lease-names.js'
import { parseStocked, type StockedGroup } from './records.js'
import {
  countStockScript,
  forgetGroupScript,
  locateGroupScript,
  retireGroupScript,
  stockGroupScript,
} from './scripts.js'

/** Where a group is: every group is in exactly one place (I4). */
export type Place = 'stock' | 'disposing' | RoomId

/** With what a process took the lease of the host in whose name it writes. */
export interface HostLease {
  readonly holder: InstanceId
  readonly token: string
}

/**
 * Where groups are. With `lease`, whatever is changed is refused with LeaseLostError once the host's lease is not this
 * one any more: a process that stood still for longer than it may must not go on where another works by now.
 */
export const createGroups = (redis: RedisClient, keys: Keys, lease?: HostLease) => {
  const holding = lease === undefined ? '' : `${lease.holder}:${lease.token}`
  const of = (host: HostId) => ({
    ...keys,
    lease: keys.lease(leaseNames.host(host)),
    hostMailbox: keys.mailbox(hostMailbox(host)),
    ledgerMailbox: keys.mailbox('ledger'),
  })
  const held = async <Reply extends string>(host: HostId, asked: Promise<Reply | 'not_holder'>): Promise<Reply> => {
    const reply = await asked
    if (reply === 'not_holder') throw new LeaseLostError(leaseNames.host(host))
    return reply
  }
  return {
    /** How many groups are ready to hold a room, for who only looks: it is 0 while Redis is being rebuilt. */
    size: (): Promise<number> => redis.scard(keys.stock),
    /** The same for who acts on it. Throws RebuildingError. */
    sizeForSure: (): Promise<number> => runScript(redis, countStockScript, keys, {}),
    /** Puts a prepared group into stock; `known` when it has a place already. */
    add: (chat: ChatId, host: HostId): Promise<'stocked' | 'known'> =>
      held(host, runScript(redis, stockGroupScript, of(host), { chat, host, holding })),
    /** The group is gone from Telegram. */
    forget: (chat: ChatId, host: HostId): Promise<'forgotten' | 'in_use' | 'unknown'> =>
      held(host, runScript(redis, forgetGroupScript, of(host), { chat, holding })),
    /** Takes a group out of stock to be disposed of. */
    retire: (chat: ChatId, host: HostId): Promise<'retired' | 'in_use' | 'unknown'> =>
      held(host, runScript(redis, retireGroupScript, of(host), { chat, host, holding })),
    /** Where the group is; undefined for one that is not ours. Throws RebuildingError. */
    place: async (chat: ChatId): Promise<Place | undefined> =>
      (await runScript(redis, locateGroupScript, keys, { chat }))?.place as Place | undefined,
    /** Every group with its place. Grows with the number of rooms: for the reconciler, which pages. */
    places: async function* (): AsyncGenerator<[ChatId, Place]> {
      let cursor = '0'
      do {
        const [next, flat] = await redis.hscan(keys.groups, cursor, 'COUNT', 500)
        for (let i = 0; i + 1 < flat.length; i += 2) yield [chatId(flat[i] ?? ''), flat[i + 1] as Place]
        cursor = next
      } while (cursor !== '0')
    },
    /** The groups in stock, each with its host. */
    stocked: async (): Promise<StockedGroup[]> =>
      (await redis.smembers(keys.stock)).flatMap((member) => parseStocked(member) ?? []),
  }
}
export type Groups = ReturnType<typeof createGroups>
