import type { Events } from '../events.js'
import type { Gender, UsersTable } from '../postgres/users.js'
import { checkNickname } from './nickname.js'
import { endOf, isRegistered, type Asked, type Command } from './people.js'
import { generatePseudonym } from './pseudonyms.js'
import type { Say } from './say.js'
import { languageOf } from './texts/index.js'

/** What stands in `pending_command`: what goes on after registration, or that the next text is a new nickname. */
export const PENDING = ['find', 'profile', 'name'] as const
export type Pending = (typeof PENDING)[number]

const pendingOf = ({ profile }: Asked): Pending | undefined => PENDING.find((known) => known === profile.pendingCommand)

/**
 * Gender, then nickname. The state is the person's row and nothing else, so every step survives a restart, can be
 * repeated, and a button of an old message does what it says.
 */
export const createRegistration = (deps: {
  users: Pick<UsersTable, 'setGender' | 'setNickname' | 'setPendingCommand'>
  say: Say
  find: Command
  events: Pick<Events, 'registered'>
}) => {
  const { users, say, find, events } = deps

  /** Goes on with what the person wanted before registration began. */
  const goOn = async (asked: Asked, otherwise: 'registered' | 'profile') => {
    const pending = pendingOf(asked)
    if (otherwise === 'registered') events.registered()
    if (pending === 'find') await find(asked)
    else await say(asked.user, pending === undefined ? otherwise : 'profile')
    if (asked.profile.pendingCommand !== null) await users.setPendingCommand(asked.user, null, asked.update)
  }

  /** A ban outlives the data of its person, who is not to answer questions for nothing. True: they were told of the ban instead. */
  const barred = async ({ user, profile }: Asked): Promise<boolean> => {
    if (isRegistered(profile) || profile.bannedUntil === null) return false
    await say(user, 'banned', endOf(profile.bannedUntil))
    return true
  }

  const ask = async (asked: Asked, hello: boolean): Promise<void> => {
    if (await barred(asked)) return
    if (asked.profile.gender === null) await say(asked.user, 'ask_gender', { hello })
    else await say(asked.user, 'ask_nickname')
  }

  const setNickname = async (asked: Asked, nickname: string) => {
    if (await barred(asked)) return
    const wasRegistered = isRegistered(asked.profile)
    if (!(await users.setNickname(asked.user, nickname, asked.update))) return
    const now = { ...asked, profile: { ...asked.profile, nickname } }
    if (isRegistered(now.profile)) await goOn(now, wasRegistered ? 'profile' : 'registered')
    else await ask(now, false)
  }

  return {
    /** Asks the next open question; `hello`: and says first who is asking. */
    ask,

    /**
     * A command came. True when the person is registered, and the command may run; otherwise the command is kept, the
     * person is asked, and it runs afterwards.
     */
    admits: async (asked: Asked, command: 'find' | 'profile'): Promise<boolean> => {
      const { user, update, profile } = asked
      if (isRegistered(profile)) {
        // A command instead of the new nickname: the person thought better of it.
        if (profile.pendingCommand !== null) await users.setPendingCommand(user, null, update)
        return true
      }
      if (await barred(asked)) return false
      if (await users.setPendingCommand(user, command, update)) await ask(asked, true)
      return false
    },

    /** Nothing is to follow any more: no kept command, no new nickname. */
    forget: async ({ user, update, profile }: Asked): Promise<void> => {
      if (profile.pendingCommand !== null) await users.setPendingCommand(user, null, update)
    },

    chooseGender: async (asked: Asked, gender: Gender): Promise<void> => {
      if (await barred(asked)) return
      const wasRegistered = isRegistered(asked.profile)
      if (!(await users.setGender(asked.user, gender, asked.update))) return
      const now = { ...asked, profile: { ...asked.profile, gender } }
      if (wasRegistered) await say(asked.user, 'profile')
      else if (isRegistered(now.profile)) await goOn(now, 'registered')
      else await ask(now, false)
    },

    /** *Give me one* was pressed. */
    chooseForThem: (asked: Asked): Promise<void> =>
      setNickname(asked, generatePseudonym(languageOf(asked.profile.language))),

    editGender: async (asked: Asked): Promise<void> => say(asked.user, 'ask_gender'),

    editNickname: async (asked: Asked): Promise<void> => {
      if (!isRegistered(asked.profile)) return ask(asked, false)
      if (await users.setPendingCommand(asked.user, 'name', asked.update)) await say(asked.user, 'ask_nickname')
    },

    /**
     * A message that is no command; `text` is undefined when it is not a text of their own. True when it was part of
     * registration (or of an edit), false when it was not expected.
     */
    hear: async (asked: Asked, text: string | undefined): Promise<boolean> => {
      const { profile, user } = asked
      const expectsName = profile.gender !== null && (profile.nickname === null || profile.pendingCommand === 'name')
      if (isRegistered(profile) && profile.pendingCommand !== null && profile.pendingCommand !== 'name') {
        // The service stopped between the last answer and what was to follow.
        await goOn(asked, 'profile')
        return true
      }
      if (!expectsName || text === undefined) {
        if (isRegistered(profile) && !expectsName) return false
        await ask(asked, false)
        return true
      }
      if (await barred(asked)) return true
      const checked = checkNickname(text)
      if ('refused' in checked) await say(user, 'nickname_refused', { reason: checked.refused })
      else await setNickname(asked, checked.nickname)
      return true
    },
  }
}
export type Registration = ReturnType<typeof createRegistration>
