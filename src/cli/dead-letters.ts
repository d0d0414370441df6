import type { Command } from 'commander'
import { masked } from '../logger.js'
import type { Context } from './context.js'
import { JSON_OPTION, LIMIT, wholeNumber } from './options.js'
import { table } from './table.js'
import { counted, span } from './words.js'

interface ListOptions {
  readonly json?: boolean
  readonly limit: number
}

/** Of the message only its type is shown: the rest may be a link, or what is said to a person. */
const typeOf = (message: string | undefined): string => {
  try {
    const flat: unknown = JSON.parse(message ?? '')
    const at = Array.isArray(flat) ? flat.indexOf('type') : -1
    return at < 0 ? '?' : String((flat as unknown[])[at + 1])
  } catch {
    return '?'
  }
}

const read = (entry: string, flat: readonly string[], now: number) => {
  const field = (name: string): string | undefined => {
    const index = flat.indexOf(name)
    return index < 0 ? undefined : flat[index + 1]
  }
  const at = Number(entry.split('-')[0])
  return {
    entry,
    at,
    ageMs: Math.max(0, now - at),
    mailbox: field('mailbox') ?? '?',
    type: typeOf(field('message')),
    attempts: Number(field('attempts') ?? 0),
    error: masked(field('error') ?? ''),
  }
}

const list = async (context: Context, options: ListOptions): Promise<void> => {
  const { redis, keys, waitingSet } = await context.live()
  const [total, entries, now] = await Promise.all([
    redis.xlen(keys.deadLetters),
    redis.xrevrange(keys.deadLetters, '+', '-', 'COUNT', options.limit),
    waitingSet.now(),
  ])
  const letters = entries.map(([entry, flat]) => read(entry, flat, now))
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

/** `dead-letters list`: messages that failed their last attempt, newest first. */
export const addDeadLetters = (program: Command, context: Context): void => {
  program
    .command('dead-letters')
    .description('messages that failed their last attempt')
    .command('list')
    .description('newest first, each with the words of its error')
    .option('--limit <number>', 'how many at most', wholeNumber(LIMIT.minimum, LIMIT.maximum), LIMIT.standard)
    .option(...JSON_OPTION)
    .action((options: ListOptions) => list(context, options))
}
