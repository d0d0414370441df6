import type { Command } from '../people.js'
import type { Say } from '../say.js'

export const createHelp =
  (say: Say): Command =>
  ({ user }) =>
    say(user, 'help')
