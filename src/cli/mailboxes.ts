import { InvalidArgumentError, type Command } from 'commander'
import { hostId } from '../ids.js'
import { CONSUMER_GROUP } from '../mailbox/read-mailbox.js'
import { mailboxName, type MailboxName } from '../mailboxes.js'
import type { Context } from './context.js'
import { expectHost } from './hosts-work.js'
import { fieldIn } from './letters.js'
import { JSON_OPTION, LIMIT_OPTION } from './options.js'
import { oldestWords, readMailboxes } from './queues.js'
import { table } from './table.js'
import { span } from './words.js'

/** Fields that say what a message points to. What else is in it may be a link, or what is said to a person. */
const POINTERS = ['room', 'chat', 'user', 'to', 'notice', 'reason', 'host'] as const

const nameArgument = (text: string): MailboxName => {
  const name = mailboxName(text)
  if (name === undefined)
    throw new InvalidArgumentError('It must be room, courier, ledger or host:<number>; see: mailboxes list')
  return name
}

const list = async (context: Context, options: { json?: boolean }): Promise<void> => {
  const mailboxes = await readMailboxes(context, await context.live())
  const text = table(
    [
      { title: 'MAILBOX' },
      { title: 'LENGTH', align: 'right' },
      { title: 'PENDING', align: 'right' },
      { title: 'POSTPONED', align: 'right' },
      { title: 'OLDEST', align: 'right' },
    ],
    mailboxes.map((box) => [
      box.mailbox,
      String(box.length),
      String(box.pending),
      String(box.postponed),
      oldestWords(box),
    ]),
    context.terminal.columns,
  )
  context.show(options, { mailboxes }, text)
}

const peek = async (context: Context, name: MailboxName, options: { json?: boolean; limit: number }): Promise<void> => {
  const { redis, keys, waitingSet } = await context.live()
  const stream = keys.mailbox(name)
  // What was told to a host outlives it, and nobody reads it any more.
  if (name.startsWith('host:')) await expectHost(context, hostId(name.slice('host:'.length)))
  const [total, entries, pending, now] = await Promise.all([
    redis.xlen(stream),
    redis.xrange(stream, '-', '+', 'COUNT', options.limit),
    redis.xpending(stream, CONSUMER_GROUP, '-', '+', options.limit).catch(() => []) as Promise<[string, string][]>,
    waitingSet.now(),
  ])
  const holders = new Map(pending.map(([entry, holder]) => [entry, holder]))
  const messages = entries.map(([entry, flat]) => {
    const told = POINTERS.flatMap((field) => {
      const value = fieldIn(flat, field)
      return value === undefined || value === '' ? [] : [[field, value] as const]
    })
    const at = Number(entry.split('-')[0])
    return {
      entry,
      at,
      ageMs: Math.max(0, now - at),
      type: fieldIn(flat, 'type') ?? '?',
      attempts: Number(fieldIn(flat, 'attempts') ?? 0),
      takenBy: holders.get(entry) ?? null,
      about: Object.fromEntries(told),
    }
  })
  const text =
    messages.length === 0
      ? `The mailbox ${name} is empty.\n`
      : table(
          [
            { title: 'ENTRY' },
            { title: 'AGE', align: 'right' },
            { title: 'MESSAGE' },
            { title: 'ABOUT', spare: 1 },
            { title: 'ATTEMPTS', align: 'right', spare: 3 },
            { title: 'TAKEN BY', spare: 2 },
          ],
          messages.map(({ entry, ageMs, type, about, attempts, takenBy }) => [
            entry,
            span(ageMs),
            type,
            Object.entries(about)
              .map(([field, value]) => `${field} ${value}`)
              .join(', '),
            String(attempts),
            takenBy ?? '',
          ]),
          context.terminal.columns,
        ) + (messages.length < total ? `… ${messages.length} of ${total}; more with --limit\n` : '')
  context.show(options, { mailbox: name, total, messages }, text)
}

/** `mailboxes list`, `mailboxes peek`: what lies in them, without taking anything out. */
export const addMailboxes = (program: Command, context: Context): void => {
  const mailboxes = program.command('mailboxes').description('what actors have been told and not finished yet')
  mailboxes
    .command('list')
    .description('every mailbox: how many messages, how many of them are taken or postponed, and the oldest')
    .option(...JSON_OPTION)
    .action((options: { json?: boolean }) => list(context, options))
  mailboxes
    .command('peek')
    .description('the oldest messages of one mailbox: what they are about and who has taken them')
    .argument('<name>', 'room, courier, ledger or host:<number>', nameArgument)
    .option(...LIMIT_OPTION)
    .option(...JSON_OPTION)
    .action((name: MailboxName, options: { json?: boolean; limit: number }) => peek(context, name, options))
}
