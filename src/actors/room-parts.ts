import type { Events } from '../events.js'
import type { HostId, InstanceId, UserId } from '../ids.js'
import type { Logger } from '../logger.js'
import type { Tell } from '../mailbox/tell.js'
import type { Groups } from '../redis/groups.js'
import type { Room, Rooms } from '../redis/rooms.js'
import type { WaitingSet } from '../redis/waiting-set.js'
import type { BotApi } from '../telegram/bot-api.js'

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
