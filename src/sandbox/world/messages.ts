import { toBotApiId } from './chat-id.js'
import { applyEdit, neededFor, requireContent, type MessageEdit } from './content.js'
import { Denied } from './denied.js'
import { isStaff } from './members.js'
import type { BannedRight } from './rights.js'
import type { Chat, ChatMessage, MessageContent, ServiceAction } from './types.js'
import type { Parts } from './parts.js'

/** The message that says the group was made; Telegram never deletes it. */
const FIRST_MESSAGE = 1

/** Messages in supergroups and channels. */
export class Messages {
  constructor(private readonly world: Parts) {}

  /** Somebody writes. Without the right to: `CHAT_WRITE_FORBIDDEN`; to send this kind: `CHAT_SEND_…_FORBIDDEN`. */
  send(id: number, from: number, content: MessageContent): ChatMessage {
    const chat = this.world.chats.entered(id, from)
    requireContent(content)
    if (!this.mayWrite(chat, from)) throw new Denied('CHAT_WRITE_FORBIDDEN')
    const { rights, refusal } = neededFor(content)
    if (rights.some((right) => this.takenFrom(chat, from).includes(right))) throw new Denied(refusal)
    this.requirePause(chat, from)
    if (this.world.users.isBot(from)) this.world.pace.takeMessage(from, toBotApiId(chat.id))
    return this.post(chat, from, content)
  }

  /** Puts a message into the chat without asking whether that is allowed. */
  post(chat: Chat, from: number, content: MessageContent & { service?: ServiceAction }): ChatMessage {
    const message: ChatMessage = { id: ++chat.lastMessageId, from, at: this.world.now(), ...content, pts: ++chat.pts }
    chat.messages.push(message)
    chat.readUpTo.set(from, message.id)
    this.world.tell({ kind: 'message', chat, message })
    return message
  }

  /** Messages this user may see, oldest first. */
  seenBy(chat: Chat, userId: number): ChatMessage[] {
    const first = this.firstAvailable(chat, userId)
    return first === 1 ? chat.messages : chat.messages.filter((message) => message.id >= first)
  }

  /** The lowest id of a message that this user may see: 1, unless earlier history is hidden or was cleared by them. */
  firstAvailable(chat: Chat, userId: number): number {
    const member = this.world.members.find(chat, userId)
    const cleared = (member?.clearedUpTo ?? 0) + 1
    return chat.historyHidden && !isStaff(member) ? Math.max(cleared, member?.firstVisibleId ?? 1) : cleared
  }

  find(chat: Chat, messageId: number): ChatMessage | undefined {
    return chat.messages.find((message) => message.id === messageId)
  }

  /** The author changes a message. */
  edit(id: number, by: number, messageId: number, edit: MessageEdit): ChatMessage {
    const chat = this.world.chats.entered(id, by)
    const message = this.find(chat, messageId)
    if (!message || message.service) throw new Denied('MESSAGE_ID_INVALID')
    if (message.from !== by) throw new Denied('MESSAGE_AUTHOR_REQUIRED')
    applyEdit(message, edit, this.world.now())
    chat.pts++
    this.world.tell({ kind: 'message-edited', chat, message })
    return message
  }

  /** Deletes own messages, or anybody's with the right to; returns the ids that are gone. */
  delete(id: number, by: number, ids: readonly number[]): number[] {
    const chat = this.world.chats.entered(id, by)
    const mayAll = isStaff(this.world.members.find(chat, by)) && this.world.chats.may(chat, by, 'delete_messages')
    const present = chat.messages.filter((message) => ids.includes(message.id))
    const gone = present.filter((message) => message.id !== FIRST_MESSAGE && (mayAll || message.from === by))
    if (present.length > 0 && gone.length === 0) throw new Denied('MESSAGE_DELETE_FORBIDDEN')
    return this.drop(
      chat,
      gone.map((message) => message.id),
    )
  }

