import { systemClock } from '../clock.js'
import type { RoomId } from '../ids.js'
import { RebuildingError, wordsOf } from '../errors.js'
import type { Logger } from '../logger.js'
import type { Rooms } from '../redis/rooms.js'
import type { WaitingSet } from '../redis/waiting-set.js'
import type { Deadlines } from '../redis/deadlines.js'

/** Looks at least this often, for deadlines that were set sooner than the one it sleeps towards. */
const LONGEST_SLEEP_MS = 1_000
/** After a touch Redis publishes at once; what nobody claimed so much later is claimed without the event. */
const CLAIM_AFTER_MS = 25
/** How soon the sweep comes back to a room whose actor did not act. */
const RETRY_MS = 5_000

/**
 * Ends what outlived its deadline. An expiry event is a hint and the deadline is the truth: the sweep, woken by the
 * next deadline, touches the leases that are due (which makes Redis publish their expiry at once) and claims directly
 * what is still unclaimed a moment later. Any number of reapers may run: each deadline is claimed by exactly one.
 */
export const createReaper = (deps: { deadlines: Deadlines; rooms: Rooms; waitingSet: WaitingSet; logger: Logger }) => {
  const { deadlines, rooms, waitingSet, logger } = deps
  const stopping = new AbortController()

  const claim = async (room: RoomId) => {
    const reply = await rooms.claimDeadline(room, RETRY_MS)
    if (reply === 'claimed') logger.debug({ event: 'deadline_claimed', room }, 'A deadline has passed')
  }

  /** One look: everything due is on its way when it resolves. Gives the milliseconds until the next deadline. */
  const sweep = async (): Promise<number> => {
    const { due, nextInMs } = await deadlines.look()
    if (due.length > 0) {
      await deadlines.touch(due)
      await systemClock.wait(CLAIM_AFTER_MS)
      for (const room of await deadlines.stillDue(due)) await claim(room)
    }
    const { nextAt } = await waitingSet.expire()
    const waitInMs = nextAt < 0 ? LONGEST_SLEEP_MS : nextAt - (await waitingSet.now())
    return Math.min(nextInMs, waitInMs)
  }

  const run = async () => {
    while (!stopping.signal.aborted) {
      let sleepMs = LONGEST_SLEEP_MS
      try {
        // One more millisecond: due is what is strictly past.
        sleepMs = Math.min(LONGEST_SLEEP_MS, Math.max(1, (await sweep()) + 1))
      } catch (error) {
        if (!(error instanceof RebuildingError))
          logger.warn({ event: 'sweep_failed', error: wordsOf(error) }, 'The sweep of deadlines failed; it goes on')
        sleepMs = 200
      }
      await systemClock.wait(sleepMs, stopping.signal)
    }
  }
  const running = run()

  return {
    /** For expiry events. */
    expired: (room: RoomId) => {
      claim(room).catch((error: unknown) => {
        if (!(error instanceof RebuildingError))
          logger.debug({ event: 'claim_failed', error: wordsOf(error) }, 'A claim failed; the sweep will come')
      })
    },
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
export type Reaper = ReturnType<typeof createReaper>
