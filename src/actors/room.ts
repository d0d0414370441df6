import type { HostId, InstanceId, RoomId, UserId } from '../ids.js'
import type { Events } from '../events.js'
import type { Logger } from '../logger.js'
import type { Delivery, Postpone } from '../mailbox/consumer.js'
import type { Tell } from '../mailbox/tell.js'
import type { RoomMessage } from '../mailboxes.js'
import type { Groups } from '../redis/groups.js'
import type { Room, Rooms } from '../redis/rooms.js'
import type { WaitingSet } from '../redis/waiting-set.js'
import type { BotApi } from '../telegram/bot-api.js'
import { createDoor } from './room-door.js'
import { createStages } from './room-stages.js'

export interface RoomActorDeps {
  readonly rooms: Rooms
  readonly groups: Groups
  readonly waitingSet: WaitingSet
  readonly tell: Tell
  readonly bot: BotApi
  /** Nicknames of those who have one. */
  readonly nicknames: (users: readonly UserId[]) => Promise<ReadonlyMap<UserId, string>>
  /** The Telegram account behind a host. */
  readonly hostUser: (host: HostId) => Promise<UserId | undefined>
  /** Whether somebody holds that host's lease: only then can its groups be deleted soon. */
  readonly hostLives: (host: HostId) => Promise<boolean>
  readonly instance: InstanceId
  readonly logger: Logger
  readonly events: Pick<Events, 'invited'>
  readonly settings: { readonly entryMs: number; readonly idleMs: number; readonly maxAgeMs: number }
}

/** What an actor that looked at a room knows: the room, and Redis' clock then. */
export interface Look {
  readonly room: Room
  readonly now: number
}

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
