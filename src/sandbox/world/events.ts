import type {
  CallbackAnswer,
  Chat,
  ChatMessage,
  Dialog,
  DialogMessage,
  Invite,
  Member,
  MessagePlace,
  User,
} from './types.js'

/** What happened in the world. The surfaces turn these into Bot API updates, MTProto updates and page events. */
export type WorldEvent =
  | { kind: 'user'; user: User }
  | { kind: 'clock'; offsetMs: number }
  | { kind: 'limits' }
  | { kind: 'chat'; chat: Chat }
  | { kind: 'chat-deleted'; chat: Chat; actorId: number; memberIds: number[] }
  | { kind: 'message'; chat: Chat; message: ChatMessage }
  | { kind: 'message-edited'; chat: Chat; message: ChatMessage }
  | { kind: 'messages-deleted'; chat: Chat; ids: number[] }
  | { kind: 'history-cleared'; chat: Chat; userId: number; upTo: number }
  | { kind: 'pinned'; chat: Chat; ids: number[]; pinned: boolean }
  | MemberEvent
  | { kind: 'join-request'; chat: Chat; userId: number; invite: Invite }
  | { kind: 'join-request-decided'; chat: Chat; userId: number; approved: boolean }
  | { kind: 'dialog-message'; dialog: Dialog; message: DialogMessage }
  | { kind: 'dialog-message-edited'; dialog: Dialog; message: DialogMessage }
  /** `onlyFor` is who deleted them for themselves alone. */
  | { kind: 'dialog-messages-deleted'; dialog: Dialog; messages: DialogMessage[]; onlyFor?: number | undefined }
  | { kind: 'blocked'; dialog: Dialog; by: number; blocked: boolean }
  | { kind: 'read'; userId: number; chat?: Chat; dialog?: Dialog }
  | CallbackEvent
  | { kind: 'callback-answered'; id: string; userId: number; answer: CallbackAnswer }

/** Somebody's standing in a chat changed. Bots that administer the chat hear of it, people do not. */
export interface MemberEvent {
  kind: 'member'
  chat: Chat
  actorId: number
  userId: number
  before: Member
  after: Member
  invite?: Invite | undefined
  viaJoinRequest: boolean
}

/** A person pressed a callback button; it waits for `callbacks.answer(id, …)`. */
export interface CallbackEvent {
  kind: 'callback'
  id: string
  userId: number
  botId: number
  data: string
  place: MessagePlace
}
