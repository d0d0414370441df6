import type { CloseReason } from '../mailboxes.js'
import { hostMailbox } from '../mailboxes.js'
import { roomId, type ChatId, type HostId, type RoomId, type UserId } from '../ids.js'
import { runScript, type RedisClient } from './define-script.js'
import type { Keys } from './keys.js'
import {
  claimDeadlineScript,
  claimRoomScript,
  closeRoomScript,
  enterRoomScript,
  finishRoomScript,
  inviteRoomScript,
  locateGroupScript,
  dressRoomScript,
  readRoomScript,
  releaseRoomScript,
  renewRoomScript,
} from './scripts.js'
import type { BanWords } from './waiting-set.js'

export const STAGES = ['inviting', 'open', 'closing'] as const
export type Stage = (typeof STAGES)[number]

/** A room as Redis holds it. Instants are Redis' milliseconds. */
export interface Room {
  readonly id: RoomId
  readonly stage: Stage
  /** Grows with every stage; a commit that expects another version is refused. */
  readonly version: number
  readonly a: UserId
  readonly b: UserId
  readonly chat: ChatId
  readonly host: HostId
  /** When the pair was made, when the stage began, when the stage ends. */
  readonly at: number
  readonly since: number
  readonly deadline: number
  readonly link?: string
  readonly enteredA?: number
  readonly enteredB?: number
  readonly activeAt?: number
  /** Title and tags are set, both are welcomed. */
  readonly dressed?: boolean
  readonly reason?: CloseReason
  readonly by?: UserId | ''
}

/** A link outlives its deadline on Telegram a little: who asks at the last moment is still heard. */
export const LINK_MARGIN_MS = 60_000

export interface RoomSettings {
  readonly entryMs: number
  readonly idleMs: number
  readonly maxAgeMs: number
  /** After how long the clearing up of a closing room is looked at again. */
  readonly closingMs: number
  readonly waitMaxMs: number
  readonly cooldownMs: number
  readonly cooldownMaxMs: number
  readonly forgetMs: number
}

/** How a room ends: for which reason, by whose doing, and what else belongs to it. */
export interface Closing {
  readonly reason: CloseReason
  /** Only if the room still has this version. */
  readonly version?: number
  readonly by?: UserId
  /** The update id of that person's command. */
  readonly update?: number
  /** That person searches on in the same step. */
  readonly again?: boolean
  /** With the reason `banned`: what is said of the ban of `by`. */
  readonly ban?: BanWords
  /** Who did not come. */
  readonly absent?: readonly UserId[]
}

export const partnerOf = (room: Room, user: UserId): UserId => (room.a === user ? room.b : room.a)
export const isMember = (room: Room, user: UserId): boolean => room.a === user || room.b === user
export const hasEntered = (room: Room, user: UserId): boolean =>
  (room.a === user ? room.enteredA : room.enteredB) !== undefined

/** Undefined for what is no record of a room: one such record must not hide the others. */
const readable = (json: string): Room | undefined => {
  try {
    const record: unknown = JSON.parse(json)
    return typeof record === 'object' && record !== null && 'id' in record ? (record as Room) : undefined
  } catch {
    return undefined
  }
}

