import type { ChatId, HostId, RoomId, UserId } from './ids.js'

/**
 * Every message that can lie in a mailbox. A message is a nudge ("look at this"): the truth is in the state that it
 * points to, so repetition and order do not matter. Facts for the ledger are the exception: what they state has
 * happened, and they are applied in order.
 *
 * On the wire a message is a stream entry whose fields are the keys below, all strings. Lua scripts write the same
 * fields (each script's header lists what it emits).
 */

/** For the room actor: something happened to a room or in a group. */
export type RoomMessage =
  | { type: 'look'; room: RoomId }
  /** Somebody asks to enter a group through a join-request link. */
  | { type: 'join-request'; chat: ChatId; user: UserId }
  /** Somebody's membership of a group changed; what it is now, Telegram is asked. */
  | { type: 'member'; chat: ChatId; user: UserId }
  /** The bot was removed from a group or lost rights there. */
  | { type: 'bot-rights'; chat: ChatId }

/** For one host. */
export type HostMessage =
  /** The stock may have shrunk. */
  | { type: 'fill' }
  /** A group is to be deleted, or cleaned and put back, as GROUP_DISPOSAL says. `room` is the room that held it, or ''. */
  | { type: 'dispose'; chat: ChatId; room: RoomId | '' }
  /** An operator asks which groups with our marker exist on Telegram; the answer goes to the key `answer:<answer>`. */
  | { type: 'list-groups'; answer: string }
  /** An operator asks what Telegram says about the account; answered in the same way. */
  | { type: 'check'; answer: string }

/** For the courier: what to tell whom. `args` is a JSON object for the notice's text. */
export type CourierMessage =
  | { type: 'notice'; to: UserId; notice: string; args: string }
  | { type: 'group-notice'; chat: ChatId; room: RoomId; notice: string; args: string }

/** For the ledger: facts. Instants are Redis' milliseconds. */
export type LedgerMessage =
  /** These people (comma-separated) joined the waiting set; `first` is '1' for those first in line. */
  | { type: 'waiting'; users: string; at: string; first: '0' | '1' }
  /** This person neither waits nor sits in a room any more. */
  | { type: 'idle'; user: UserId; at: string }
  /** `waited`: for how many milliseconds the two had waited, comma-separated; absent when the fact is told again. */
  | { type: 'paired'; room: RoomId; a: UserId; b: UserId; chat: ChatId; host: HostId; at: string; waited?: string }
  | { type: 'invited'; room: RoomId; link: string; deadline: string; at: string }
  | { type: 'entered'; room: RoomId; user: UserId; at: string }
  | { type: 'opened'; room: RoomId; at: string }
  /** People left the room: it is being closed. `by` is who ended it, or ''. */
  | { type: 'closing'; room: RoomId; reason: CloseReason; by: UserId | ''; at: string }
  /** Nothing of the room is left in Redis. `group` says where its group went. */
  | { type: 'gone'; room: RoomId; chat: ChatId; group: 'stock' | 'disposing'; at: string }
  /** Somebody was banned while Postgres was away: until when, or '' for good; why, in words of whoever did it. */
  | { type: 'banned'; user: UserId; until: string; why: string; by: string; at: string }
  /** A ban was lifted: whatever was banned before `at` is not any more. */
  | { type: 'unbanned'; user: UserId; at: string }
  /** A group came into stock. */
  | { type: 'stocked'; chat: ChatId; host: HostId; at: string }

/** Why a room ends. One room, one reason (I6). */
export const CLOSE_REASONS = [
  'left',
  'no_show',
  'idle',
  'max_age',
  'operator',
  'banned',
  'blocked_bot',
  'bot_removed',
  'lost',
] as const
export type CloseReason = (typeof CLOSE_REASONS)[number]

export interface MailboxMessages {
  room: RoomMessage
  courier: CourierMessage
  ledger: LedgerMessage
  [host: `host:${string}`]: HostMessage
}
export type MailboxName = 'room' | 'courier' | 'ledger' | `host:${string}`
export type MessageOf<Name extends MailboxName> = MailboxMessages[Name]

/** The fields each type of message must carry. The consumer refuses an entry that lacks one. */
export const MESSAGE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  look: ['room'],
  'join-request': ['chat', 'user'],
  member: ['chat', 'user'],
  'bot-rights': ['chat'],
  fill: [],
  dispose: ['chat', 'room'],
  'list-groups': ['answer'],
  check: ['answer'],
  notice: ['to', 'notice', 'args'],
  'group-notice': ['chat', 'room', 'notice', 'args'],
  waiting: ['users', 'at', 'first'],
  idle: ['user', 'at'],
  paired: ['room', 'a', 'b', 'chat', 'host', 'at'],
  invited: ['room', 'link', 'deadline', 'at'],
  entered: ['room', 'user', 'at'],
  opened: ['room', 'at'],
  closing: ['room', 'reason', 'by', 'at'],
  gone: ['room', 'chat', 'group', 'at'],
  banned: ['user', 'until', 'why', 'by', 'at'],
  unbanned: ['user', 'at'],
  stocked: ['chat', 'host', 'at'],
}

/** The fields that a message of a type may carry besides. */
export const OPTIONAL_FIELDS: Readonly<Record<string, readonly string[]>> = { paired: ['waited'] }

/** The mailbox of one host account. */
export const hostMailbox = (host: HostId): `host:${string}` => `host:${host}`

const HOST_MAILBOX = /^host:[1-9]\d{0,8}$/

/** What came from outside as the name of a mailbox; undefined when there cannot be one of that name. */
export const mailboxName = (text: string): MailboxName | undefined =>
  text === 'room' || text === 'courier' || text === 'ledger' || HOST_MAILBOX.test(text)
    ? (text as MailboxName)
    : undefined
