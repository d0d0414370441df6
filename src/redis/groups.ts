import { hostMailbox } from '../mailboxes.js'
import { chatId, type ChatId, type HostId, type RoomId } from '../ids.js'
import { runScript, type RedisClient } from './define-script.js'
import type { Keys } from './keys.js'
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

export const createGroups = (redis: RedisClient, keys: Keys) => {
  const fixed = { ...keys, ledgerMailbox: keys.mailbox('ledger') }
  return {
    /** How many groups are ready to hold a room, for who only looks: it is 0 while Redis is being rebuilt. */
    size: (): Promise<number> => redis.scard(keys.stock),
    /** The same for who acts on it. Throws RebuildingError. */
    sizeForSure: (): Promise<number> => runScript(redis, countStockScript, keys, {}),
    /** Puts a prepared group into stock; `known` when it has a place already. */
    add: (chat: ChatId, host: HostId) => runScript(redis, stockGroupScript, fixed, { chat, host }),
    /** The group is gone from Telegram. */
    forget: (chat: ChatId) => runScript(redis, forgetGroupScript, keys, { chat }),
    /** Takes a group out of stock to be disposed of. */
    retire: (chat: ChatId, host: HostId) =>
      runScript(redis, retireGroupScript, { ...keys, hostMailbox: keys.mailbox(hostMailbox(host)) }, { chat, host }),
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
    stocked: async (): Promise<StockedGroup[]> => (await redis.smembers(keys.stock)).map(parseStocked),
  }
}
export type Groups = ReturnType<typeof createGroups>
