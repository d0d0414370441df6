import { LRUCache } from 'lru-cache'
import type { UserId } from '../ids.js'
import type { Logger } from '../logger.js'
import { isPostgresAway } from './errors.js'
import type { Profile, UsersTable } from './users.js'

/** So many people, for so long after they were looked up last: whoever is in the middle of something, and few others. */
const REMEMBERED = 50_000
const REMEMBERED_FOR_MS = 3_600_000

/**
 * The table of people, which still knows those whom this process met lately while Postgres is away: Redis decides, so
 * they can search, meet and leave all the same. From memory it answers only then, and what another process has changed
 * within the last hour may be missing in that: a language, a nickname. Bans are not judged by it, Redis refuses the banned.
 */
export const rememberProfiles = (users: UsersTable, logger: Logger): UsersTable => {
  const last = new LRUCache<UserId, Profile>({ max: REMEMBERED, ttl: REMEMBERED_FOR_MS })
  let away = false

  /** What is known about each of `people`, when that is why Postgres did not say it; throws its error otherwise. */
  const recall = (people: readonly UserId[], error: unknown): Profile[] => {
    const known = isPostgresAway(error) ? people.flatMap((user) => last.get(user) ?? []) : []
    if (known.length < people.length || known.length === 0) throw error
    if (!away)
      logger.warn({ event: 'profiles_from_memory' }, 'Postgres is away: people met lately are served from memory')
    away = true
    return known.map((profile) => ({ ...profile, bannedUntil: null }))
  }

  const remembered = async <Found extends Profile | null>(
    user: UserId,
    asked: Promise<Found>,
  ): Promise<Found | Profile> => {
    try {
      const found = await asked
      away = false
      if (found) last.set(user, found)
      else last.delete(user)
      return found
    } catch (error) {
      const [known] = recall([user], error)
      if (known) return known
      throw error
    }
  }

  /** A write changes what is known: it is read again before it is remembered again. */
  const changing =
    <Args extends unknown[], Result>(write: (user: UserId, ...args: Args) => Promise<Result>) =>
    (user: UserId, ...args: Args): Promise<Result> => {
      last.delete(user)
      return write(user, ...args)
    }

  return {
    ...users,
    profile: (user) => remembered(user, users.profile(user)),
    // That they were here, and under which name, is written when they come again.
    upsertOnStart: (person) => remembered(person.user, users.upsertOnStart(person)),
    names: async (people) => {
      try {
        return await users.names(people)
      } catch (error) {
        return new Map(recall(people, error).map((profile) => [profile.user, profile]))
      }
    },
    markInformed: async (user) => {
      await users.markInformed(user).catch((error: unknown) => {
        // They read it once more before the next room, which is better than no invitation.
        if (!isPostgresAway(error)) throw error
      })
    },
    setGender: changing(users.setGender),
    setNickname: changing(users.setNickname),
    setMailings: changing(users.setMailings),
    setPendingCommand: changing(users.setPendingCommand),
    setReachable: changing(users.setReachable),
    forget: changing(users.forget),
  }
}
