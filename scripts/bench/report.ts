import { QUIET_MIN, type Measured } from './slices.js'
import type { Estimate } from './statistics.js'

/** One figure, with the interval that holds it, and what it should reach. */
export interface Line {
  readonly what: string
  readonly median: number
  readonly low?: number
  readonly high?: number
  readonly atLeast?: number
  readonly atMost?: number
}

export interface Result {
  readonly id: string
  readonly what: string
  readonly lines: readonly Line[]
  /** The same thing measured twice: anything but 1 says that the machine was too busy to compare anything. */
  readonly same: Estimate
  readonly measured: Measured
}

export type Verdict = 'reached' | 'missed' | 'no verdict' | ''

const isTrusted = ({ same, measured }: Result): boolean =>
  same.low <= 1.02 && same.high >= 0.98 && Math.abs(same.median - 1) <= 0.05 && measured.quiet >= QUIET_MIN

/** Judged by the bound of the interval that speaks against it. */
const verdictOf = (line: Line, result: Result): Verdict => {
  const { median, low = median, high = median, atLeast, atMost } = line
  if (atLeast === undefined && atMost === undefined) return ''
  if (!isTrusted(result)) return 'no verdict'
  return low >= (atLeast ?? -Infinity) && high <= (atMost ?? Infinity) ? 'reached' : 'missed'
}

const text = (value: number): string => value.toFixed(2)
const between = ({ low, high }: Pick<Line, 'low' | 'high'>): string =>
  low === undefined || high === undefined ? '' : `${text(low)} – ${text(high)}`

/** A table for people. */
export const inWords = (result: Result): string => {
  const { id, what, lines, same, measured } = result
  const rows = lines.map((line) => {
    const target =
      line.atLeast !== undefined ? `≥ ${line.atLeast}` : line.atMost !== undefined ? `≤ ${line.atMost}` : ''
    const cells = [line.what.padEnd(52), text(line.median).padStart(6), between(line).padEnd(13), target.padEnd(7)]
    return `  ${[...cells, verdictOf(line, result)].join('  ')}`.trimEnd()
  })
  const costs = [...measured.cpuUs].map(([name, us]) => `${name} ${us.toFixed(1)}`)
  return [
    `${id}  ${what}`,
    ...rows,
    `  the same twice: ${text(same.median)} (${between(same)}); ${measured.quiet} of ${measured.rounds} rounds were quiet`,
    `  µs an operation, of this machine now: ${costs.join(' · ')}`,
  ].join('\n')
}

/** The same for programs. */
export const inJson = (result: Result) => ({
  id: result.id,
  what: result.what,
  lines: result.lines.map((line) => ({ ...line, verdict: verdictOf(line, result) })),
  same: result.same,
  quietRounds: result.measured.quiet,
  rounds: result.measured.rounds,
  cpuUs: Object.fromEntries(result.measured.cpuUs),
})

export const hasMissed = (result: Result): boolean => result.lines.some((line) => verdictOf(line, result) === 'missed')
