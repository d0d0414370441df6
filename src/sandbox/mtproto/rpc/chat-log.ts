import type { WorldEvent } from '../../world/events.js'
import type { Chat } from '../../world/types.js'
import type { World } from '../../world/world.js'

/** Something that moved a chat's counter, for clients that ask what they missed. */
export interface ChatLogEntry {
  /** The counter afterwards. */
  pts: number
  count: number
  kind: 'new' | 'edited' | 'deleted'
  messageIds: number[]
}

const MAX_ENTRIES = 500

/** Per chat: the latest things that happened in it. Not kept over a restart; clients then start afresh. */
export class ChatLog {
  private readonly entries = new WeakMap<Chat, ChatLogEntry[]>()

  constructor(world: World) {
    world.on('event', (event) => this.note(event))
  }

  /** What happened after `pts`, oldest first; undefined when not all of it is known. */
  since(chat: Chat, pts: number): ChatLogEntry[] | undefined {
    const missed = (this.entries.get(chat) ?? []).filter((entry) => entry.pts > pts)
    const counted = missed.reduce((sum, entry) => sum + entry.count, 0)
    return counted === chat.pts - pts ? missed : undefined
  }

  private note(event: WorldEvent): void {
    switch (event.kind) {
      case 'message':
        return this.add(event.chat, { kind: 'new', count: 1, messageIds: [event.message.id] })
      case 'message-edited':
        return this.add(event.chat, { kind: 'edited', count: 1, messageIds: [event.message.id] })
      case 'messages-deleted':
        return this.add(event.chat, { kind: 'deleted', count: event.ids.length, messageIds: event.ids })
      default:
        return
    }
  }

  private add(chat: Chat, entry: Omit<ChatLogEntry, 'pts'>): void {
    const entries = this.entries.get(chat) ?? []
    this.entries.set(chat, entries)
    entries.push({ ...entry, pts: chat.pts })
    if (entries.length > MAX_ENTRIES) entries.shift()
  }
}
