import { isRegistered, type Command } from '../people.js'
import type { Registration } from '../registration.js'
import type { Say } from '../say.js'

/** Begins registration or goes on with it; whoever is registered sees the profile with the buttons to edit it. */
export const createStart =
  ({ registration, say }: { registration: Pick<Registration, 'ask' | 'forget'>; say: Say }): Command =>
  async (asked) => {
    if (!isRegistered(asked.profile)) return registration.ask(asked, true)
    await registration.forget(asked)
    await say(asked.user, 'profile')
  }
