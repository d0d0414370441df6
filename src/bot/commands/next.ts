import type { Rooms } from '../../redis/rooms.js'
import type { WaitingSet } from '../../redis/waiting-set.js'
import { endOf, type Command } from '../people.js'
import type { Say } from '../say.js'
import { createTellState } from './find.js'

export interface NextDeps {
  readonly waitingSet: Pick<WaitingSet, 'whereabouts' | 'match'>
  readonly rooms: Pick<Rooms, 'close'>
  readonly say: Say
  readonly find: Command
}

/** Leaves the room and searches on in one step; outside of a room it is /find. */
export const createNext = (deps: NextDeps): Command => {
  const { waitingSet, rooms, say, find } = deps
  const tellState = createTellState(deps)
  return async (asked) => {
    const { user, update, profile } = asked
    if (profile.bannedUntil !== null) return say(user, 'banned', endOf(profile.bannedUntil))
    const where = await waitingSet.whereabouts(user)
    if (where.state !== 'paired') return find(asked)

    const reply = await rooms.close(where.room, { reason: 'left', by: user, update, again: true })
    switch (reply.tag) {
      case 'closed':
        // Both were told by the script; whoever waits already may suit.
        await waitingSet.match()
        return undefined
      case 'closing':
      case 'gone':
      case 'changed':
        // The room ended a moment before, and with it the person's place in it.
        return find(asked)
      case 'repeat':
        return tellState(user)
      case 'stale':
        return undefined
    }
  }
}
