import type { MemberEvent, WorldEvent } from '../world/events.js'
import { isInside, isStaff } from '../world/members.js'
import type { Chat, ChatMessage, Dialog, DialogMessage } from '../world/types.js'
import type { World } from '../world/world.js'
import { chatView, inviteView, memberView, privateChatView, userView } from './views/chats.js'
import { messageView } from './views/messages.js'

/** Puts an update of this type into the queue of this bot. */
export type PushUpdate = (botId: number, type: string, payload: unknown) => void

/** Service messages that a bot is sent although it caused them itself. */
const ownServiceMessages = new Set(['title', 'removed', 'pinned'])

/** Turns what happens in the world into updates for the bots that Telegram would tell. */
export class Updates {
  constructor(
    private readonly world: World,
    private readonly push: PushUpdate,
  ) {}

  handle(event: WorldEvent): void {
    switch (event.kind) {
      case 'message':
        return this.chatMessage(event.chat, event.message, '')
      case 'message-edited':
        return this.chatMessage(event.chat, event.message, 'edited_')
      case 'dialog-message':
        return this.dialogMessage(event.dialog, event.message, 'message')
      case 'dialog-message-edited':
        return this.dialogMessage(event.dialog, event.message, 'edited_message')
      case 'blocked':
        return this.blocked(event.dialog, event.blocked)
      case 'member':
        return this.member(event)
      case 'chat-deleted':
        return this.deleted(event.chat, event.actorId, event.memberIds)
      case 'join-request':
        for (const botId of this.botsOf(event.chat)) {
          if (!isStaff(this.world.members.find(event.chat, botId))) continue
          if (!this.world.chats.may(event.chat, botId, 'invite_users')) continue
          this.push(botId, 'chat_join_request', {
            ...this.by(event.chat, event.userId),
            user_chat_id: event.userId,
            invite_link: inviteView(this.world, event.chat, event.invite, botId),
          })
        }
        return
      case 'callback':
        return this.push(event.botId, 'callback_query', {
          id: event.id,
          from: userView(this.world, event.userId),
          message: messageView(this.world, event.place),
          chat_instance: this.chatInstance('chat' in event.place ? event.place.chat.id : event.userId),
          data: event.data,
        })
      default:
        return
    }
  }

  private botsOf(chat: Chat): number[] {
    const inside = this.world.members.inside(chat)
    return inside.map((member) => member.userId).filter((userId) => this.world.users.isBot(userId))
  }

  private by(chat: Chat, userId: number) {
    return { chat: chatView(chat), from: userView(this.world, userId), date: this.world.now() }
  }

  /** An opaque number that stays the same for a chat. */
  private chatInstance(id: number): string {
    return this.world.secret('chat instance', id).readBigInt64LE(0).toString()
  }

  private chatMessage(chat: Chat, message: ChatMessage, edited: '' | 'edited_'): void {
    const type = `${edited}${chat.type === 'channel' ? 'channel_post' : 'message'}`
    for (const botId of this.botsOf(chat)) {
      if (this.reaches(chat, message, botId)) this.push(botId, type, messageView(this.world, { chat, message }))
    }
  }

  /** Administrators see everything; other bots only what is for them (Telegram's privacy mode). */
  private reaches(chat: Chat, message: ChatMessage, botId: number): boolean {
    const { service } = message
    if (service?.type === 'removed' && service.userId === botId) return false
    if (message.from === botId) return service !== undefined && ownServiceMessages.has(service.type)
    if (service || chat.type === 'channel') return true
    if (this.world.users.isBot(message.from)) return false
    if (isStaff(this.world.members.find(chat, botId)) || message.text?.startsWith('/')) return true
    return message.replyTo !== undefined && this.world.messages.find(chat, message.replyTo)?.from === botId
  }

  private dialogMessage(dialog: Dialog, message: DialogMessage, type: string): void {
    if (!this.world.users.isBot(dialog.peerId) || message.from === dialog.peerId) return
    this.push(dialog.peerId, type, messageView(this.world, { dialog, message }))
  }

  /** In a private chat `kicked` means that the person blocked the bot. */
  private blocked({ userId, peerId: botId }: Dialog, blocked: boolean): void {
    if (!this.world.users.isBot(botId)) return
    const bot = userView(this.world, botId)
    const [member, kicked] = [
      { status: 'member', user: bot },
      { status: 'kicked', user: bot, until_date: 0 },
    ]
    this.push(botId, 'my_chat_member', {
      chat: privateChatView(this.world, userId),
      from: userView(this.world, userId),
      date: this.world.now(),
      old_chat_member: blocked ? member : kicked,
      new_chat_member: blocked ? kicked : member,
    })
  }

  private member({ chat, actorId, userId, before, after, invite, viaJoinRequest }: MemberEvent): void {
    const told = (botId: number) => ({
      ...this.by(chat, actorId),
      old_chat_member: memberView(this.world, before, botId),
      new_chat_member: memberView(this.world, after, botId),
      ...(invite && { invite_link: inviteView(this.world, chat, invite, botId) }),
      ...(viaJoinRequest && { via_join_request: true }),
    })
    if (this.world.users.isBot(userId)) this.push(userId, 'my_chat_member', told(userId))
    for (const botId of this.botsOf(chat)) {
      const administers = isStaff(this.world.members.find(chat, botId))
      if (botId !== userId && administers) this.push(botId, 'chat_member', told(botId))
    }
  }

  private deleted(chat: Chat, actorId: number, memberIds: number[]): void {
    for (const botId of memberIds.filter((id) => this.world.users.isBot(id))) {
      const before = this.world.members.standing(chat, botId)
      if (!isInside(before)) continue
      const after = { ...before, status: 'left' as const, rights: [], inside: false }
      this.push(botId, 'my_chat_member', {
        ...this.by(chat, actorId),
        old_chat_member: memberView(this.world, before, botId),
        new_chat_member: memberView(this.world, after, botId),
      })
    }
  }
}
