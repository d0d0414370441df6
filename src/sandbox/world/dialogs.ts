import { applyEdit, requireContent, type MessageEdit } from './content.js'
import { Denied } from './denied.js'
import type { Dialog, DialogMessage, MessageContent } from './types.js'
import type { Parts } from './parts.js'

/** Private chats of people with bots. */
export class Dialogs {
  private readonly byPair = new Map<string, Dialog>()
  /** Each account numbers the messages of all its private chats in one row. */
  readonly lastMessageIds = new Map<number, number>()

  constructor(private readonly world: Parts) {}

  all(): Dialog[] {
    return [...this.byPair.values()]
  }

  of(userId: number): Dialog[] {
    return this.all().filter((dialog) => dialog.userId === userId || dialog.botId === userId)
  }

  find(userId: number, botId: number): Dialog | undefined {
    return this.byPair.get(`${userId}:${botId}`)
  }

  /** The private chat of these two, made when there was none. */
  between(userId: number, botId: number): Dialog {
    const known = this.find(userId, botId)
    if (known) return known
    if (!this.world.users.get(botId).bot || this.world.users.get(userId).bot) throw new Denied('PEER_ID_INVALID')
    return this.put({ userId, botId, messages: [], blocked: false, started: false, readUpTo: 0 })
  }

  /** For restoring a snapshot. */
  put(dialog: Dialog): Dialog {
    this.byPair.set(`${dialog.userId}:${dialog.botId}`, dialog)
    return dialog
  }

  clear(): void {
    this.byPair.clear()
    this.lastMessageIds.clear()
  }

  /** The person writes to the bot. Writing to a blocked bot is refused: unblock first. */
  write(userId: number, botId: number, content: MessageContent): DialogMessage {
    const dialog = this.between(userId, botId)
    requireContent(content)
    if (dialog.blocked) throw new Denied('YOU_BLOCKED_USER')
    dialog.started = true
    return this.post(dialog, userId, content)
  }

  /**
   * The bot writes to the person. Never written before: `PEER_ID_INVALID` (403); blocked: `USER_IS_BLOCKED` (403);
   * account gone: `INPUT_USER_DEACTIVATED` (403).
   */
  reply(userId: number, botId: number, content: MessageContent): DialogMessage {
    const { deleted, banned } = this.world.users.get(userId)
    if (deleted || banned) throw new Denied('INPUT_USER_DEACTIVATED')
    const dialog = this.find(userId, botId)
    if (!dialog?.started) throw new Denied('PEER_ID_INVALID', 403)
    if (dialog.blocked) throw new Denied('USER_IS_BLOCKED')
    requireContent(content)
    this.world.pace.takeMessage(botId, userId)
    return this.post(dialog, botId, content)
  }

  /** A message by its id as `viewerId` (the person or the bot) sees it. */
  message(dialog: Dialog, viewerId: number, messageId: number): DialogMessage | undefined {
    return dialog.messages.find((message) => this.idFor(dialog, viewerId, message) === messageId)
  }

  idFor(dialog: Dialog, viewerId: number, message: DialogMessage): number {
    return viewerId === dialog.userId ? message.userMessageId : message.botMessageId
  }

  /** The author (`by`) changes a message; `messageId` as the author sees it. */
  edit(dialog: Dialog, by: number, messageId: number, edit: MessageEdit): DialogMessage {
    const message = this.message(dialog, by, messageId)
    if (!message) throw new Denied('MESSAGE_ID_INVALID')
    if (message.from !== by) throw new Denied('MESSAGE_AUTHOR_REQUIRED')
    applyEdit(message, edit, this.world.now())
    this.world.tell({ kind: 'dialog-message-edited', dialog, message })
    return message
  }

  /** Deletes messages for both sides; ids as `by` sees them. Returns how many are gone. */
  delete(dialog: Dialog, by: number, ids: readonly number[]): number {
    const gone = dialog.messages.filter((message) => ids.includes(this.idFor(dialog, by, message)))
    if (gone.length === 0) return 0
    dialog.messages = dialog.messages.filter((message) => !gone.includes(message))
    this.world.tell({ kind: 'dialog-messages-deleted', dialog, messages: gone })
    return gone.length
  }

  /** The person blocks or unblocks the bot; the bot hears of it. */
  block(userId: number, botId: number, blocked: boolean): Dialog {
    const dialog = this.between(userId, botId)
    if (dialog.blocked === blocked) return dialog
    dialog.blocked = blocked
    this.world.tell({ kind: 'blocked', dialog, blocked })
    return dialog
  }

  /** The person has read everything. */
  markRead(dialog: Dialog): void {
    const last = dialog.messages.at(-1)?.userMessageId ?? 0
    if (dialog.readUpTo >= last) return
    dialog.readUpTo = last
    this.world.tell({ kind: 'read', userId: dialog.userId, dialog })
  }

  unread(dialog: Dialog): number {
    return dialog.messages.filter((m) => m.userMessageId > dialog.readUpTo && m.from === dialog.botId).length
  }

  private post(dialog: Dialog, from: number, content: MessageContent): DialogMessage {
    const message: DialogMessage = {
      userMessageId: this.nextId(dialog.userId),
      botMessageId: this.nextId(dialog.botId),
      from,
      at: this.world.now(),
      ...content,
    }
    dialog.messages.push(message)
    if (from === dialog.userId) dialog.readUpTo = message.userMessageId
    this.world.tell({ kind: 'dialog-message', dialog, message })
    return message
  }

  private nextId(accountId: number): number {
    const id = (this.lastMessageIds.get(accountId) ?? 0) + 1
    this.lastMessageIds.set(accountId, id)
    return id
  }
}
