import type { TlObject } from '../tl/types.js'
import type { Views } from './views.js'

/** Something that happened in the private chats of an account, for clients that ask what they missed. */
export interface BoxEntry {
  pts: number
  /** `read`: by the account, `seen`: by the other side, up to the message. */
  kind: 'new' | 'edited' | 'deleted' | 'read' | 'seen'
  userId: number
  peerId: number
  /** As the account sees it. */
  messageId: number
}

/** One from a time when there were no private chats but with bots. */
type EntryWithBot = Omit<BoxEntry, 'peerId'> & { botId: number }

export interface Box {
  pts: number
  qts: number
  entries: BoxEntry[]
}

const MAX_ENTRIES = 200

/** Per account: the counters of its updates, and the latest of them. Chats count their own. */
export class UpdateBoxes {
  private readonly boxes = new Map<number, Box>()

  of(accountId: number): Box {
    let box = this.boxes.get(accountId)
    if (!box) {
      box = { pts: 1, qts: 1, entries: [] }
      this.boxes.set(accountId, box)
    }
    return box
  }

  /** Counts an update and keeps it; returns the new `pts`. */
  note(accountId: number, entry: Omit<BoxEntry, 'pts'>): number {
    const box = this.of(accountId)
    box.pts++
    box.entries.push({ ...entry, pts: box.pts })
    if (box.entries.length > MAX_ENTRIES) box.entries.shift()
    return box.pts
  }

  save(): [number, Box][] {
    return [...this.boxes]
  }

  restore(saved: [number, Box][]): void {
    for (const [accountId, box] of saved) {
      const entries = box.entries.map((entry: BoxEntry | EntryWithBot) => {
        return 'botId' in entry ? { ...entry, peerId: entry.botId } : entry
      })
      this.boxes.set(accountId, { ...box, entries })
    }
  }
}

/** Updates on their way to one account, with the users and chats that they mention. */
export class CollectedUpdates {
  private readonly byKey = new Map<string, TlObject>()
  private readonly userIds = new Set<number>()
  private readonly chatIds = new Set<number>()

  /** A later update under the same key takes the place of the earlier one. */
  add(key: string, update: TlObject, userIds: number[], chatIds: number[]): this {
    this.byKey.set(key, update)
    for (const id of userIds) this.userIds.add(id)
    for (const id of chatIds) this.chatIds.add(id)
    return this
  }

  /** Puts an update in front of all others. */
  addFirst(key: string, update: TlObject): this {
    const later = [...this.byKey]
    this.byKey.clear()
    this.byKey.set(key, update)
    for (const [key, other] of later) this.byKey.set(key, other)
    return this
  }

  pack(views: Views): TlObject {
    return {
      _: 'updates',
      updates: [...this.byKey.values()],
      users: views.users(this.userIds),
      chats: views.chats(this.chatIds),
      date: views.world.now(),
      seq: 0,
    }
  }
}
