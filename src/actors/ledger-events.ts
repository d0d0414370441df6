import type { Events } from '../events.js'
import { roomId, type RoomId } from '../ids.js'
import { CLOSE_REASONS, type LedgerMessage } from '../mailboxes.js'

export type LedgerEvents = Pick<
  Events,
  'waiting' | 'searchEnded' | 'paired' | 'entered' | 'opened' | 'closing' | 'gone' | 'groupStocked' | 'factIllegible'
>

const waitedOf = (waited: string): number[] => waited.split(',').map(Number).filter(Number.isFinite)

/**
 * What a fact that has been written means in the business. Every room and every search passes here, whoever moved it,
 * so this is where they are counted. A fact that is told again by the reconciler counts again, a pair excepted.
 */
export const tellEvent = (events: LedgerEvents, message: LedgerMessage): void => {
  switch (message.type) {
    case 'waiting':
      return events.waiting(message.users.split(',').length, message.first === '1')
    case 'idle':
      return events.searchEnded()
    case 'paired':
      if (message.waited !== undefined) events.paired(roomId(message.room), waitedOf(message.waited))
      return
    case 'invited':
      return // Counted by the room actor, which knows how long it took.
    case 'entered':
      return events.entered(roomId(message.room))
    case 'opened':
      return events.opened(roomId(message.room))
    case 'closing': {
      const reason = CLOSE_REASONS.find((known) => known === message.reason)
      const room: RoomId = roomId(message.room)
      return reason === undefined ? undefined : events.closing(room, reason)
    }
    case 'gone':
      return events.gone(roomId(message.room), message.group)
    case 'stocked':
      return events.groupStocked(message.chat)
    case 'banned':
    case 'unbanned':
      return // Who is banned is in the table, and by whom in the audit.
  }
}
