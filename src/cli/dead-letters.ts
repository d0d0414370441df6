import { InvalidArgumentError, type Command } from 'commander'
import type { Context } from './context.js'
import { discard, retry, type ActOptions } from './dead-letters-act.js'
import { NotFoundError } from './failures.js'
import { readLetter } from './letters.js'
import { JSON_OPTION, LIMIT_OPTION, YES_OPTION } from './options.js'
import { table } from './table.js'
import { counted, instant, span } from './words.js'

interface ListOptions {
  readonly json?: boolean
  readonly limit: number
}

const entryArgument = (text: string): string => {
  if (!/^\d{1,16}-\d{1,8}$/.test(text))
    throw new InvalidArgumentError('An entry looks like 1795348800000-0; see: dead-letters list')
  return text
}

const list = async (context: Context, options: ListOptions): Promise<void> => {
  const { redis, keys, waitingSet } = await context.live()
  const [total, entries, now] = await Promise.all([
    redis.xlen(keys.deadLetters),
    redis.xrevrange(keys.deadLetters, '+', '-', 'COUNT', options.limit),
    waitingSet.now(),
  ])
  const letters = entries.map(([entry, flat]) => readLetter(entry, flat, now))
  const text =
    letters.length === 0
      ? 'There are no dead letters.\n'
      : table(
          [
            { title: 'ENTRY' },
            { title: 'AGE', align: 'right' },
            { title: 'MAILBOX' },
            { title: 'MESSAGE' },
            { title: 'ATTEMPTS', align: 'right', spare: 1 },
          ],
          letters.map(({ entry, ageMs, mailbox, type, attempts }) => [
            entry,
            span(ageMs),
            mailbox,
            type,
            String(attempts),
          ]),
          context.terminal.columns,
        ) +
        `\n${letters.map(({ entry, error }) => `${entry}: ${error}`).join('\n')}\n` +
        (letters.length < total ? `… ${letters.length} of ${counted(total, 'dead letter', 'dead letters')}\n` : '')
  context.show(options, { total, letters }, text)
}

const show = async (context: Context, entry: string, options: { json?: boolean }): Promise<void> => {
  const { redis, keys, waitingSet } = await context.live()
  const [[found], now] = await Promise.all([redis.xrange(keys.deadLetters, entry, entry), waitingSet.now()])
  if (found === undefined) throw new NotFoundError(`There is no dead letter ${entry}; see: dead-letters list`)
  const letter = readLetter(entry, found[1], now)
  const lines: [string, string][] = [
    ['entry', entry],
    ['buried', `${instant(letter.at)} UTC, ${span(letter.ageMs)} ago`],
    ['mailbox', letter.mailbox],
    ['message', letter.type],
    ['attempts', String(letter.attempts)],
    ['error', letter.error],
  ]
  context.show(options, letter, lines.map(([name, value]) => `${name.padEnd(14)}${value}\n`).join(''))
}

/** `dead-letters list`, `show`, `retry`, `discard`: messages that failed their last attempt. */
export const addDeadLetters = (program: Command, context: Context): void => {
  const letters = program.command('dead-letters').description('messages that failed their last attempt')
  letters
    .command('list')
    .description('newest first, each with the words of its error')
    .option(...LIMIT_OPTION)
    .option(...JSON_OPTION)
    .action((options: ListOptions) => list(context, options))
  letters
    .command('show')
    .description('one of them: when, where and why it failed; what is in it stays hidden')
    .argument('<entry>', 'the entry, as the list has it', entryArgument)
    .option(...JSON_OPTION)
    .action((entry: string, options: { json?: boolean }) => show(context, entry, options))
  const acts = [
    ['retry', 'put it back into its mailbox, as if it had never been tried', retry],
    ['discard', 'throw it away', discard],
  ] as const
  for (const [name, description, act] of acts)
    letters
      .command(name)
      .description(description)
      .argument('[entry]', 'the entry, as the list has it', entryArgument)
      .option('--all', 'all of them; asks first')
      .option(...YES_OPTION)
      .option(...JSON_OPTION)
      .action((entry: string | undefined, options: ActOptions, command: Command) => {
        if ((options.all === true) === (entry !== undefined))
          return command.error('error: give either an entry or --all')
        return act(context, entry, options)
      })
}