  /** Deletes the whole history for everyone, up to `maxId` (0 = all of it). */
  deleteHistory(id: number, by: number, maxId = 0): number[] {
    const chat = this.world.chats.administered(id, by, 'delete_messages')
    const gone = chat.messages.filter((message) => message.id !== FIRST_MESSAGE && (maxId === 0 || message.id <= maxId))
    return this.drop(
      chat,
      gone.map((message) => message.id),
    )
  }

  /** Somebody deletes the history for themselves alone, up to `maxId` (0 = all of it). */
  clearHistory(id: number, by: number, maxId = 0): void {
    const chat = this.world.chats.entered(id, by)
    const upTo = Math.min(maxId || chat.lastMessageId, chat.lastMessageId)
    const member = this.world.members.standing(chat, by)
    if ((member.clearedUpTo ?? 0) >= upTo) return
    chat.members.set(by, { ...member, clearedUpTo: upTo })
    this.world.tell({ kind: 'history-cleared', chat, userId: by, upTo })
  }

  pin(id: number, by: number, messageId: number, silent = false): void {
    const chat = this.pinnable(id, by)
    const message = this.find(chat, messageId)
    if (!message || message.service) throw new Denied('MESSAGE_ID_INVALID')
    if (chat.pinned.includes(messageId)) return
    chat.pinned.push(messageId)
    this.world.tell({ kind: 'pinned', chat, ids: [messageId], pinned: true })
    if (!silent) this.post(chat, by, { replyTo: messageId, service: { type: 'pinned', messageId } })
  }

  /** The chat, when this user may pin there and unpin. */
  pinnable(id: number, by: number): Chat {
    const chat = this.world.chats.entered(id, by)
    const right = chat.type === 'channel' ? 'edit_messages' : 'pin_messages'
    if (!this.world.chats.may(chat, by, right)) throw new Denied('CHAT_ADMIN_REQUIRED')
    return chat
  }

  /** Unpins one message, or all of them. */
  unpin(id: number, by: number, messageId?: number): void {
    const chat = this.pinnable(id, by)
    const ids = chat.pinned.filter((pinned) => messageId === undefined || pinned === messageId)
    chat.pinned = chat.pinned.filter((pinned) => !ids.includes(pinned))
    if (ids.length > 0) this.world.tell({ kind: 'pinned', chat, ids, pinned: false })
  }

  /** Everything in the chat counts as read by this user. */
  markRead(chat: Chat, userId: number): void {
    if (chat.readUpTo.get(userId) === chat.lastMessageId) return
    chat.readUpTo.set(userId, chat.lastMessageId)
    this.world.tell({ kind: 'read', userId, chat })
  }

  unread(chat: Chat, userId: number): number {
    const upTo = chat.readUpTo.get(userId) ?? 0
    return this.seenBy(chat, userId).filter((message) => message.id > upTo && message.from !== userId).length
  }

  mayWrite(chat: Chat, userId: number): boolean {
    const member = this.world.members.find(chat, userId)
    if (chat.type === 'channel') return isStaff(member) && this.world.chats.may(chat, userId, 'post_messages')
    return !this.takenFrom(chat, userId).includes('send_messages')
  }

  private requirePause(chat: Chat, from: number): void {
    if (!chat.slowModeS || isStaff(this.world.members.find(chat, from))) return
    const last = chat.messages.findLast((message) => message.from === from && !message.service)
    const waitS = last ? last.at + chat.slowModeS - this.world.now() : 0
    if (waitS > 0) throw new Denied(`SLOWMODE_WAIT_${waitS}`)
  }

  private takenFrom(chat: Chat, userId: number): readonly BannedRight[] {
    const member = this.world.members.find(chat, userId)
    return isStaff(member) ? [] : [...chat.defaultBanned, ...(member?.banned ?? [])]
  }

  private drop(chat: Chat, ids: number[]): number[] {
    if (ids.length === 0) return ids
    const gone = new Set(ids)
    chat.messages = chat.messages.filter((message) => !gone.has(message.id))
    chat.pinned = chat.pinned.filter((messageId) => !gone.has(messageId))
    chat.pts += ids.length
    this.world.tell({ kind: 'messages-deleted', chat, ids })
    return ids
  }
}
