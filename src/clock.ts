import { setTimeout as sleep } from 'node:timers/promises'

/** This process' sense of time, for pacing and patience only: deadlines of people and rooms are judged by Redis' clock. */
export interface Clock {
  /** Milliseconds; never goes back. */
  now(): number
  /** Resolves after this many milliseconds, or at once (without an error) when the signal is aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
}

/** setTimeout fires at once for anything longer than 2^31 - 1 ms. */
const LONGEST_MS = 2_000_000_000

export const systemClock: Clock = {
  now: () => performance.now(),
  wait: async (ms, signal) => {
    if (signal?.aborted) return
    try {
      await sleep(Math.min(Math.max(ms, 0), LONGEST_MS), undefined, signal === undefined ? {} : { signal })
    } catch {
      // The only rejection is the abort, which the caller asked for.
    }
  },
}
