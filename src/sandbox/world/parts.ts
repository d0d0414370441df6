import type { WorldEvent } from './events.js'
import type { Limits } from './limits.js'
import type { AdminRight } from './rights.js'
import type { Chat, ChatMessage, Invite, Member, MessageContent, ServiceAction, User } from './types.js'

/** Counters that ids come from. Plain data, part of the snapshot. */
export interface Counters {
  user: number
  chat: number
  secret: number
}

/**
 * What the parts of the world ask of each other. Each is given the world and sees this much of it, so that the world knows
 * its parts and they do not know it; what the methods do is written where they are.
 */
export interface Parts {
  readonly counters: Counters
  readonly limits: Limits
  now(): number
  nowMs(): number
  secret(...parts: (string | number)[]): Buffer
  nextSecret(purpose: string): Buffer
  tell(event: WorldEvent): void
  readonly users: {
    get(id: number): User
    isBot(id: number): boolean
    requireFreeName(name: string): void
  }
  readonly chats: {
    readonly byId: ReadonlyMap<number, Chat>
    get(id: number): Chat
    of(userId: number): Chat[]
    byUsername(name: string): Chat | undefined
    entered(id: number, by: number): Chat
    administered(id: number, by: number, right?: AdminRight): Chat
    may(chat: Chat, userId: number, right?: AdminRight): boolean
    owner(chat: Chat): number | undefined
  }
  readonly members: {
    find(chat: Chat, userId: number): Member | undefined
    standing(chat: Chat, userId: number): Member
    inside(chat: Chat): Member[]
    requireRoom(chat: Chat, userId: number, tooMuch: string): void
    leave(id: number, userId: number): Chat
    enter(
      chat: Chat,
      actorId: number,
      userId: number,
      how: Partial<Member>,
      invite?: Invite,
      viaJoinRequest?: boolean,
    ): void
  }
  readonly messages: {
    post(chat: Chat, from: number, content: MessageContent & { service?: ServiceAction }): ChatMessage
  }
  readonly pace: {
    takeMessage(botId: number, chatId: number): void
    requireCreation(by: number): void
  }
}
