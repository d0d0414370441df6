import { VisavisError } from '../errors.js'
import type { RoomId, UserId } from '../ids.js'
import type { CloseReason } from '../mailboxes.js'
import type { Rooms } from './rooms.js'
import type { BanWords, WaitingSet } from './waiting-set.js'

export interface Leaving {
  /** Why, if the person sits in a room. `banned` also keeps the person from searching until unbanned. */
  readonly reason: Extract<CloseReason, 'left' | 'blocked_bot' | 'banned' | 'operator'>
  /** With the reason `banned`: what the person is told of it. */
  readonly ban?: BanWords
  /** The update id of the person's command, absent when nobody commanded it. */
  readonly update?: number
  /** Leave a room and search on in the same step. */
  readonly again?: boolean
}

/** Nobody is paired so often between two scripts; more would mean that the records disagree. */
const LOOKS = 5

/** What became of it. `left` with `waiting`: how many wait, when the person searches on. */
export type Left = { tag: 'left'; room: RoomId; waiting?: number } | { tag: 'stopped' | 'idle' | 'stale' | 'repeat' }

/**
 * Takes a person out of wherever they are. Two scripts, one decision: a person who waits may be paired between them,
 * but then the first script changed nothing and says in which room they are now; so it can never end "stopped but
 * paired".
 */
export const createDeparture = (deps: { waitingSet: WaitingSet; rooms: Rooms }) => {
  const { waitingSet, rooms } = deps
  return async (user: UserId, leaving: Leaving): Promise<Left> => {
    const update = leaving.update === undefined ? {} : { update: leaving.update }
    for (let look = 0; look < LOOKS; look++) {
      const ban = leaving.reason === 'banned' ? (leaving.ban ?? { until: null }) : undefined
      const stop = await waitingSet.stop(user, { ...update, ...(ban && { ban }) })
      if (stop.tag !== 'in_room') return { tag: stop.tag }
      const closed = await rooms.close(stop.room, {
        reason: leaving.reason,
        by: user,
        ...update,
        ...(ban && { ban }),
        again: leaving.again === true,
      })
      switch (closed.tag) {
        case 'closed':
          return { tag: 'left', room: stop.room, ...(leaving.again === true ? { waiting: closed.count } : {}) }
        case 'stale':
        case 'repeat':
          return { tag: closed.tag }
        default:
          // Somebody else closed it just now: the person is free, or already elsewhere. Look again.
          continue
      }
    }
    throw new VisavisError('departure', 'A person points at a room that cannot be closed; the reconciler mends that.', {
      retryable: true,
    })
  }
}
export type Departure = ReturnType<typeof createDeparture>
