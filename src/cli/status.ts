import type { Command } from 'commander'
import { systemClock } from '../clock.js'
import type { Context } from './context.js'
import { JSON_OPTION, wholeNumber } from './options.js'
import { readStatus, type Status } from './status-read.js'
import { instant, maybeSpan, span } from './words.js'

interface StatusOptions {
  readonly json?: boolean
  readonly watch?: number | true
}

/** Seconds between two looks. */
const EVERY = { minimum: 1, maximum: 3_600, standard: 2 } as const
const CLEAR = '\u001b[H\u001b[2J'
/** A mailbox that is read is empty within moments. */
const SLOW_MS = 60_000

/** One screen. What a person should look at is in the tone of trouble. */
const screen = (status: Status, { terminal }: Context): string => {
  const bad = (text: string) => terminal.paint('bad', text)
  const warn = (text: string, isBad: boolean) => (isBad ? bad(text) : text)
  const line = (name: string, text: string) => `${terminal.paint('bold', name.padEnd(14))}${text}\n`
  const { redis, postgres, telegram, waiting, matching, rooms, stock, deadLetters: dead, reconciled, at } = status
  const slow = status.mailboxes.filter(({ oldestMs }) => (oldestMs ?? 0) > SLOW_MS)
  const backlog = status.mailboxes.filter(({ length, postponed }) => length + postponed > 0)
  const head = [
    line('redis', warn(redis.whole ? `answers in ${redis.latencyMs} ms` : 'holds no whole live state', !redis.whole)),
    line('postgres', postgres === null ? bad('does not answer') : `answers in ${postgres.latencyMs} ms`),
    line('telegram', warn(telegram.words, telegram.state === 'bad')),
    line(
      'waiting',
      waiting.count === 0
        ? 'nobody'
        : `${waiting.count}, the oldest for ${maybeSpan(waiting.oldestMs)}, ${waiting.firstInLine} first in line`,
    ),
    matching.paused ? line('matching', bad(`paused by ${matching.by ?? '?'}; see: matching status`)) : '',
    line(
      'rooms',
      `${rooms.inviting} inviting, ${rooms.open} open, ${rooms.closing} closing` +
        (rooms.pastDeadline === 0 ? '' : bad(`, ${rooms.pastDeadline} past their deadline`)),
    ),
    line('stock', warn(`${stock.size} of ${stock.target} groups`, stock.size === 0 && stock.target > 0)),
    line('dead letters', warn(dead.count === 0 ? 'none' : `${dead.count}; see: dead-letters list`, dead.count > 0)),
    line(
      'reconciled',
      reconciled === null
        ? 'never'
        : `${span(at - reconciled.at)} ago: ${reconciled.differences} differences, ${reconciled.repaired} repaired`,
    ),
  ]
  const instances = status.instances.map(({ instance, roles, leases, machine, pid, startedAt }) =>
    line(
      'instance',
      `${instance} on ${machine} (pid ${pid}) for ${span(at - startedAt)}: ${roles.join(', ')}` +
        (leases.length === 0 ? '' : `; holds ${leases.join(', ')}`),
    ),
  )
  if (status.instances.length === 0) instances.push(line('instance', bad('none: the service does not run')))
  if (status.unheld.length > 0) instances.push(line('', bad(`nobody holds ${status.unheld.join(', ')}`)))
  const hosts = (status.hosts ?? []).map(
    ({ host, phoneLabel, status: state, parkedUntil, usedToday, budget, groups }) =>
      line(
        `host ${host}`,
        warn(
          `${phoneLabel} ${state}${state === 'parked' && parkedUntil !== null ? ` until ${instant(parkedUntil)} UTC` : ''}`,
          state === 'quarantined' || state === 'parked',
        ) +
          `, ${usedToday} of ${budget} made today; ${groups.stock} in stock, ${groups.held} hold rooms, ${groups.disposing} to go`,
      ),
  )
  const mailboxes = backlog.map(({ mailbox, length, pending, postponed, oldestMs }) =>
    line(
      `mailbox`,
      warn(
        `${mailbox}: ${length} (${pending} taken, ${postponed} postponed), the oldest for ${maybeSpan(oldestMs)}`,
        slow.some((one) => one.mailbox === mailbox),
      ),
    ),
  )
  if (backlog.length === 0) mailboxes.push(line('mailboxes', 'all empty'))
  return [...head, ...instances, ...hosts, ...mailboxes, ...status.missing.map((words) => `${bad(words)}\n`)].join('')
}

const status = async (context: Context, options: StatusOptions): Promise<void> => {
  const everyS = options.watch === true ? EVERY.standard : options.watch
  for (;;) {
    const found = await readStatus(context)
    const clear = everyS !== undefined && options.json !== true && context.terminal.columns !== undefined ? CLEAR : ''
    const at =
      everyS === undefined ? '' : context.terminal.paint('faint', `${instant(found.at)} UTC; Ctrl-C ends this\n`)
    context.show(options, found, `${clear}${screen(found, context)}${at}`)
    if (everyS === undefined) return
    await systemClock.wait(everyS * 1_000)
  }
}

/** `status`: one screen, once or again and again. */
export const addStatus = (program: Command, context: Context): void => {
  program
    .command('status')
    .description('one screen: processes, servers, who waits, rooms, stock, hosts, mailboxes, dead letters')
    .option('--watch [seconds]', 'again and again, until Ctrl-C', wholeNumber(EVERY.minimum, EVERY.maximum))
    .option(...JSON_OPTION)
    .action((options: StatusOptions) => status(context, options))
}
