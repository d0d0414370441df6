import type { Command } from 'commander'
import type { UserId } from '../ids.js'
import { userId } from '../ids.js'
import { usersTable } from '../postgres/users.js'
import { writeAudit } from './acting.js'
import type { Context } from './context.js'
import { NotFoundError } from './failures.js'
import { durationArgument, JSON_OPTION, LIMIT_OPTION, userArgument } from './options.js'
import { table } from './table.js'
import { ban, unban, type BanOptions } from './users-ban.js'
import { exportUser, forget } from './users-data.js'
import { show } from './users-show.js'
import { instant } from './words.js'

interface FindOptions {
  readonly json?: boolean
  readonly limit: number
}

const maybeUser = (text: string): UserId | null => {
  try {
    return userId(text)
  } catch {
    return null
  }
}

const find = async (context: Context, words: string, options: FindOptions): Promise<void> => {
  const start = words.replace(/^@/, '')
  const people = await usersTable(await context.database()).find(start, maybeUser(start), options.limit)
  // Whom somebody looked up by name is written down, not the name.
  await writeAudit(context, 'users find', undefined, { found: people.length })
  if (people.length === 0) throw new NotFoundError(`Nobody has a username or nickname that begins with "${start}".`)
  const text = table(
    [
      { title: 'PERSON' },
      { title: 'USERNAME' },
      { title: 'NICKNAME', spare: 1 },
      { title: 'SEEN (UTC)', spare: 2 },
      { title: 'REACHABLE', spare: 3 },
    ],
    people.map(({ user, username, nickname, seenAt, reachable }) => [
      user,
      username === null ? '' : `@${username}`,
      nickname ?? '',
      instant(seenAt),
      reachable ? 'yes' : 'no',
    ]),
    context.terminal.columns,
  )
  context.show(options, { people }, text)
}

const EXAMPLES = `
Examples:
  npm run cli -- users find @ann
  npm run cli -- users ban 5000000001 --for 7d --reason "insulted three partners"
  npm run -s cli -- users export 5000000001 > person.json
`

/** `users show`, `find`, `ban`, `unban`, `export`, `forget`. */
export const addUsers = (program: Command, context: Context): void => {
  const users = program
    .command('users')
    .description('people: find, look up, ban, and what is stored about them')
    .addHelpText('after', EXAMPLES)
  const one = (name: string, description: string) =>
    users
      .command(name)
      .description(description)
      .argument('<id>', 'the id of the person', userArgument)
      .option(...JSON_OPTION)
  one('show', 'who it is and where: profile, ban, waiting or room (the look is written to the audit table)').action(
    (user: UserId, options: { json?: boolean }) => show(context, user, options),
  )
  users
    .command('find')
    .description('people by the beginning of a username or nickname, or by id')
    .argument('<name>', 'the beginning of a name, with or without @')
    .option(...LIMIT_OPTION)
    .option(...JSON_OPTION)
    .action((words: string, options: FindOptions) => find(context, words, options))
  one('ban', 'keep a person out: ends the search or the room at once')
    .requiredOption('--reason <words>', 'why, for the ban and the audit table')
    .option('--for <duration>', 'for how long, such as 24h or 7d; for good without it', durationArgument)
    .action((user: UserId, options: BanOptions) => ban(context, user, options))
  one('unban', 'let a person in again').action((user: UserId, options: { json?: boolean }) =>
    unban(context, user, options),
  )
  one('export', 'everything that is stored about a person, as JSON').action((user: UserId) => exportUser(context, user))
  one('forget', 'delete what is stored about a person; ends the search or the room at once')
    .option('--yes', 'do not ask')
    .action((user: UserId, options: { json?: boolean; yes?: boolean }) => forget(context, user, options))
}
