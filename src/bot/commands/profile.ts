import type { Command } from '../people.js'
import type { Registration } from '../registration.js'
import type { Say } from '../say.js'

/** Shows the profile with the buttons to edit it. */
export const createProfile =
  ({ registration, say }: { registration: Pick<Registration, 'admits'>; say: Say }): Command =>
  async (asked) => {
    if (await registration.admits(asked, 'profile')) await say(asked.user, 'profile')
  }
