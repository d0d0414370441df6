import type { UserId } from '../ids.js'
import { usersTable } from '../postgres/users.js'
import { VisavisError } from '../errors.js'
import { writeAudit } from './acting.js'
import type { Context } from './context.js'
import { NotFoundError } from './failures.js'
import type { NamedPerson } from './options.js'
import { instant } from './words.js'

/** How many of those who share a username are listed. */
const LISTED = 20

/**
 * Who is meant. A username is looked up in Postgres; what an id leads to is for the command to find out.
 * @throws NotFoundError when nobody has the username
 * @throws VisavisError when several people have or had it, with words that list them
 */
export const personOf = async (context: Context, named: NamedPerson): Promise<UserId> => {
  if ('user' in named) return named.user
  const people = await usersTable(await context.database()).byUsername(named.username, LISTED)
  const [one, ...others] = people
  if (one !== undefined && others.length === 0) return one.user
  await writeAudit(context, 'users find', undefined, { found: people.length })
  if (one === undefined)
    throw new NotFoundError(`Nobody has the username @${named.username}; part of a name is enough for: users find`)
  const lines = people.map(
    ({ user, nickname, seenAt }) => `  ${user}  ${nickname ?? '(no nickname)'}, seen ${instant(seenAt)} UTC`,
  )
  throw new VisavisError(
    'ambiguous',
    `@${named.username} is or was the username of several people: names change hands. Say which one, by id:\n${lines.join('\n')}`,
  )
}
