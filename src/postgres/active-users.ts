import type { RoomId, UserId } from '../ids.js'
import type { Connection } from './database.js'
import { anyRows, oneRow } from './queries.js'

/** Where one person is: waiting, or paired in a room. Idle people have none. */
export interface ActiveUser {
  readonly user: UserId
  readonly state: 'waiting' | 'paired'
  /** Redis' milliseconds. */
  readonly since: number
  readonly room: RoomId | null
  readonly first: boolean
  /** The fact that wrote the row: as long as it is the same, nothing happened to the row. */
  readonly fact: string
}

export interface ActiveCounts {
  readonly waiting: number
  /** Those of the waiting who are first in line. */
  readonly firstInLine: number
  readonly paired: number
  readonly oldestWaitAt: number | null
}

/** Of an ActiveUser. */
const COLUMNS = 'user_id as "user", state, since, room_id as "room", first_in_line as "first", fact'

const page = anyRows<{ after: UserId | '0'; limit: number }, ActiveUser>('active-users/page', COLUMNS)
const byUsers = anyRows<{ users: readonly UserId[] }, ActiveUser>('active-users/by-users', COLUMNS)
const counts = oneRow<object, ActiveCounts>('active-users/counts')
const removeStale = anyRows<{ users: readonly UserId[]; facts: readonly string[] }, { user: UserId }>(
  'active-users/remove-stale',
)

/** The durable copy of who waits and who is paired. Written by the ledger; read for rebuilding and reconciling. */
export const activeUsersTable = (on: Connection) => ({
  /** Everybody, page by page in the order of their ids; each page is read when it is asked for. */
  pages: async function* (limit = 1_000): AsyncGenerator<readonly ActiveUser[]> {
    let after: UserId | '0' = '0'
    for (;;) {
      const rows: ActiveUser[] = await page(on, { after, limit })
      const last = rows.at(-1)
      if (last === undefined) return
      yield rows
      after = last.user
    }
  },
  /** The rows of those of `users` who have one. */
  byUsers: (users: readonly UserId[]): Promise<ActiveUser[]> => byUsers(on, { users }),
  counts: (): Promise<ActiveCounts> => counts(on, {}),
  /** Removes rows as they were read; those that changed meanwhile stay. Gives the people removed. */
  removeStale: async (stale: readonly ActiveUser[]): Promise<UserId[]> =>
    stale.length === 0
      ? []
      : (await removeStale(on, { users: stale.map(({ user }) => user), facts: stale.map(({ fact }) => fact) })).map(
          ({ user }) => user,
        ),
})
export type ActiveUsersTable = ReturnType<typeof activeUsersTable>
