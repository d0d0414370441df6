import type { Command } from 'commander'
import type { UserId } from '../ids.js'
import { userId } from '../ids.js'
import { usersTable } from '../postgres/users.js'
import { writeAudit } from './acting.js'
import type { Context } from './context.js'
import { NotFoundError } from './failures.js'
import {
  durationUpTo,
  JSON_OPTION,
  LIMIT_OPTION,
  OFFSET_OPTION,
  PERSON_WORDS,
  personArgument,
  someWords,
  YES_OPTION,
  type NamedPerson,
} from './options.js'
import { meantPerson, namedPersonOf, personOf } from './person.js'
import { table } from './table.js'
import { ban, unban, type BanOptions } from './users-ban.js'
import { exportUser, forget } from './users-data.js'
import { show } from './users-show.js'
import { instant, shellWord } from './words.js'

interface Options {
  readonly json?: boolean
}

interface FindOptions extends Options {
  readonly limit: number
  readonly offset: number
}

/** Whoever means longer than this means for good. */
const BAN_DURATION = durationUpTo(10 * 365 * 86_400_000, 'It must be at most 3650d; without --for the ban is for good.')

/** What a command can do without Postgres, it cannot do by a username. */
const BY_ID = 'A ban by id needs no Postgres.'

/** Part of a name: something has to be there besides an `@`. */
const nameArgument = (text: string): string => someWords(someWords(text).replace(/^@$/, ''))

const maybeUser = (text: string): UserId | null => {
  try {
    return userId(text)
  } catch {
    return null
  }
}

const find = async (context: Context, words: string, options: FindOptions): Promise<void> => {
  const { limit, offset } = options
  const users = usersTable(await context.database())
  const { total, people } = await users.find(words, { user: maybeUser(words), limit, offset })
  // Whom somebody looked up by name is written down, not the name.
  await writeAudit(context, 'users find', undefined, { found: people.length })
  if (people.length === 0)
    throw new NotFoundError(
      offset === 0
        ? `Nobody has "${words}" in a username or nickname.`
        : `Nobody after the first ${offset} has "${words}" in a username or nickname.`,
    )
  const next = offset + people.length
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
  const more = next < total ? `… ${next} of ${total}; more with: users find ${shellWord(words)} --offset ${next}\n` : ''
  context.show(options, { total, offset, people }, text + more)
}

/** `users show`, `find`, `ban`, `unban`, `export`, `forget`. */
export const addUsers = (program: Command, context: Context): void => {
  const users = program.command('users').description('people: find, look up, ban, and what is stored about them')
  const one = (name: string, description: string) =>
    users
      .command(name)
      .description(description)
      .argument('<person>', PERSON_WORDS, personArgument)
      .option(...JSON_OPTION)
  one('show', 'who it is and where: profile, ban, waiting or room (the look is written to the audit table)').action(
    async (named: NamedPerson, options: Options) => show(context, await personOf(context, named), options),
  )
  users
    .command('find')
    .description('people with this text in their username or nickname, or with this id; the one seen last first')
    .argument('<text>', 'part of a name, or an id; with @ before it, part of a username only', nameArgument)
    .option(...LIMIT_OPTION)
    .option(...OFFSET_OPTION)
    .option(...JSON_OPTION)
    .action((words: string, options: FindOptions) => find(context, words, options))
  one('ban', 'keep a person out: ends the search or the room at once')
    .requiredOption('--reason <words>', 'why, for the ban and the audit table', someWords)
    .option('--for <duration>', 'for how long, such as 24h or 7d; for good without it', BAN_DURATION)
    .option(...YES_OPTION)
    .action(async (named: NamedPerson, options: BanOptions) =>
      ban(context, await meantPerson(context, named, BY_ID), options),
    )
  one('unban', 'let a person in again').action(async (named: NamedPerson, options: Options) =>
    unban(context, await namedPersonOf(context, named), options),
  )
  one('export', 'everything that is stored about a person, as JSON').action(async (named: NamedPerson) =>
    exportUser(context, await personOf(context, named)),
  )
  one('forget', 'delete what is stored about a person; ends the search or the room at once')
    .option(...YES_OPTION)
    .action(async (named: NamedPerson, options: Options & { yes?: boolean }) =>
      forget(context, await meantPerson(context, named), options),
    )
}
