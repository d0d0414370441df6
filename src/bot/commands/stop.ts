import type { Departure } from '../../redis/departure.js'
import type { WaitingSet } from '../../redis/waiting-set.js'
import type { Command } from '../people.js'
import type { Say } from '../say.js'
import { createTellState } from './find.js'

/** Stops the search, or leaves the room: never "stopped but paired". */
export const createStop = (deps: {
  departure: Departure
  waitingSet: Pick<WaitingSet, 'whereabouts'>
  say: Say
}): Command => {
  const tellState = createTellState(deps)
  return async ({ user, update }) => {
    switch ((await deps.departure(user, { reason: 'left', update })).tag) {
      case 'stopped':
        return deps.say(user, 'stopped')
      case 'idle':
        return deps.say(user, 'nothing_to_stop')
      case 'repeat':
        return tellState(user)
      case 'left':
      case 'stale':
        // The script told both; an older command than the last one says nothing.
        return undefined
    }
  }
}
