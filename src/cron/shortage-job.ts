import { systemClock, type Clock } from '../clock.js'
import { MOMENT_MS, type Shortage } from '../redis/shortage.js'
import type { WaitingSet } from '../redis/waiting-set.js'
import type { Job } from './job.js'

/** An account that must wait again and again makes one shortage after another: so long after one nobody is told of the next. */
const QUIET_MS = 600_000

/**
 * Tells those who wait that no host can make groups and none is left, and that it is over. A host that fails one look
 * makes no shortage, and one group in stock, which is soon taken again, ends none: only what looks running agree on
 * counts. While matching is paused nobody is told either: whoever pauses or resumes it has all told what holds by then.
 */
export const createShortageJob = (deps: {
  shortage: Pick<Shortage, 'read' | 'begin' | 'end'>
  waitingSet: Pick<WaitingSet, 'paused'>
  everyMs: number
  clock?: Clock
}): Job => {
  const { shortage, waitingSet, everyMs, clock = systemClock } = deps
  /** Since when every look has found that nobody can make any: by Redis' clock, and by ours. */
  let lacking: { readonly at: number; readonly since: number } | undefined
  let wasStocked = false
  let quietUntil = -Infinity
  return {
    name: 'shortage',
    schedule: { everyMs },
    run: async () => {
      const [{ begun, isStocked, canMake, now }, isPaused] = await Promise.all([shortage.read(), waitingSet.paused()])
      if (begun) {
        lacking = undefined
        if (canMake === true || (isStocked && wasStocked)) {
          await shortage.end(isPaused)
          quietUntil = clock.now() + QUIET_MS
        }
      } else if (isStocked || canMake !== false) lacking = undefined
      else {
        lacking ??= { at: now, since: clock.now() }
        const isSure = clock.now() - lacking.since >= MOMENT_MS
        if (isSure && clock.now() >= quietUntil) await shortage.begin(lacking.at, isPaused)
      }
      wasStocked = isStocked
    },
  }
}
