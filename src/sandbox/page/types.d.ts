/** What the control API answers, as far as the page reads it, and what its parts hand to one another. */

export interface Person {
  id: number
  firstName: string
  username: string | null
  blockedBot: boolean
  host: boolean
  deleted: boolean
}

export interface Command {
  command: string
  description: string
}

export interface Bot {
  id: number
  username: string
  firstName: string
  commands: Command[]
  listening: boolean
}

export interface Chat {
  id: number
  type: 'supergroup' | 'channel'
  title: string
  deleted: boolean
  members: { id: number }[]
  links: { link: string; revoked: boolean; createsJoinRequest: boolean; primary: boolean; expiresAt: number | null }[]
  requests: number[]
}

/** `GET /sandbox/state`, and when it was asked for by the page's clock. */
export interface World {
  bot?: Bot
  users: Person[]
  chats: Chat[]
  clockOffsetMs: number
  ops: boolean
  fetchedAt: number
}

export interface Entity {
  type: string
  offset: number
  length: number
  url?: string
}

export interface Key {
  text: string
  data?: string
  url?: string
}

export interface Message {
  id: number
  from: number
  at: number
  text: string
  entities?: Entity[]
  service?: string
  buttons?: Key[][]
  edited?: true
  sticker?: string
  photo?: string
  /** Where a photo's bytes are that was sent as a file. */
  photoFile?: { url: string; width: number; height: number }
  forwardedFrom?: number
}

/** `GET /sandbox/programs`: what points a program at the sandbox. */
export interface ProgramsAnswer {
  apiRoot: string
  token: string | null
  mtproto: string | null
  loginCode: string
  telegraf: string | null
  gramjs: string | null
}

/** One row of the list of chats. */
export interface Row {
  id: number
  type: 'private' | 'supergroup' | 'channel'
  title: string
  unread: number
  /** The person has blocked the other side of a private chat. */
  blocked?: true
  lastMessage: Message | null
}

/** What a message, a button or a link in it does in this phone. */
export interface Acts {
  command(text: string): void
  open(url: string): void
  press(message: Message, key: Key): void
  /** Asks to which chat; `opener` is what was pressed. */
  forward(message: number, opener: HTMLElement): void
  /** Whether this invitation lets nobody in any more. */
  hasEnded(url: string): boolean
}

export interface FaultRule {
  surface: string
  method: string
  wire?: string
  error?: string
  delayMs?: number
  times?: number
}

export type Stage = 'inviting' | 'open' | 'closing'

export interface Room {
  room: string
  stage: Stage
  people: { user: string; entered: boolean }[]
  chat: string
  host: string
  stageMs: number
  deadlineInMs: number
  reason: string | null
}

export interface Host {
  host: string
  label: string
  status: string
  usedToday: number
  budget: number
  lastError: string | null
}

export interface MailboxMessage {
  id: string
  at: number
  mailbox: string
  type: string
  about: Record<string, string>
}

/** `GET /live` of the service, read through the sandbox. */
export interface Live {
  whole: boolean
  waiting: { count: number; people: { user: string; waitingMs: number; firstInLine: boolean }[] }
  rooms: { counts: Record<Stage, number>; list: Room[] }
  stock: { size: number; target: number }
  hosts: Host[] | null
  mailboxes: { mailbox: string; length: number; postponed: number }[]
  messages: MailboxMessage[]
  deadLetters: number
}

/** A row of a list that `reconcile` draws: made anew when its shape is another. */
export interface Drawn {
  key: string | number
  shape: string
  make(): HTMLElement
}
