import type { RoomId, UserId } from '../ids.js'
import type { Connection } from './database.js'
import { anyRows, maybeRow, noRows, oneRow } from './queries.js'

export const GENDERS = ['female', 'male', 'other'] as const
export type Gender = (typeof GENDERS)[number]

/** What is known about a person. Instants in milliseconds. Registered means: `gender` and `nickname` are both set. */
export interface Profile {
  readonly user: UserId
  readonly username: string | null
  readonly language: string
  readonly gender: Gender | null
  readonly nickname: string | null
  /** A command to go on with once registration is complete. */
  readonly pendingCommand: string | null
  readonly createdAt: number
  readonly seenAt: number
  /** False once the person blocked the bot or deleted the account. */
  readonly reachable: boolean
  /** When they were told that a partner sees their Telegram profile. */
  readonly informedAt: number | null
  /** Whether they want messages that go to many people. */
  readonly mailings: boolean
  /** End of a ban in force, Infinity for one without end. */
  readonly bannedUntil: number | null
}

/** Who was found by name. */
export type FoundUser = Pick<Profile, 'user' | 'username' | 'nickname' | 'seenAt' | 'reachable'>

/** A room of one person, without saying who the other one was. */
export interface RoomOfUser {
  readonly room: RoomId
  readonly stage: 'inviting' | 'open' | 'closing' | 'closed'
  readonly madeAt: number
  readonly closedAt: number | null
  readonly reason: string | null
}

/** Everything Postgres has about a person, as JSON with the names of the columns. Partners are left out: they are persons too. */
export interface ExportedUser {
  readonly profile: object | null
  readonly active: object | null
  readonly rooms: readonly object[]
  readonly broadcasts: readonly object[]
  readonly ban: object | null
  readonly audit: readonly object[]
}

type Guarded<P> = P & { user: UserId; update: number }

const start = oneRow<Guarded<{ username: string | null; language: string }>, Profile>('users/start')
const profile = maybeRow<{ user: UserId }, Profile>('users/profile')
const setGender = maybeRow<Guarded<{ gender: Gender }>, object>('users/set-gender')
const setNickname = maybeRow<Guarded<{ nickname: string }>, object>('users/set-nickname')
const setMailings = maybeRow<Guarded<{ mailings: boolean }>, object>('users/set-mailings')
const setPending = maybeRow<Guarded<{ command: string | null }>, object>('users/set-pending-command')
const markInformed = noRows<{ user: UserId }>('users/mark-informed')
const setReachable = noRows<{ user: UserId; reachable: boolean }>('users/set-reachable')
const names = anyRows<{ users: readonly UserId[] }, { user: UserId; language: string; nickname: string | null }>(
  'users/names',
)
const byUsername = anyRows<{ username: string; limit: number }, FoundUser>('users/by-username')
const find = anyRows<
  { username: string; nickname: string | null; user: UserId | null; limit: number; offset: number },
  FoundUser & { total: number }
>('users/find')
const exported = oneRow<{ user: UserId }, ExportedUser>('users/export')
const forget = oneRow<{ user: UserId }, { profile: boolean; rooms: number; banned: boolean }>('users/forget')
const countLiveRooms = oneRow<{ user: UserId }, { count: number }>('users/count-live-rooms')
const roomsOf = anyRows<{ user: UserId; limit: number }, RoomOfUser>('users/rooms')
const countByGender = anyRows<object, { gender: Gender | null; count: number }>('users/count-by-gender')

/** A regular expression for texts that contain this one in any case: the letters of a database in the C locale have none. */
const containing = (text: string): string =>
  [...text]
    .map((one) =>
      one.toLowerCase() === one.toUpperCase()
        ? one.replace(/[^\p{L}\p{N}\s]/u, '\\$&')
        : `(?:${one.toLowerCase()}|${one.toUpperCase()})`,
    )
    .join('')

/**
 * The people who wrote to the bot. Writes that carry an `update_id` are refused (they give false) when a newer update
 * of the same person was seen, so that replicas handling one person's updates side by side cannot undo each other;
 * several writes for one update are fine.
 */
export const usersTable = (on: Connection) => ({
  /** Stores a person at /start and gives what is known about them. `language` is Telegram's code, as it came. */
  upsertOnStart: (person: Guarded<{ username: string | null; language: string }>): Promise<Profile> =>
    start(on, person),
  profile: (user: UserId): Promise<Profile | null> => profile(on, { user }),
  setGender: async (user: UserId, gender: Gender, update: number): Promise<boolean> =>
    (await setGender(on, { user, gender, update })) !== null,
  setNickname: async (user: UserId, nickname: string, update: number): Promise<boolean> =>
    (await setNickname(on, { user, nickname, update })) !== null,
  setMailings: async (user: UserId, mailings: boolean, update: number): Promise<boolean> =>
    (await setMailings(on, { user, mailings, update })) !== null,
  /** Keeps a command for after registration; null forgets it. */
  setPendingCommand: async (user: UserId, command: string | null, update: number): Promise<boolean> =>
    (await setPending(on, { user, command, update })) !== null,
  /** Remembers that the person was told that a partner sees their Telegram profile. */
  markInformed: (user: UserId): Promise<void> => markInformed(on, { user }),
  setReachable: (user: UserId, reachable: boolean): Promise<void> => setReachable(on, { user, reachable }),
  /** Language and nickname of those of `users` who are known. */
  names: async (
    users: readonly UserId[],
  ): Promise<ReadonlyMap<UserId, { readonly language: string; readonly nickname: string | null }>> =>
    new Map((await names(on, { users })).map(({ user, ...rest }) => [user, rest])),
  /** Who has this username (in small letters), or had it when they were seen last: names change hands. */
  byUsername: (username: string, limit: number): Promise<FoundUser[]> => byUsername(on, { username, limit }),
  /**
   * People with this text in their username or nickname (any case), or with this id; the one seen last first. With an
   * `@` before it the text is looked for in usernames only. Reads all people.
   */
  find: async (
    text: string,
    { user, limit, offset }: { user: UserId | null; limit: number; offset: number },
  ): Promise<{ total: number; people: FoundUser[] }> => {
    const part = containing(text.replace(/^@/, ''))
    const nickname = text.startsWith('@') ? null : part
    const rows = await find(on, { username: part, nickname, user, limit, offset })
    return { total: rows[0]?.total ?? 0, people: rows.map(({ total: _total, ...person }) => person) }
  },
  export: (user: UserId): Promise<ExportedUser> => exported(on, { user }),
  /** Deletes the profile and makes the person's closed rooms anonymous. `banned`: a ban in force stays. */
  forget: (user: UserId): Promise<{ profile: boolean; rooms: number; banned: boolean }> => forget(on, { user }),
  /** In how many rooms that are not closed the person is. */
  countLiveRooms: async (user: UserId): Promise<number> => (await countLiveRooms(on, { user })).count,
  /** The person's rooms, newest first. */
  rooms: (user: UserId, limit: number): Promise<RoomOfUser[]> => roomsOf(on, { user, limit }),
  /** How many people there are of each gender; `unknown` did not say yet. */
  countByGender: async (): Promise<Record<Gender | 'unknown', number>> => {
    const counts = { female: 0, male: 0, other: 0, unknown: 0 }
    for (const { gender, count } of await countByGender(on, {})) counts[gender ?? 'unknown'] = count
    return counts
  },
})
export type UsersTable = ReturnType<typeof usersTable>
