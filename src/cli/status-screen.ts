import { groupWords } from './hosts-work.js'
import { oldestWords } from './queues.js'
import { SLOW_MS, type Status } from './status-read.js'
import type { Terminal } from './terminal.js'
import { counted, instant, maybeSpan, span } from './words.js'
import { wrapped } from './wrap.js'

/** Where the words begin, behind the name of what they are about. */
const INDENT = 14
/** For how long differences that were repaired are worth a look. */
const LATELY_MS = 3_600_000

type Known<Part extends keyof Status> = NonNullable<Status[Part]>

const waitingWords = ({ count, oldestMs, firstInLine }: Known<'waiting'>): string =>
  count === 0 ? 'nobody' : `${count}, the oldest for ${maybeSpan(oldestMs)}, ${firstInLine} first in line`

const stockWords = ({ size, target }: Known<'stock'>): string =>
  size > target
    ? `${counted(size, 'group', 'groups')}, more than the ${target} wanted: no new ones are made`
    : `${size} of ${target} groups`

const runWords = ({ at, differences, repaired }: { at: number; differences: number; repaired: number }, now: number) =>
  `${span(now - at)} ago: ${differences === 0 ? 'all agreed' : `${counted(differences, 'difference', 'differences')}, ${repaired} repaired`}`

const reconciledWords = (last: Status['reconciled'], now: number): { words: string; isBad: boolean } => {
  if (last === null) return { words: 'never', isBad: false }
  const { found } = last
  const isLate = found !== null && now - found.at < LATELY_MS
  const earlier = found !== null && last.differences === 0 ? `; ${runWords(found, now)}` : ''
  return { words: `${runWords(last, now)}${earlier}`, isBad: isLate }
}

const stateWords = (host: Known<'hosts'>[number]): string => {
  const { status, parkedUntil, lastError, mayWork } = host
  const why = lastError === null ? '' : ` (${lastError})`
  if (status === 'parked' && parkedUntil !== null) return `parked until ${instant(parkedUntil)} UTC${why}`
  return `${status}${status === 'quarantined' ? why : ''}${mayWork ? '' : ': nobody works as it until hosts login'}`
}

/** One thing that the screen says, in as many lines as it takes. */
interface Entry {
  readonly text: string
  readonly isBad: boolean
}

/** Stands before what a person should look at, until its entry is made. */
const TROUBLE = '\u0000'

/** Everything in its order. What a person should look at is in the tone of trouble. */
const entriesOf = (status: Status, terminal: Terminal): Entry[] => {
  const bad = (text: string) => `${TROUBLE}${terminal.paint('bad', text)}`
  const warn = (text: string, isBad: boolean) => (isBad ? bad(text) : text)
  const line = (name: string, text: string): Entry => ({
    text: `${terminal.paint('bold', name.padEnd(INDENT))}${wrapped(text.replaceAll(TROUBLE, ''), terminal.columns, INDENT)}\n`,
    isBad: text.includes(TROUBLE),
  })
  const ifKnown = <Part>(part: Part | null, words: (part: Part) => Entry[]): Entry[] =>
    part === null ? [] : words(part)
  const { redis, postgres, telegram, waiting, matching, rooms, stock, deadLetters, reconciled, at } = status

  const head = [
    line(
      'redis',
      redis === null
        ? bad('does not answer')
        : warn(redis.whole ? `answers in ${redis.latencyMs} ms` : 'holds no whole live state', !redis.whole),
    ),
    line('postgres', postgres === null ? bad('does not answer') : `answers in ${postgres.latencyMs} ms`),
    line('telegram', warn(telegram.words, telegram.state === 'bad')),
    ...ifKnown(waiting, (known) => [line('waiting', waitingWords(known))]),
    ...ifKnown(matching, ({ paused, by }) =>
      paused ? [line('matching', bad(`paused by ${by ?? '?'}; see: matching status`))] : [],
    ),
    ...ifKnown(rooms, ({ inviting, open, closing, pastDeadline }) => [
      line(
        'rooms',
        `${inviting} inviting, ${open} open, ${closing} closing` +
          (pastDeadline === 0 ? '' : bad(`, ${pastDeadline} past their deadline`)),
      ),
    ]),
    ...ifKnown(stock, (known) => [line('stock', warn(stockWords(known), known.size === 0 && known.target > 0))]),
    ...ifKnown(deadLetters, ({ count }) => [
      line('dead letters', warn(count === 0 ? 'none' : `${count}; see: dead-letters list`, count > 0)),
    ]),
  ]
  if (redis !== null) {
    const { words, isBad } = reconciledWords(reconciled, at)
    head.push(line('reconciled', warn(words, isBad)))
  }

  const instances = (status.instances ?? []).map(({ instance, roles, leases, machine, pid, startedAt }) =>
    line(
      'instance',
      `${instance} on ${machine ?? '?'} (pid ${pid ?? '?'}) for ${span(at - (startedAt ?? at))}: ${roles.join(', ')}` +
        (leases.length === 0 ? '' : `; holds ${leases.join(', ')}`),
    ),
  )
  if (status.instances?.length === 0) instances.push(line('instance', bad('none: the service does not run')))
  if (status.unheld !== null && status.unheld.length > 0)
    instances.push(line('', bad(`nobody holds ${status.unheld.join(', ')}`)))

  const hosts = (status.hosts ?? []).map((host) => {
    const { phoneLabel, status: state, usedToday, budget, groups } = host
    return line(
      `host ${host.host}`,
      warn(`${phoneLabel} ${stateWords(host)}`, state === 'quarantined' || state === 'parked') +
        `, ${usedToday}${budget === null ? '' : ` of ${budget}`} made today; ${groupWords(groups)}`,
    )
  })
  if (status.hosts?.length === 0)
    hosts.push(line('hosts', bad('none: without one no group can be made. Add one with: hosts login')))

  const mailboxes = (status.mailboxes ?? [])
    .filter(({ length, postponed }) => length + postponed > 0)
    .map((box) => {
      const { mailbox, length, pending, postponed, lateMs } = box
      const words = `${mailbox}: ${length} (${pending} taken, ${postponed} postponed), the oldest for ${oldestWords(box)}`
      return line('mailbox', warn(words, lateMs > SLOW_MS))
    })
  if (status.mailboxes !== null && mailboxes.length === 0) mailboxes.push(line('mailboxes', 'all empty'))
  const missing = status.missing.map((words) => ({
    text: `${terminal.paint('bad', wrapped(words, terminal.columns, 0))}\n`,
    isBad: true,
  }))
  return [...head, ...instances, ...hosts, ...mailboxes, ...missing]
}

const heightOf = (entries: readonly Entry[]): number =>
  entries.reduce((sum, { text }) => sum + text.split('\n').length - 1, 0)

/**
 * One screen. Where there are not so many lines, what a person should look at comes first, and the last line says how
 * many lines are hidden.
 * @param rows how many lines there are; undefined where there is room for all
 */
export const screen = (status: Status, terminal: Terminal, rows?: number): string => {
  const entries = entriesOf(status, terminal)
  const height = heightOf(entries)
  const isTight = rows !== undefined && height > rows
  const shown = isTight ? [...entries.filter(({ isBad }) => isBad), ...entries.filter(({ isBad }) => !isBad)] : entries
  if (isTight) while (heightOf(shown) > Math.max(0, rows - 1)) shown.pop()
  const hidden = height - heightOf(shown)
  const more = `… ${counted(hidden, 'line is', 'lines are')} hidden: this terminal is too small\n`
  return shown.map(({ text }) => text).join('') + (hidden > 0 ? terminal.paint('faint', more) : '')
}
