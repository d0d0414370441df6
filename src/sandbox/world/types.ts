import type { AdminRight, BannedRight } from './rights.js'

// Every instant in the world is in whole Unix seconds, as Telegram counts them.

export interface User {
  id: number
  firstName: string
  lastName?: string | undefined
  username?: string | undefined
  /** Digits only. */
  phone?: string | undefined
  languageCode?: string | undefined
  bot?: { token: string } | undefined
  /** A program has signed the account up by itself. */
  signedUp?: boolean | undefined
  /** Two-step verification: readable, since it guards nothing, unless a client has set it. */
  password?: string | KeptPassword | undefined
  /** The person deleted their account. */
  deleted?: boolean | undefined
  /** Telegram froze the account: it may look, and do nothing. */
  frozen?: boolean | undefined
  /** Telegram banned the account: nothing is left of it for its owner. */
  banned?: boolean | undefined
  /** Reported as spam: may not create groups, and is told so only then. */
  restricted?: boolean | undefined
  /** Platforms on which Telegram keeps the account from view (`all`, `ios`, …): shows in `restriction_reason`. */
  restrictedOn?: string[] | undefined
  /** The data centre that the account lives in; 2 unless given. */
  dcId?: number | undefined
}

/** What clients make of a password and what its check goes by, in hexadecimal digits. */
export interface KeptPassword {
  salt1: string
  salt2: string
  verifier: string
}

export type MemberStatus = 'creator' | 'administrator' | 'member' | 'restricted' | 'left' | 'kicked'

/** Replaced as a whole by every change, so that events can carry the state before and after. */
export interface Member {
  readonly userId: number
  readonly status: MemberStatus
  readonly joinedAt: number
  readonly rights: readonly AdminRight[]
  readonly banned: readonly BannedRight[]
  /** 0 = for ever. Only for `restricted` and `kicked`. */
  readonly bannedUntil: number
  /** Whether a `restricted` person is inside. */
  readonly inside: boolean
  /** The member tag or the administrator's title. */
  readonly tag?: string | undefined
  readonly promotedBy?: number | undefined
  readonly bannedBy?: number | undefined
  readonly inviterId?: number | undefined
  readonly inviteHash?: string | undefined
  /** With hidden history the person sees messages from this id on. */
  readonly firstVisibleId: number
  /** The person has deleted the history up to here for themselves. */
  readonly clearedUpTo?: number | undefined
}

export interface Invite {
  hash: string
  adminId: number
  createdAt: number
  title?: string | undefined
  expiresAt?: number | undefined
  limit?: number | undefined
  usage: number
  requestNeeded: boolean
  revoked: boolean
  /** The administrator's primary link. */
  permanent: boolean
}

export interface JoinRequest {
  userId: number
  inviteHash: string
  at: number
}

/** A button under a message, in the Bot API's shape: with one of the things that it can do. */
export interface InlineButton {
  text: string
  callback_data?: string
  url?: string
  web_app?: { url: string }
  login_url?: { url: string }
  copy_text?: { text: string }
  switch_inline_query?: string
  switch_inline_query_current_chat?: string
  switch_inline_query_chosen_chat?: { query?: string }
}

/** Reply markup in the Bot API's shape. */
export interface Markup {
  inline_keyboard?: InlineButton[][]
  [other: string]: unknown
}

/** A message entity in the Bot API's shape. */
export interface MessageEntity {
  type: string
  offset: number
  length: number
  url?: string
  language?: string
  custom_emoji_id?: string
  /** Who is mentioned, as the Bot API shows people. */
  user?: { id: number; is_bot: boolean; first_name: string; last_name?: string; username?: string }
}

export type ServiceAction =
  | { type: 'created'; title: string }
  | { type: 'joined-by-link'; inviterId: number }
  | { type: 'joined-by-request' }
  | { type: 'added'; userIds: number[] }
  | { type: 'removed'; userId: number }
  | { type: 'title'; title: string }
  | { type: 'pinned'; messageId: number }

/** Who wrote a forwarded message and when, or which post of a channel it is. */
export type ForwardOrigin = { at: number; userId: number } | { at: number; channelId: number; messageId: number }

export interface MessageContent {
  text?: string | undefined
  /** A picture; the text then is its caption. */
  photo?: string | undefined
  /** Emoji of a sticker; such a message has no text. */
  sticker?: string | undefined
  entities?: MessageEntity[] | undefined
  markup?: Markup | undefined
  /** In a dialog: the id as the writer sees it. */
  replyTo?: number | undefined
  forwarded?: ForwardOrigin | undefined
}

/** A message in a supergroup or channel: one id for everybody. */
export interface ChatMessage extends MessageContent {
  id: number
  from: number
  at: number
  editedAt?: number | undefined
  service?: ServiceAction | undefined
  /** The chat's event counter when the message was posted. */
  pts: number
}

/** A message in a private chat. Each side numbers the messages of its own account: in a chat with oneself it is one number. */
export interface DialogMessage extends MessageContent {
  userMessageId: number
  peerMessageId: number
  from: number
  at: number
  editedAt?: number | undefined
  /** Who has deleted it for themselves alone. */
  hiddenFrom?: number | undefined
}

export type ChatType = 'supergroup' | 'channel'

export interface Chat {
  /** MTProto id; `toBotApiId` gives the `-100…` form. */
  id: number
  type: ChatType
  title: string
  about: string
  username?: string | undefined
  createdAt: number
  members: Map<number, Member>
  invites: Map<string, Invite>
  requests: Map<number, JoinRequest>
  messages: ChatMessage[]
  lastMessageId: number
  pts: number
  historyHidden: boolean
  /** What ordinary members may not do. */
  defaultBanned: BannedRight[]
  pinned: number[]
  /** How long ordinary members wait between two messages, in seconds. */
  slowModeS?: number | undefined
  /** Per user: the last message they have read. */
  readUpTo: Map<number, number>
  deleted: boolean
}

/** A private chat of a person with a bot, with another person, or with themselves ("Saved Messages"). */
export interface Dialog {
  userId: number
  /** The bot, the other person, or the person once more. */
  peerId: number
  messages: DialogMessage[]
  /** The person blocked their peer. */
  blocked: boolean
  /** The peer, who is a person too, blocked the first one. */
  blockedByPeer?: boolean | undefined
  /** The person has written at least once; before that a bot may not write. */
  started: boolean
  /** The last message (as the person numbers them) that the person has read. */
  readUpTo: number
  /** The same of the peer where that is a person, by their numbers. */
  peerReadUpTo?: number | undefined
}

/** Where a message with a pressed button lies. */
export type MessagePlace = { chat: Chat; message: ChatMessage } | { dialog: Dialog; message: DialogMessage }

export interface CallbackAnswer {
  text?: string | undefined
  alert: boolean
  url?: string | undefined
}
