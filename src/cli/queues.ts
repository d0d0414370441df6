import type { Command } from 'commander'
import { readBacklog, readDeadLetters } from '../mailbox/backlog.js'
import { hostMailbox, type MailboxName } from '../mailboxes.js'
import type { Context, Live } from './context.js'
import { wordsFor } from './failures.js'
import { JSON_OPTION } from './options.js'
import { table } from './table.js'
import { maybeSpan } from './words.js'

/** Mailboxes of hosts are known by the hosts, which Postgres knows: without it the others are shown all the same. */
const hostMailboxes = async (context: Context): Promise<MailboxName[]> => {
  try {
    const { hostsTable } = await import('../postgres/hosts.js')
    const hosts = await hostsTable(await context.database(), '').list()
    return hosts.map(({ host }) => hostMailbox(host))
  } catch (error) {
    context.terminal.note(`The mailboxes of hosts are missing here: ${wordsFor(error)}\n`)
    return []
  }
}

/** The name of every mailbox. */
export const mailboxNames = async (context: Context): Promise<MailboxName[]> => [
  'room',
  'courier',
  'ledger',
  ...(await hostMailboxes(context)),
]

/** How many are first in line, and for how long the oldest of them. */
export const firstInLine = async ({ waitingSet }: Live, now: number) => {
  const [count, since] = await Promise.all([waitingSet.countFirst(), waitingSet.oldestFirstSince()])
  return { count, oldestMs: since === undefined ? null : Math.max(0, now - since) }
}

/** How many dead letters there are, and the age of the oldest. */
export const deadLetters = async ({ redis, keys }: Live, now: number) => {
  const { count, oldestAt } = await readDeadLetters(redis, keys)
  return { count, oldestMs: oldestAt === null ? null : Math.max(0, now - oldestAt) }
}

const queues = async (context: Context, options: { json?: boolean }): Promise<void> => {
  const live = await context.live()
  const { waitingSet, redis, keys, whole } = live
  const names = await mailboxNames(context)
  const now = await waitingSet.now()
  const [count, oldestSince, first, backlog, dead] = await Promise.all([
    waitingSet.count(),
    waitingSet.oldestSince(),
    firstInLine(live, now),
    readBacklog(redis, keys, names),
    deadLetters(live, now),
  ])
  const waiting = { count, oldestMs: oldestSince === undefined ? null : Math.max(0, now - oldestSince) }
  const mailboxes = backlog.map((mailbox) => ({
    ...mailbox,
    oldestMs: mailbox.length === 0 ? null : mailbox.oldestMs,
  }))
  const row = (name: string, length: number, oldestMs: number | null, pending = '', postponed = '') => [
    name,
    String(length),
    maybeSpan(oldestMs),
    pending,
    postponed,
  ]
  const text = table(
    [
      { title: 'MAILBOX' },
      { title: 'LENGTH', align: 'right' },
      { title: 'OLDEST', align: 'right' },
      { title: 'PENDING', align: 'right', spare: 1 },
      { title: 'POSTPONED', align: 'right', spare: 2 },
    ],
    [
      row('waiting set', waiting.count, waiting.oldestMs),
      row('  first in line', first.count, first.oldestMs),
      ...mailboxes.map(({ mailbox, length, oldestMs, pending, postponed }) =>
        row(mailbox, length, oldestMs, String(pending), String(postponed)),
      ),
      row('dead letters', dead.count, dead.oldestMs),
    ],
    context.terminal.columns,
  )
  context.show(options, { whole, waiting, firstInLine: first, mailboxes, deadLetters: dead }, text)
}

/** `queues`: what waits where, and for how long. */
export const addQueues = (program: Command, context: Context): void => {
  program
    .command('queues')
    .description('the waiting set, every mailbox and the dead letters: length and oldest')
    .option(...JSON_OPTION)
    .action((options: { json?: boolean }) => queues(context, options))
}
