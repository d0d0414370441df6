import type { User } from 'telegraf/types'
import { userId, type UserId } from '../ids.js'
import type { Profile, UsersTable } from '../postgres/users.js'

/** One person's wish, by the update that carried it. */
export interface Asked {
  readonly user: UserId
  readonly update: number
  readonly profile: Profile
}

/** What a command does. What it has to say goes through the courier. */
export type Command = (asked: Asked) => Promise<void>

export const isRegistered = ({ gender, nickname }: Profile): boolean => gender !== null && nickname !== null

/** The end of a ban as it is told; nothing for one without an end. */
export const endOf = (bannedUntil: number): { until?: number } =>
  bannedUntil === Infinity ? {} : { until: bannedUntil }

/** Telegram's own words for "no language known". */
const UNKNOWN_LANGUAGE = 'en'

/** How exactly it is known when somebody was here last: not every message is written down. */
const SEEN_MS = 300_000

/** Knows the people who write. */
export const createPeople = (users: Pick<UsersTable, 'profile' | 'upsertOnStart'>) => ({
  /** Whoever wrote to the bot in private: stored at once, and again when their name or language changed. */
  meet: async (from: User, update: number): Promise<Asked> => {
    const user = userId(from.id)
    const username = from.username ?? null
    const language = from.language_code ?? UNKNOWN_LANGUAGE
    const known = await users.profile(user)
    const current =
      known?.username === username &&
      known.language === language &&
      known.reachable &&
      Date.now() - known.seenAt < SEEN_MS
    const profile = known && current ? known : await users.upsertOnStart({ user, username, language, update })
    return { user, update, profile }
  },

  /** Whoever wrote in a group, when the bot may write to them in private; undefined otherwise. */
  recall: async (from: User, update: number): Promise<Asked | undefined> => {
    const user = userId(from.id)
    const profile = await users.profile(user)
    return profile?.reachable ? { user, update, profile } : undefined
  },
})
export type People = ReturnType<typeof createPeople>
