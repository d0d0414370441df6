import { chatId, hostId, roomId, userId, type ChatId, type RoomId, type UserId } from '../ids.js'
import { CLOSE_REASONS, type CloseReason, type LedgerMessage } from '../mailboxes.js'
import type {
  BanMade,
  Folded,
  GroupPlace,
  PersonPlace,
  Position,
  RoomMade,
  RoomMoved,
} from '../postgres/ledger-store.js'

/** A fact with the id of its stream entry, `ms-seq`. */
export interface Fact {
  readonly id: string
  readonly message: LedgerMessage
}

/** `1700000000000-3` → its two numbers. Throws TypeError for anything else. */
export const parsePosition = (id: string): Position => {
  const [, ms, seq] = /^(\d{1,18})-(\d{1,18})$/.exec(id) ?? []
  if (ms === undefined || seq === undefined) throw new TypeError(`not the id of a stream entry: ${id.slice(0, 40)}`)
  return { ms: BigInt(ms), seq: BigInt(seq) }
}

export const comparePositions = (a: Position, b: Position): number =>
  a.ms !== b.ms ? (a.ms < b.ms ? -1 : 1) : a.seq < b.seq ? -1 : a.seq > b.seq ? 1 : 0

const instant = (text: string): number => {
  if (!/^\d{1,15}$/.test(text)) throw new TypeError(`not an instant: ${text.slice(0, 40)}`)
  return Number(text)
}

const closeReason = (text: string): CloseReason => {
  const reason = CLOSE_REASONS.find((known) => known === text)
  if (reason === undefined) throw new TypeError(`not a reason to close a room: ${text.slice(0, 40)}`)
  return reason
}

/**
 * Folds facts, in whatever order they are given. `onIllegible` hears of those that no repetition makes legible. What
 * Postgres would refuse must be found here: one such fact would hold up every batch that it is part of.
 */
export const foldFacts = (facts: readonly Fact[], onIllegible: (id: string, error: unknown) => void): Folded => {
  const made = new Map<RoomId, RoomMade>()
  const moved = new Map<RoomId, RoomMoved>()
  const entered: { room: RoomId; user: UserId; at: number }[] = []
  const freed = new Set<RoomId>()
  const people = new Map<UserId, PersonPlace>()
  const groups = new Map<ChatId, GroupPlace>()
  const bans: BanMade[] = []
  const unbanned = new Map<UserId, { at: number; position: Position }>()

  const movesOf = (room: RoomId): RoomMoved => {
    const known = moved.get(room) ?? {}
    moved.set(room, known)
    return known
  }
  const free = (room: RoomId, position: Position): void => {
    freed.add(room)
    const pair = made.get(room)
    for (const user of pair ? [pair.a, pair.b] : []) {
      const place = people.get(user)
      if (place?.state === 'paired' && place.room === room) people.set(user, { state: 'idle', position })
    }
  }

  /** Reads all of a fact before it writes any: an illegible fact leaves no trace. */
  const fold = (message: LedgerMessage, position: Position): void => {
    const at = instant(message.at)
    switch (message.type) {
      case 'waiting': {
        const first = message.first === '1'
        for (const user of message.users.split(',').map(userId))
          people.set(user, { state: 'waiting', since: at, first, position })
        return
      }
      case 'idle':
        people.set(userId(message.user), { state: 'idle', position })
        return
      case 'paired': {
        const room = roomId(message.room)
        const [a, b] = [userId(message.a), userId(message.b)]
        if (a === b) throw new TypeError('nobody is paired with themselves')
        const chat = chatId(message.chat)
        made.set(room, { a, b, chat, host: hostId(message.host), at })
        for (const user of [a, b]) people.set(user, { state: 'paired', since: at, room, position })
        groups.set(chat, { status: 'held', room, position })
        return
      }
      case 'invited': {
        const deadlineAt = instant(message.deadline)
        if (message.link.includes('\0')) throw new TypeError('not a link')
        movesOf(roomId(message.room)).invitation = { link: message.link, at, deadlineAt }
        return
      }
      case 'entered':
        entered.push({ room: roomId(message.room), user: userId(message.user), at })
        return
      case 'opened':
        movesOf(roomId(message.room)).openedAt ??= at
        return
      case 'closing': {
        const ending = { reason: closeReason(message.reason), by: message.by === '' ? null : userId(message.by), at }
        const room = roomId(message.room)
        movesOf(room).ending ??= ending
        free(room, position)
        return
      }
      case 'gone': {
        const room = roomId(message.room)
        const chat = chatId(message.chat)
        movesOf(room).closedAt ??= at
        free(room, position)
        groups.set(chat, { status: message.group, room: null, position })
        return
      }
      case 'stocked':
        groups.set(chatId(message.chat), { status: 'stock', room: null, position })
        return
      case 'banned': {
        const { why: reason, by } = message
        if (`${reason}${by}`.includes('\0')) throw new TypeError('not the words of a ban')
        const until = message.until === '' ? null : instant(message.until)
        bans.push({ user: userId(message.user), until, reason, by, at, position })
        return
      }
      case 'unbanned':
        unbanned.set(userId(message.user), { at, position })
        return
      default:
        throw new TypeError('not a fact that the ledger knows')
    }
  }

  const inOrder = facts
    .flatMap(({ id, message }) => {
      try {
        return [{ id, message, position: parsePosition(id) }]
      } catch (error) {
        onIllegible(id, error)
        return []
      }
    })
    .sort((one, other) => comparePositions(one.position, other.position))
  for (const { id, message, position } of inOrder) {
    try {
      fold(message, position)
    } catch (error) {
      onIllegible(id, error)
    }
  }
  return { made, moved, entered, freed, people, groups, bans, unbanned, upTo: inOrder.at(-1)?.position }
}
