import type { RoomId } from '../ids.js'
import type { Delivery, Postpone } from '../mailbox/consumer.js'
import type { RoomMessage } from '../mailboxes.js'
import { createDoor } from './room-door.js'
import type { RoomActorDeps } from './room-parts.js'
import { createStages } from './room-stages.js'

/** A claim stands so long without renewal; it is renewed while the actor works. */
const CLAIM_MS = 6_000

/**
 * Looks at one room and decides what happens next to it. A message only says which room: what is done follows from
 * the room's record, and every commit checks the version that was looked at.
 */
export const createRoomActor = (deps: RoomActorDeps) => {
  const { rooms, waitingSet, instance } = deps
  const door = createDoor(deps)
  const stages = createStages(deps)
  let claims = 0

  const look = async (id: RoomId, redelivered: boolean): Promise<void | Postpone> => {
    const token = `${instance}:${++claims}`
    const reply = await rooms.claim(id, token, CLAIM_MS)
    if (reply.tag === 'gone') return
    if (reply.tag === 'busy') {
      // The holder found a mark and looks again. A message that comes a second time may be the dead holder's own, so
      // it waits until the claim has run out.
      return redelivered ? { postponeMs: Math.max(1, reply.claimUntil - (await waitingSet.now())) } : undefined
    }
    const renewal = setInterval(() => void rooms.claim(id, token, CLAIM_MS).catch(() => undefined), CLAIM_MS / 3)
    try {
      await stages[reply.room.stage]({ room: reply.room, now: reply.now })
    } finally {
      clearInterval(renewal)
      await rooms.release(id, token)
    }
  }

  return {
    handle: ({ message, redelivered }: Delivery<RoomMessage>): Promise<void | Postpone> => {
      switch (message.type) {
        case 'look':
          return look(message.room, redelivered)
        case 'join-request':
          return door.knock(message.chat, message.user)
        case 'member':
          return door.member(message.chat, message.user)
        case 'bot-rights':
          return door.botRights(message.chat)
      }
    },
    /** Messages about one room or one group are handled one after another. */
    lane: (message: RoomMessage): string => ('room' in message ? message.room : message.chat),
  }
}
export type RoomActor = ReturnType<typeof createRoomActor>
