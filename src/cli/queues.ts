import type { Command } from 'commander'
import { readBacklog, readDeadLetters, type Backlog } from '../mailbox/backlog.js'
import { hostMailbox, type MailboxName } from '../mailboxes.js'
import type { Context, Live } from './context.js'
import { wordsFor } from './failures.js'
import { JSON_OPTION } from './options.js'
import { table } from './table.js'
import { maybeSpan } from './words.js'

/** Mailboxes of hosts are known by the hosts, which Postgres knows: without it the others are shown all the same. */
const hostMailboxes = async (context: Context) => {
  try {
    const { hostsTable, unreadMailboxes } = await import('../postgres/hosts.js')
    const hosts = await hostsTable(await context.database(), '').list()
    return { names: hosts.map(({ host }) => hostMailbox(host)), unread: unreadMailboxes(hosts) }
  } catch (error) {
    context.terminal.note(`The mailboxes of hosts are missing here: ${wordsFor(error)}\n`)
    return { names: [], unread: new Set<MailboxName>() }
  }
}

/** What lies in every mailbox. */
export const readMailboxes = async (context: Context, { redis, keys }: Live) => {
  const { names, unread } = await hostMailboxes(context)
  const backlog = await readBacklog(redis, keys, ['room', 'courier', 'ledger', ...names], unread)
  return backlog.map((one) => ({ ...one, oldestMs: one.length === 0 ? null : one.oldestMs }))
}

/** For how long the oldest message of a mailbox has waited, and for what, when that is not its reader. */
export const oldestWords = (box: Pick<Backlog, 'mailbox' | 'lateMs'> & { oldestMs: number | null }): string => {
  const { mailbox, oldestMs, lateMs } = box
  const forWhat = lateMs > 0 || (oldestMs ?? 0) < 1_000 ? '' : mailbox === 'courier' ? 'Telegram' : 'the host'
  return maybeSpan(oldestMs) + (forWhat === '' ? '' : ` (waits for ${forWhat})`)
}

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
  const { waitingSet, whole } = live
  const now = await waitingSet.now()
  const [count, oldestSince, first, mailboxes, dead] = await Promise.all([
    waitingSet.count(),
    waitingSet.oldestSince(),
    firstInLine(live, now),
    readMailboxes(context, live),
    deadLetters(live, now),
  ])
  const waiting = { count, oldestMs: oldestSince === undefined ? null : Math.max(0, now - oldestSince) }
  const row = (name: string, length: number, oldest: string, pending = '', postponed = '') => [
    name,
    String(length),
    oldest,
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
      row('waiting set', waiting.count, maybeSpan(waiting.oldestMs)),
      row('  first in line', first.count, maybeSpan(first.oldestMs)),
      ...mailboxes.map((box) =>
        row(box.mailbox, box.length, oldestWords(box), String(box.pending), String(box.postponed)),
      ),
      row('dead letters', dead.count, maybeSpan(dead.oldestMs)),
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
