import { applyEdit, requireContent, type MessageEdit } from './content.js'
import { Denied } from './denied.js'
import type { Dialog, DialogMessage, MessageContent } from './types.js'
import type { Parts } from './parts.js'

/** Private chats: of people with bots, with one another, and with themselves. */
export class Dialogs {
  private readonly byPair = new Map<string, Dialog>()
  /** Each account numbers the messages of all its private chats in one row. */
  readonly lastMessageIds = new Map<number, number>()

  constructor(private readonly world: Parts) {}

  all(): Dialog[] {
    return [...this.byPair.values()]
  }

  of(accountId: number): Dialog[] {
    return this.all().filter((dialog) => dialog.userId === accountId || dialog.peerId === accountId)
  }

  /** The private chat of these two, whoever of them began it. */
  find(one: number, other: number): Dialog | undefined {
    return this.byPair.get(`${one}:${other}`) ?? this.byPair.get(`${other}:${one}`)
  }

  /** The same, made when there was none. Two bots have none: `PEER_ID_INVALID`. */
  between(one: number, other: number): Dialog {
    const known = this.find(one, other)
    if (known) return known
    const [first, second] = [this.world.users.get(one), this.world.users.get(other)]
    if (first.bot && second.bot) throw new Denied('PEER_ID_INVALID')
    const [userId, peerId] = first.bot ? [other, one] : [one, other]
    return this.put({ userId, peerId, messages: [], blocked: false, started: false, readUpTo: 0 })
  }

  /** For restoring a snapshot. */
  put(dialog: Dialog): Dialog {
    this.byPair.set(`${dialog.userId}:${dialog.peerId}`, dialog)
    return dialog
  }

  clear(): void {
    this.byPair.clear()
    this.lastMessageIds.clear()
  }

  /**
   * A person writes. To whom they have blocked: `YOU_BLOCKED_USER`; to whom has blocked them: `USER_IS_BLOCKED` (403);
   * to an account that is gone: `INPUT_USER_DEACTIVATED` (403).
   */
  write(from: number, to: number, content: MessageContent): DialogMessage {
    const dialog = this.between(from, to)
    requireContent(content)
    this.requireAlive(to)
    if (this.hasBlocked(dialog, from)) throw new Denied('YOU_BLOCKED_USER')
    if (this.hasBlocked(dialog, to)) throw new Denied('USER_IS_BLOCKED')
    dialog.started = true
    return this.post(dialog, from, content)
  }

  /**
   * The bot writes to the person. Never written before: `PEER_ID_INVALID` (403); blocked: `USER_IS_BLOCKED` (403);
   * account gone: `INPUT_USER_DEACTIVATED` (403).
   */
  reply(userId: number, botId: number, content: MessageContent): DialogMessage {
    this.requireAlive(userId)
    const dialog = this.find(userId, botId)
    if (!dialog?.started) throw new Denied('PEER_ID_INVALID', 403)
    if (this.hasBlocked(dialog, userId)) throw new Denied('USER_IS_BLOCKED')
    requireContent(content)
    this.world.pace.takeMessage(botId, userId)
    return this.post(dialog, botId, content)
  }

  /** The other side of a private chat; of one with oneself, oneself. */
  otherThan(dialog: Dialog, accountId: number): number {
    return accountId === dialog.userId ? dialog.peerId : dialog.userId
  }

  /** Both sides of a private chat, or the one that there is. */
  sidesOf(dialog: Dialog): number[] {
    return [...new Set([dialog.userId, dialog.peerId])]
  }

  /** The messages that `viewerId` has not deleted for themselves, oldest first. */
  seenBy(dialog: Dialog, viewerId: number): DialogMessage[] {
    return dialog.messages.filter((message) => message.hiddenFrom !== viewerId)
  }

  /** A message by its id as `viewerId` sees it. */
  message(dialog: Dialog, viewerId: number, messageId: number): DialogMessage | undefined {
    const found = dialog.messages.find((message) => this.idFor(dialog, viewerId, message) === messageId)
    return found?.hiddenFrom === viewerId ? undefined : found
  }

  idFor(dialog: Dialog, viewerId: number, message: DialogMessage): number {
    return viewerId === dialog.userId ? message.userMessageId : message.peerMessageId
  }

