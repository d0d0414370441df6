import type { UserId } from '../../ids.js'
import type { CloseReason } from '../../mailboxes.js'
import type { Rooms } from '../../redis/rooms.js'
import type { WaitingSet } from '../../redis/waiting-set.js'
import type { Command } from '../people.js'
import type { Say } from '../say.js'
import { createTellState } from './find.js'

export interface LeaveDeps {
  readonly waitingSet: Pick<WaitingSet, 'stop'>
  readonly rooms: Pick<Rooms, 'close'>
}

/** How often a person may move (be paired, be freed) between our two looks before it is left to their next command. */
const ROUNDS = 3

/**
 * Takes a person out of wherever they are: the waiting set or a room. Gives what it was; `moved` when the person was
 * paired and freed again faster than could be followed.
 */
export const createLeave =
  ({ waitingSet, rooms }: LeaveDeps) =>
  async (user: UserId, update: number, reason: CloseReason) => {
    for (let round = 0; round < ROUNDS; round++) {
      const search = await waitingSet.stop(user, { update })
      if (search.tag !== 'in_room') return search.tag
      const room = await rooms.close(search.room, { reason, by: user, update })
      if (room.tag === 'closed' || room.tag === 'stale' || room.tag === 'repeat') return room.tag
    }
    return 'moved' as const
  }
export type Leave = ReturnType<typeof createLeave>

/** Stops the search, or leaves the room: never "stopped but paired". */
export const createStop = (deps: { leave: Leave; waitingSet: Pick<WaitingSet, 'whereabouts'>; say: Say }): Command => {
  const tellState = createTellState(deps)
  return async ({ user, update }) => {
    switch (await deps.leave(user, update, 'left')) {
      case 'stopped':
        return deps.say(user, 'stopped')
      case 'idle':
        return deps.say(user, 'nothing_to_stop')
      case 'repeat':
      case 'moved':
        return tellState(user)
      case 'closed':
      case 'stale':
        // The script told both; an older command than the last one says nothing.
        return undefined
    }
  }
}
