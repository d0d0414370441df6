import type { WorldEvent } from '../../world/events.js'
import { isStaff } from '../../world/members.js'
import type { Chat, Dialog, DialogMessage } from '../../world/types.js'
import type { World } from '../../world/world.js'
import type { AuthKey } from '../auth-keys.js'
import type { MtprotoServer } from '../server.js'
import type { Session } from '../session.js'
import type { TlObject } from '../tl/types.js'
import { dialogUpdate } from './dialog-updates.js'
import { chatMessage, peopleIn } from './message-views.js'
import { peerChannel } from './peers.js'
import { CollectedUpdates, type BoxEntry, type UpdateBoxes } from './update-boxes.js'
import { Views } from './views.js'

interface Mentions {
  users?: number[]
  chats?: number[]
}

/** Turns what happens in the world into the updates that MTProto clients get. */
export class UpdateFeed {
  /** The call that is being served: its own updates go into its answer instead of being sent. */
  private serving: { session: Session; userId: number | undefined; collected: CollectedUpdates } | undefined

  constructor(
    private readonly world: World,
    private readonly boxes: UpdateBoxes,
    private readonly server: () => MtprotoServer,
  ) {
    world.on('event', (event) => this.onEvent(event))
  }

  /** Runs the synchronous part of a call and gathers what it brings about for the caller. */
  during<T>(session: Session, userId: number | undefined, collected: CollectedUpdates, run: () => T): T {
    this.serving = { session, userId, collected }
    try {
      return run()
    } finally {
      this.serving = undefined
    }
  }

  /** Somebody has scanned the QR code of this client, which is nobody yet. */
  sendLoginToken(key: AuthKey, by: number): void {
    const update = { _: 'updateShort', update: { _: 'updateLoginToken' }, date: this.world.now() }
    for (const session of this.server().sessions.listening(key)) this.server().push(session, update, by)
  }

  private send(userId: number, key: string, update: (views: Views) => TlObject | undefined, mentions: Mentions): void {
    const { users = [], chats = [] } = mentions
    const served = this.serving?.userId === userId ? this.serving : undefined
    const sessions = this.server()
      .sessionsOf(userId)
      .filter((session) => session !== served?.session)
    if (!served && sessions.length === 0) return
    const views = new Views(this.world, userId)
    const made = update(views)
    if (!made) return
    served?.collected.add(key, made, users, chats)
    for (const session of sessions)
      this.server().push(session, new CollectedUpdates().add(key, made, users, chats).pack(views), userId)
  }

  private onEvent(event: WorldEvent): void {
    switch (event.kind) {
      case 'message':
      case 'message-edited': {
        const { chat, message } = event
        const name = event.kind === 'message' ? 'updateNewChannelMessage' : 'updateEditChannelMessage'
        const update = (views: Views): TlObject => {
          return { _: name, message: chatMessage(views, chat, message), pts: chat.pts, pts_count: 1 }
        }
        return this.sendInside(chat, `message ${message.id}`, update, peopleIn(message))
      }
      case 'messages-deleted': {
        const { chat, ids } = event
        const counts = { pts: chat.pts, pts_count: ids.length }
        const update = { _: 'updateDeleteChannelMessages', channel_id: chat.id, messages: ids, ...counts }
        return this.sendInside(chat, 'deleted', () => update)
      }
      case 'pinned': {
        const { chat, ids, pinned } = event
        const counts = { pts: chat.pts, pts_count: 0 }
        const update = { _: 'updatePinnedChannelMessages', channel_id: chat.id, messages: ids, pinned, ...counts }
        return this.sendInside(chat, 'pinned', () => update)
      }
      case 'history-cleared': {
        const { chat, userId, upTo } = event
        const update = { _: 'updateChannelAvailableMessages', channel_id: chat.id, available_min_id: upTo }
        return this.send(userId, 'cleared', () => update, { chats: [chat.id] })
      }
      case 'chat':
        return this.sendInside(event.chat, `chat ${event.chat.id}`, () => chatUpdate(event.chat))
      case 'chat-deleted':
        for (const userId of event.memberIds) this.sendChat(userId, event.chat)
        return
      case 'member':
        this.sendChat(event.userId, event.chat)
        return this.sendParticipant(event)
      case 'join-request':
        return this.sendJoinRequest(event)
      case 'dialog-message':
        return this.sendDialog(event.dialog, event.message, 'new')
      case 'dialog-message-edited':
        return this.sendDialog(event.dialog, event.message, 'edited')
      case 'dialog-messages-deleted':
        for (const message of event.messages) this.sendDialog(event.dialog, message, 'deleted', event.onlyFor)
        return
      case 'read':
        return event.dialog && this.sendRead(event.dialog, event.userId)
      default:
        return
    }
  }

