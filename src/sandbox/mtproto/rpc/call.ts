import { Denied } from '../../world/denied.js'
import type { Chat, Dialog, MessagePlace } from '../../world/types.js'
import type { World } from '../../world/world.js'
import type { Session } from '../session.js'
import { long } from '../tl/fields.js'
import type { TlObject, TlValue } from '../tl/types.js'
import type { ChatLog } from './chat-log.js'
import type { CollectedUpdates, UpdateBoxes } from './update-boxes.js'
import type { Views } from './views.js'

/** Serves one method. What it returns must be of the type that the schema names. */
export type Handler = (request: TlObject, call: Call) => TlValue | Promise<TlValue>
export type Handlers = Record<string, Handler>

/** What a handler works with. */
export class Call {
  constructor(
    readonly world: World,
    readonly boxes: UpdateBoxes,
    readonly chatLog: ChatLog,
    readonly views: Views,
    readonly session: Session,
    readonly collected: CollectedUpdates,
    private readonly userId: number | undefined,
  ) {}

  /** Who calls. */
  get me(): number {
    if (this.userId === undefined) throw new Denied('AUTH_KEY_UNREGISTERED')
    return this.userId
  }

  /** What the call brought about so far, for the many methods that answer with `Updates`. */
  updates(): TlObject {
    return this.collected.pack(this.views)
  }

  /** The id of a chat that the client names; the access hash must be this account's. */
  chatId(input: TlObject): number {
    if (input._ !== 'inputChannel' && input._ !== 'inputPeerChannel') throw new Denied('CHANNEL_INVALID')
    const id = Number(long(input, 'channel_id'))
    if (!this.isKnown(input, 'chat', id)) throw new Denied('CHANNEL_INVALID')
    return id
  }

  /** The id of a user that the client names. */
  userIdOf(input: TlObject): number {
    if (input._ === 'inputUserSelf' || input._ === 'inputPeerSelf') return this.me
    if (input._ !== 'inputUser' && input._ !== 'inputPeerUser') throw new Denied('USER_ID_INVALID')
    const id = Number(long(input, 'user_id'))
    if (!this.isKnown(input, 'user', id)) throw new Denied('USER_ID_INVALID')
    return id
  }

  /** The private chat with whom the client names, themselves included. */
  dialogWith(input: TlObject): Dialog {
    return this.world.dialogs.between(this.me, this.userIdOf(input))
  }

  /** A message that the caller sees there; otherwise `MESSAGE_ID_INVALID`. */
  messageIn(peer: TlObject, messageId: number): MessagePlace {
    if (this.isChat(peer)) {
      const chat = this.visibleChat(peer)
      const message = this.world.messages.seenBy(chat, this.me).find(({ id }) => id === messageId)
      if (message) return { chat, message }
    } else {
      const dialog = this.dialogWith(peer)
      const message = this.world.dialogs.message(dialog, this.me, messageId)
      if (message) return { dialog, message }
    }
    throw new Denied('MESSAGE_ID_INVALID')
  }

  isChat(input: TlObject): boolean {
    return input._ === 'inputPeerChannel' || input._ === 'inputChannel'
  }

  /** A chat that the caller is inside of. */
  enteredChat(input: TlObject): Chat {
    return this.world.chats.entered(this.chatId(input), this.me)
  }

  visibleChat(input: TlObject): Chat {
    return this.world.chats.visible(this.chatId(input), this.me)
  }

  // Bots may leave the access hash out.
  private isKnown(input: TlObject, kind: 'user' | 'chat', id: number): boolean {
    const hash = long(input, 'access_hash')
    if (hash === 0n && this.world.users.isBot(this.me)) return true
    return hash === this.world.accessHash(this.me, kind, id)
  }
}