  /** The id, as `viewerId` sees it, of what a message replies to; undefined when it replies to nothing that is there. */
  replyFor(dialog: Dialog, viewerId: number, { from, replyTo }: DialogMessage): number | undefined {
    const replied = dialog.messages.find((message) => this.idFor(dialog, from, message) === replyTo)
    return replied && this.idFor(dialog, viewerId, replied)
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

  /** Deletes messages for both sides, or for `by` alone; ids as `by` sees them. Returns how many are gone. */
  delete(dialog: Dialog, by: number, ids: readonly number[], forBoth = true): number {
    const messages = this.seenBy(dialog, by).filter((message) => ids.includes(this.idFor(dialog, by, message)))
    if (messages.length === 0) return 0
    const isAlone = dialog.userId === dialog.peerId
    const gone = new Set(messages.filter((message) => forBoth || isAlone || message.hiddenFrom !== undefined))
    dialog.messages = dialog.messages.filter((message) => !gone.has(message))
    for (const message of messages) if (!gone.has(message)) message.hiddenFrom = by
    this.world.tell({ kind: 'dialog-messages-deleted', dialog, messages, onlyFor: forBoth ? undefined : by })
    return messages.length
  }

  hasBlocked(dialog: Dialog, by: number): boolean {
    return by === dialog.userId ? dialog.blocked : (dialog.blockedByPeer ?? false)
  }

  /** A person blocks or unblocks the other side; a bot hears of it. Oneself: `CONTACT_ID_INVALID`. */
  block(by: number, other: number, blocked: boolean): Dialog {
    if (by === other || this.world.users.isBot(by)) throw new Denied('CONTACT_ID_INVALID')
    const dialog = this.between(by, other)
    if (this.hasBlocked(dialog, by) === blocked) return dialog
    if (by === dialog.userId) dialog.blocked = blocked
    else dialog.blockedByPeer = blocked
    this.world.tell({ kind: 'blocked', dialog, by, blocked })
    return dialog
  }

  /** This person has read everything; returns whether there was anything. */
  markRead(dialog: Dialog, by: number): boolean {
    const last = dialog.messages.at(-1)
    if (!last || this.readBy(dialog, by) >= this.idFor(dialog, by, last)) return false
    this.setRead(dialog, by, last)
    this.world.tell({ kind: 'read', userId: by, dialog })
    return true
  }

  /** The last message that this person has read, as they number them. Bots read everything at once. */
  readBy(dialog: Dialog, accountId: number): number {
    const last = dialog.messages.at(-1)
    if (this.world.users.isBot(accountId)) return last ? this.idFor(dialog, accountId, last) : 0
    return accountId === dialog.userId ? dialog.readUpTo : (dialog.peerReadUpTo ?? 0)
  }

  /** The last message that the other side has read, as this account numbers them. */
  readByOther(dialog: Dialog, accountId: number): number {
    const other = this.otherThan(dialog, accountId)
    const upTo = this.readBy(dialog, other)
    const last = dialog.messages.findLast((message) => this.idFor(dialog, other, message) <= upTo)
    return last ? this.idFor(dialog, accountId, last) : 0
  }

  unread(dialog: Dialog, viewerId: number): number {
    const upTo = this.readBy(dialog, viewerId)
    const seen = this.seenBy(dialog, viewerId).filter((message) => message.from !== viewerId)
    return seen.filter((message) => this.idFor(dialog, viewerId, message) > upTo).length
  }

  private post(dialog: Dialog, from: number, content: MessageContent): DialogMessage {
    const isPerson = !this.world.users.isBot(from)
    // Who answers has read what was said before.
    if (isPerson) this.markRead(dialog, from)
    const userMessageId = this.nextId(dialog.userId)
    const peerMessageId = dialog.peerId === dialog.userId ? userMessageId : this.nextId(dialog.peerId)
    const message: DialogMessage = { userMessageId, peerMessageId, from, at: this.world.now(), ...content }
    dialog.messages.push(message)
    if (isPerson) this.setRead(dialog, from, message)
    this.world.tell({ kind: 'dialog-message', dialog, message })
    return message
  }

  private setRead(dialog: Dialog, by: number, upTo: DialogMessage): void {
    if (by === dialog.userId) dialog.readUpTo = upTo.userMessageId
    else dialog.peerReadUpTo = upTo.peerMessageId
  }

  private requireAlive(userId: number): void {
    const { deleted, banned } = this.world.users.get(userId)
    if (deleted || banned) throw new Denied('INPUT_USER_DEACTIVATED')
  }

  private nextId(accountId: number): number {
    const id = (this.lastMessageIds.get(accountId) ?? 0) + 1
    this.lastMessageIds.set(accountId, id)
    return id
  }
}