  private sendInside(chat: Chat, key: string, update: (views: Views) => TlObject, users: number[] = []): void {
    for (const { userId } of this.world.members.inside(chat))
      this.send(userId, key, update, { users, chats: [chat.id] })
  }

  private sendChat(userId: number, chat: Chat): void {
    this.send(userId, `chat ${chat.id}`, () => chatUpdate(chat), { chats: [chat.id] })
  }

  /** Only bots hear who comes and goes; people learn it from the service messages. */
  private sendParticipant(event: Extract<WorldEvent, { kind: 'member' }>): void {
    const { chat, actorId, userId, before, after, invite } = event
    for (const bot of this.administratingBots(chat))
      this.send(
        bot,
        `participant ${userId}`,
        (views) => ({
          _: 'updateChannelParticipant',
          channel_id: chat.id,
          date: this.world.now(),
          actor_id: actorId,
          user_id: userId,
          prev_participant: before.status === 'left' ? undefined : views.participant(before),
          new_participant: after.status === 'left' ? undefined : views.participant(after),
          invite: invite && views.invite(chat, invite),
          qts: ++this.boxes.of(bot).qts,
        }),
        { users: [actorId, userId], chats: [chat.id] },
      )
  }

  private sendJoinRequest({ chat, userId, invite }: Extract<WorldEvent, { kind: 'join-request' }>): void {
    const mentions = { users: [userId], chats: [chat.id] }
    const peer = peerChannel(chat.id)
    for (const { userId: admin } of this.world.members.inside(chat)) {
      if (!isStaff(this.world.members.find(chat, admin))) continue
      if (!this.world.chats.may(chat, admin, 'invite_users')) continue
      const recent = [...chat.requests.keys()].slice(-5)
      const pending = {
        _: 'updatePendingJoinRequests',
        peer,
        requests_pending: chat.requests.size,
        recent_requesters: recent,
      }
      if (!this.world.users.isBot(admin)) this.send(admin, 'requests', () => pending, mentions)
    }
    for (const bot of this.administratingBots(chat))
      this.send(
        bot,
        `request ${userId}`,
        (views) => ({
          _: 'updateBotChatInviteRequester',
          peer,
          date: this.world.now(),
          user_id: userId,
          about: '',
          invite: views.invite(chat, invite),
          qts: ++this.boxes.of(bot).qts,
        }),
        mentions,
      )
  }

  private sendDialog(dialog: Dialog, message: DialogMessage, kind: BoxEntry['kind'], onlyFor?: number): void {
    const sides = this.world.dialogs.sidesOf(dialog).filter((accountId) => accountId !== message.hiddenFrom)
    for (const accountId of onlyFor === undefined ? sides : [onlyFor])
      this.sendEntry(dialog, accountId, kind, this.world.dialogs.idFor(dialog, accountId, message), peopleIn(message))
  }

  /** Who has read hears it on their other devices, and the other person that they were read. */
  private sendRead(dialog: Dialog, userId: number): void {
    const other = this.world.dialogs.otherThan(dialog, userId)
    this.sendEntry(dialog, userId, 'read', this.world.dialogs.readBy(dialog, userId))
    if (other === userId || this.world.users.isBot(other)) return
    this.sendEntry(dialog, other, 'seen', this.world.dialogs.readByOther(dialog, other))
  }

  private sendEntry(
    { userId, peerId }: Dialog,
    accountId: number,
    kind: BoxEntry['kind'],
    messageId: number,
    people: number[] = [],
  ): void {
    const noted = { kind, userId, peerId, messageId }
    const entry = { ...noted, pts: this.boxes.note(accountId, noted) }
    const mentions = { users: [userId, peerId, ...people] }
    this.send(accountId, `dialog ${kind} ${messageId}`, (views) => dialogUpdate(views, entry), mentions)
  }

  private administratingBots(chat: Chat): number[] {
    const members = this.world.members.inside(chat).filter((member) => member.rights.length > 0)
    return members.map((member) => member.userId).filter((userId) => this.world.users.isBot(userId))
  }
}

const chatUpdate = (chat: Chat): TlObject => ({ _: 'updateChannel', channel_id: chat.id })
