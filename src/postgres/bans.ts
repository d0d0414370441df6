import type { UserId } from '../ids.js'
import { inTransaction, type Connection } from './database.js'
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
const list = anyRows<{ endedS: number }, Ban>('bans/list')
const end = anyRows<{ user: UserId | null; limit: number }, { user: UserId }>('bans/end')
type NewBan = Omit<Ban, 'at'>

const put = noRows<NewBan & { at: number | null }>('bans/put')
const remove = maybeRow<{ user: UserId }, object>('bans/remove')

/** People who may not use the service. */
export const bansTable = (on: Connection) => ({
  /** The ban of a person that is in force now, or null. */
  isBanned: (user: UserId): Promise<Ban | null> => get(on, { user }),
  /** Those in force; with `endedS` also those that ended less than so many seconds ago, as far as they are not lifted yet. */
  list: (endedS = 0): Promise<Ban[]> => list(on, { endedS }),
  /** Bans a person; replaces an earlier ban. `at`: when, by Redis' clock, by which the ledger tells bans that were lifted since. */
  ban: (ban: NewBan & { at?: number }): Promise<void> => put(on, { ...ban, at: ban.at ?? null }),
  /**
   * Forgets some bans whose end has passed, or that of `user`. `lift` lets each of these people search again before
   * anybody else may ban them anew: a ban made in the same moment holds. Gives whose bans they were.
   */
  end: (
    lift: (user: UserId) => Promise<unknown>,
    { user = null, limit = 1 }: { user?: UserId | null; limit?: number },
  ): Promise<UserId[]> =>
    inTransaction(on, async (tx) => {
      const ended = (await end(tx, { user, limit })).map((row) => row.user)
      for (const one of ended) await lift(one)
      return ended
    }),
  /** Lifts a ban; false when there was none in force. */
  unban: async (user: UserId): Promise<boolean> => (await remove(on, { user })) !== null,
})
export type BansTable = ReturnType<typeof bansTable>
