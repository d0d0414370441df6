import type { HostRow } from '../postgres/hosts.js'
import type { GroupCounts } from './hosts-work.js'
import { instant, span } from './words.js'

/** A host as far as it matters for whether it makes groups. */
export type Maker = Pick<HostRow, 'host' | 'status' | 'parkedUntil' | 'floodUntil' | 'lastError' | 'usedToday'> & {
  /** Null where it is not known. */
  readonly budget: number | null
  readonly groups: GroupCounts
}

/** Why a host makes no groups now, and what mends that. */
export interface Hindrance {
  /** Behind the name of the host: `is parked until …`. */
  readonly words: string
  readonly mend: string
  /** Whether an operator can mend it now, rather than wait. */
  readonly atOnce: boolean
}

/** Where Telegram restricts an account at all. */
export const APPEAL = 'write to @SpamBot from this account'
/** What helps an account that Telegram froze; and one that it restricts, which may work all the same. */
export const frozenMend = `${APPEAL}; docs/operations.md tells of such hosts`
export const restrictedMend = (command: (line: string) => string): string =>
  `${APPEAL}, or try it all the same: ${command('hosts login')}`

const DAY_MS = 86_400_000
/** Budgets are those of a UTC day. */
const nextDay = (now: number): number => (Math.floor(now / DAY_MS) + 1) * DAY_MS

/** In parentheses, as far as it is known. */
const because = (reason: string | null): string => (reason === null ? '' : ` (${reason})`)

/** What lets a host that rests go on: not before Telegram's own wait is over. */
const resumed = ({ host, floodUntil }: Maker, now: number, command: (line: string) => string) =>
  floodUntil !== null && floodUntil > now
    ? {
        mend: `wait until ${instant(floodUntil)} UTC, as Telegram asks; then: ${command(`hosts resume ${host}`)}`,
        atOnce: false,
      }
    : { mend: command(`hosts resume ${host}`), atOnce: true }

/**
 * What keeps a host from making groups, as its row has it; undefined when nothing does.
 * @param now in milliseconds
 * @param command how a command is written where this is shown
 */
export const hindranceOf = (
  maker: Maker,
  now: number,
  command: (line: string) => string = (line) => line,
): Hindrance | undefined => {
  const { status, lastError, usedToday, budget, groups } = maker
  const [parkedUntil, floodUntil] = [maker.parkedUntil ?? 0, maker.floodUntil ?? 0]
  if (status === 'quarantined') {
    const words = `is quarantined${because(lastError)}`
    if (lastError === 'FROZEN_METHOD_INVALID') return { words, mend: frozenMend, atOnce: false }
    if (lastError === 'USER_RESTRICTED') return { words, mend: restrictedMend(command), atOnce: false }
    return { words, mend: command('hosts login'), atOnce: true }
  }
  if (status === 'draining') {
    const isEmpty = Object.values(groups).every((count) => count === 0)
    const { mend, atOnce } = resumed(maker, now, command)
    return {
      words: isEmpty ? 'is drained' : 'is draining',
      mend,
      atOnce,
    }
  }
  if (status === 'parked' && parkedUntil > now) {
    const words = `is parked until ${instant(parkedUntil)} UTC${because(lastError)}`
    if (floodUntil >= parkedUntil) return { words, mend: `wait until ${instant(parkedUntil)} UTC`, atOnce: false }
    return { words, ...resumed(maker, now, command) }
  }
  if (budget !== null && usedToday >= budget) {
    const resetAt = nextDay(now)
    return {
      words: 'has used up its budget for today (UTC)',
      mend: `wait until ${instant(resetAt)} UTC, for another ${span(resetAt - now)}`,
      atOnce: false,
    }
  }
  return undefined
}
