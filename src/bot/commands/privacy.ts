import type { Command } from '../people.js'
import type { Say } from '../say.js'

/** What is stored about a person; Telegram requires every bot to answer this. */
export const createPrivacy =
  (say: Say): Command =>
  ({ user }) =>
    say(user, 'privacy')
