import type { UserId } from '../ids.js'
import { isPostgresAway, PostgresError } from '../postgres/errors.js'
import { usersTable, type FoundUser } from '../postgres/users.js'
import { VisavisError } from '../errors.js'
import { writeAudit } from './acting.js'
import type { Context } from './context.js'
import { NotFoundError } from './failures.js'
import type { NamedPerson } from './options.js'
import { instant } from './words.js'

/** How many of those who share a username are listed. */
const LISTED = 20

/** Somebody a command is about. `words` where they were named by username: names change hands, so it says who that is. */
export interface Meant {
  readonly user: UserId
  readonly words?: string
}

const wordsFor = ({ user, nickname, seenAt }: FoundUser): string =>
  `${user}  ${nickname ?? '(no nickname)'}, seen ${instant(seenAt)} UTC`

/**
 * Who is meant. A username is looked up in Postgres; what an id leads to is for the command to find out.
 * @param otherwise what to say besides, when Postgres is away
 * @throws NotFoundError when nobody has the username
 * @throws VisavisError when several people have or had it, with words that list them
 */
export const meantPerson = async (context: Context, named: NamedPerson, otherwise = ''): Promise<Meant> => {
  if ('user' in named) return named
  const db = await context.database().catch((error: unknown) => {
    throw error instanceof PostgresError && otherwise !== '' && isPostgresAway(error)
      ? new PostgresError(error.code, `${error.message} ${otherwise}`, { cause: error })
      : error
  })
  const people = await usersTable(db).byUsername(named.username, LISTED)
  const [one, ...others] = people
  if (one !== undefined && others.length === 0)
    return { user: one.user, words: `@${named.username} was last the name of ${wordsFor(one)}` }
  await writeAudit(context, 'users find', undefined, { found: people.length })
  if (one === undefined)
    throw new NotFoundError(`Nobody has the username @${named.username}; part of a name is enough for: users find`)
  const lines = people.map((person) => `  ${wordsFor(person)}`)
  throw new VisavisError(
    'ambiguous',
    `@${named.username} is or was the username of several people: names change hands. Say which one, by id:\n${lines.join('\n')}`,
  )
}

/** The same for commands that show who it is anyway. */
export const personOf = async (context: Context, named: NamedPerson): Promise<UserId> =>
  (await meantPerson(context, named)).user

/** The same for commands that act without a question: says who it is on stderr, where that is not what was typed. */
export const namedPersonOf = async (context: Context, named: NamedPerson): Promise<UserId> => {
  const { user, words } = await meantPerson(context, named)
  if (words !== undefined) context.terminal.note(`${words}\n`)
  return user
}
