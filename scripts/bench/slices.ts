import { foreignShare, type BenchServer } from './bench-server.js'
import { estimate, median, type Estimate } from './statistics.js'

/** One way of doing something, measured in short slices between those of the others. */
export interface Candidate {
  readonly name: string
  /** Brings the server into the state that a slice begins with. Not measured. */
  readonly prepare?: () => Promise<unknown>
  /** A slice, or one of its parts. Gives how many operations it was. */
  readonly run: () => Promise<number>
  /** Throws when the slice did not do what it should have done. Not measured. */
  readonly check?: () => Promise<unknown>
  /** How many parts a slice has, each with a preparation of its own; one if left out. */
  readonly parts?: number
}

interface Slice {
  /** CPU time of the server for one operation. */
  readonly cpuUs: number
  /** Which share of the machine others used; 0 where it cannot be known. */
  readonly foreign: number
}

export interface Measured {
  /** Median CPU time of the server for one operation: it drifts with the machine. */
  readonly cpuUs: ReadonlyMap<string, number>
  /** The cost of `of` ÷ the cost of `to`, slice by slice. */
  readonly ratio: (of: string, to: string) => Estimate
  /** Rounds that count, of all. */
  readonly quiet: number
  readonly rounds: number
}

/** Others may use so much of the machine while a slice runs; above it they would be measured too. */
const FOREIGN_MAX = 0.2
/** Of so few rounds nothing can be said; then the busy ones count too, and there is no verdict. */
export const QUIET_MIN = 12

/**
 * Measures all candidates in many short slices, forward and backward in turn, so that the machine's drift meets all of
 * them alike. Ratios are taken within a round.
 */
export const measure = async (
  server: BenchServer,
  candidates: readonly Candidate[],
  rounds: number,
): Promise<Measured> => {
  const slice = async ({ prepare, run, check, parts = 1 }: Candidate): Promise<Slice> => {
    let [operations, cpuUs, foreign] = [0, 0, 0]
    for (let part = 0; part < parts; part++) {
      await prepare?.()
      // To ask for the time costs the server time too: a little, and much beside a few operations.
      const asked = await server.times()
      const before = await server.times()
      operations += await run()
      const after = await server.times()
      await check?.()
      cpuUs += after.serverUs - before.serverUs - (before.serverUs - asked.serverUs)
      foreign += foreignShare(before, after) ?? 0
    }
    return { cpuUs: cpuUs / operations, foreign: foreign / parts }
  }
  // The first round fills caches and is thrown away.
  for (const candidate of candidates) await slice(candidate)
  const all: Map<string, Slice>[] = []
  for (let round = 0; round < rounds; round++) {
    const measured = new Map<string, Slice>()
    for (const one of round % 2 === 0 ? candidates : [...candidates].reverse()) measured.set(one.name, await slice(one))
    all.push(measured)
  }
  const isQuiet = (round: ReadonlyMap<string, Slice>) =>
    [...round.values()].every(({ foreign }) => foreign <= FOREIGN_MAX)
  const quiet = all.filter(isQuiet)
  const counted = quiet.length >= QUIET_MIN ? quiet : all
  const costs = (name: string) => counted.map((round) => round.get(name)?.cpuUs ?? NaN)
  return {
    cpuUs: new Map(candidates.map(({ name }) => [name, median(costs(name))])),
    ratio: (of, to) => {
      const divisors = costs(to)
      return estimate(costs(of).map((cost, i) => cost / (divisors[i] ?? NaN)))
    },
    quiet: quiet.length,
    rounds,
  }
}
