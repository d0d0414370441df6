import { LRUCache } from 'lru-cache'
import type { UserId } from '../ids.js'
import { PostgresError } from './errors.js'
import type { Profile, UsersTable } from './users.js'

/** So many people, for so long after they were looked up last: whoever is in the middle of something, and few others. */
const REMEMBERED = 50_000
const REMEMBERED_FOR_MS = 3_600_000

const isAway = (error: unknown): boolean => error instanceof PostgresError && error.retryable

/**
 * The table of people, which still knows those who were here lately while Postgres is away: Redis decides, so they can
 * search, meet and leave all the same. Profiles change only in Postgres, so what was read last stays true until it is
 * back; the moment before, at most one change of this person's is missing. From memory it answers only then.
 */
export const rememberProfiles = (users: UsersTable): UsersTable => {
  const last = new LRUCache<UserId, Profile>({ max: REMEMBERED, ttl: REMEMBERED_FOR_MS })

  /** A read or write that gives a profile: kept, and given again while Postgres is away. */
  const remembered = async <Found extends Profile | null>(
    user: UserId,
    ask: Promise<Found>,
  ): Promise<Found | Profile> => {
    try {
      const found = await ask
      if (found) last.set(user, found)
      else last.delete(user)
      return found
    } catch (error) {
      const known = isAway(error) ? last.get(user) : undefined
      if (known) return known
      throw error
    }
  }

  return {
    ...users,
    profile: (user) => remembered(user, users.profile(user)),
    upsertOnStart: (person) => remembered(person.user, users.upsertOnStart(person)),
    names: async (people) => {
      try {
        return await users.names(people)
      } catch (error) {
        const known = people.flatMap((user) => last.get(user) ?? [])
        if (!isAway(error) || known.length < people.length) throw error
        return new Map(known.map((profile) => [profile.user, profile]))
      }
    },
    markInformed: async (user) => {
      await users.markInformed(user).catch((error: unknown) => {
        // They read it once more before the next room, which is better than no invitation.
        if (!isAway(error)) throw error
      })
    },
  }
}