export const createRooms = (redis: RedisClient, keys: Keys, settings: RoomSettings) => {
  const fixed = {
    ...keys,
    roomMailbox: keys.mailbox('room'),
    courierMailbox: keys.mailbox('courier'),
    ledgerMailbox: keys.mailbox('ledger'),
  }
  const of = (room: RoomId) => ({ ...fixed, roomLease: keys.roomLease(room) })
  const { entryMs, idleMs, maxAgeMs } = settings

  return {
    /** Undefined when it is over. Throws RebuildingError. */
    get: async (room: RoomId): Promise<Room | undefined> => {
      const json = await runScript(redis, readRoomScript, keys, { room })
      return json === undefined ? undefined : (JSON.parse(json) as Room)
    },

    /** The room that holds this group, if one does. Throws RebuildingError. */
    roomIn: async (chat: ChatId): Promise<Room | undefined> => {
      const { json = '' } = (await runScript(redis, locateGroupScript, keys, { chat })) ?? {}
      return json === '' ? undefined : (JSON.parse(json) as Room)
    },

    /** How many rooms there are in each stage. */
    countByStage: async (): Promise<Record<Stage, number>> => {
      const [inviting, open, closing] = await Promise.all(STAGES.map((stage) => redis.zcard(keys[stage])))
      return { inviting: inviting ?? 0, open: open ?? 0, closing: closing ?? 0 }
    },

    /** Rooms of one stage, nearest deadline first. Those that are over by now, or unreadable, are left out, and told to `leftOut`. */
    list: async (
      stage: Stage,
      offset: number,
      limit: number,
      leftOut?: (room: RoomId, why: 'over' | 'unreadable') => void,
    ): Promise<Room[]> => {
      const ids = await redis.zrange(keys[stage], String(offset), String(offset + limit - 1))
      if (ids.length === 0) return []
      const records = await redis.hmget(keys.rooms, ...ids)
      return ids.flatMap((id, index) => {
        const json = records[index] ?? null
        const room = json === null ? undefined : readable(json)
        if (room === undefined) leftOut?.(roomId(id), json === null ? 'over' : 'unreadable')
        return room ?? []
      })
    },

    /** Lets one actor at a time act on a room; `token` names the holder. */
    claim: async (room: RoomId, token: string, claimMs: number) => {
      const reply = await runScript(redis, claimRoomScript, keys, { room, token, claimMs })
      return reply.tag === 'room' ? { ...reply, room: JSON.parse(reply.json) as Room } : reply
    },
    release: (room: RoomId, token: string) => runScript(redis, releaseRoomScript, fixed, { room, token }),

    invite: (room: RoomId, version: number, link: string) =>
      runScript(redis, inviteRoomScript, of(room), { room, version, link, entryMs }),
    enter: (room: RoomId, user: UserId) =>
      runScript(redis, enterRoomScript, of(room), { room, user, idleMs, maxAgeMs }),
    renew: (room: RoomId, chat: ChatId) =>
      runScript(redis, renewRoomScript, of(room), { room, chat, idleMs, maxAgeMs }),
    /** The group carries its title and tags: both are welcomed by the same step, once. */
    dress: (room: RoomId, version: number) => runScript(redis, dressRoomScript, fixed, { room, version }),

    /** Ends a room; both are free and told by the same step. `closed` with how many wait, or why it was not done. */
    close: (room: RoomId, closing: Closing) =>
      runScript(redis, closeRoomScript, of(room), {
        room,
        version: closing.version ?? '',
        reason: closing.reason,
        by: closing.by ?? '',
        update: closing.update ?? '',
        again: closing.again ? '1' : '',
        closingMs: settings.closingMs,
        waitMaxMs: settings.waitMaxMs,
        absent: (closing.absent ?? []).join(','),
        cooldownMs: settings.cooldownMs,
        cooldownMaxMs: settings.cooldownMaxMs,
        forgetMs: settings.forgetMs,
        banUntil: closing.ban?.until ?? '',
        banReason: closing.ban?.unwritten?.reason ?? '',
        bannedBy: closing.ban?.unwritten?.by ?? '',
      }),

    /** Nothing of the room stays; its group goes back to stock or is disposed of. */
    finish: (room: Room, group: 'stock' | 'disposing') =>
      runScript(
        redis,
        finishRoomScript,
        { ...of(room.id), hostMailbox: keys.mailbox(hostMailbox(room.host)) },
        { room: room.id, version: room.version, group },
      ),

    /** A deadline may have passed: exactly one of all callers is told `claimed`. */
    claimDeadline: (room: RoomId, retryMs: number) => runScript(redis, claimDeadlineScript, fixed, { room, retryMs }),
  }
}
export type Rooms = ReturnType<typeof createRooms>
