import type { Command } from 'commander'
import type { Context } from './context.js'
import { JSON_OPTION, LIMIT, wholeNumber } from './options.js'
import { table } from './table.js'
import { counted, span } from './words.js'

interface ListOptions {
  readonly json?: boolean
  readonly limit: number
  readonly offset: number
}

const MOST_OFFSET = 10_000_000

const list = async (context: Context, options: ListOptions): Promise<void> => {
  const { waitingSet } = await context.live()
  const { limit, offset } = options
  const [total, people, now] = await Promise.all([waitingSet.count(), waitingSet.list(offset, limit), waitingSet.now()])
  const rows = people.map(({ user, since, firstInLine }) => ({
    user,
    since,
    waitingMs: Math.max(0, now - since),
    firstInLine,
  }))
  const next = offset + rows.length
  const text =
    rows.length === 0
      ? total === 0
        ? 'Nobody waits.\n'
        : `${counted(total, 'person waits', 'people wait')}, none of them after the first ${offset}.\n`
      : table(
          [{ title: 'PERSON' }, { title: 'WAITING', align: 'right' }, { title: 'FIRST IN LINE' }],
          rows.map(({ user, waitingMs, firstInLine }) => [user, span(waitingMs), firstInLine ? 'yes' : '']),
          context.terminal.columns,
        ) + (next < total ? `… ${next} of ${total}; more with: waiting list --offset ${next}\n` : '')
  context.show(options, { total, offset, people: rows }, text)
}

/** `waiting list`: who waits, by id. */
export const addWaiting = (program: Command, context: Context): void => {
  const waiting = program.command('waiting').description('people who have no partner yet')
  waiting
    .command('list')
    .description('who waits, by the deadline of the search (people are shown by id only)')
    .option('--limit <number>', 'how many at most', wholeNumber(LIMIT.minimum, LIMIT.maximum), LIMIT.standard)
    .option('--offset <number>', 'after how many to begin', wholeNumber(0, MOST_OFFSET), 0)
    .option(...JSON_OPTION)
    .action((options: ListOptions) => list(context, options))
}
