import type { UserId } from '../ids.js'
import type { Connection } from './database.js'
import { anyRows, maybeRow, noRows } from './queries.js'

/** A ban in force. `until` in milliseconds, null for good; `by` is who made it. */
export interface Ban {
  readonly user: UserId
  readonly until: number | null
  readonly reason: string
  readonly by: string
  readonly at: number
}

const get = maybeRow<{ user: UserId }, Ban>('bans/get')
const list = anyRows<object, Ban>('bans/list')
type NewBan = Omit<Ban, 'at'>

const put = noRows<NewBan & { at: number | null }>('bans/put')
const remove = maybeRow<{ user: UserId }, object>('bans/remove')

/** People who may not use the service. */
export const bansTable = (on: Connection) => ({
  /** The ban of a person that is in force now, or null. */
  isBanned: (user: UserId): Promise<Ban | null> => get(on, { user }),
  list: (): Promise<Ban[]> => list(on, {}),
  /** Bans a person; replaces an earlier ban. `at`: when, by Redis' clock, by which the ledger tells bans that were lifted since. */
  ban: (ban: NewBan & { at?: number }): Promise<void> => put(on, { ...ban, at: ban.at ?? null }),
  /** Lifts a ban; false when there was none in force. */
  unban: async (user: UserId): Promise<boolean> => (await remove(on, { user })) !== null,
})
export type BansTable = ReturnType<typeof bansTable>
