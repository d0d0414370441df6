import { Denied } from './denied.js'
import { isInside, isStaff } from './members.js'
import { ADMIN_RIGHTS, type AdminRight, type BannedRight } from './rights.js'
import type { Chat, ChatType, Member } from './types.js'
import type { Parts } from './parts.js'

export interface NewChat {
  title: string
  about?: string | undefined
  type?: ChatType | undefined
  username?: string | undefined
}

const MAX_TITLE = 128
const MAX_ABOUT = 255
const SLOW_MODES_S = [0, 10, 30, 60, 300, 900, 3600]
/** What an ordinary member may do unless it is taken away. */
const OPEN_TO_MEMBERS = new Set<AdminRight>(['change_info', 'pin_messages', 'invite_users'])

/** Supergroups and channels. */
export class Chats {
  readonly byId = new Map<number, Chat>()

  constructor(private readonly world: Parts) {}

  /** A new supergroup (or channel), owned by `by`. Over the limits: `CHANNELS_TOO_MUCH`, `FLOOD_WAIT_n`. */
  create(by: number, { title, about = '', type = 'supergroup', username }: NewChat): Chat {
    this.requireTitle(title)
    if (about.length > MAX_ABOUT) throw new Denied('CHAT_ABOUT_TOO_LONG')
    if (username) this.world.users.requireFreeName(username)
    if (this.world.users.get(by).restricted) throw new Denied('USER_RESTRICTED')
    if (this.of(by).length >= this.world.limits.chatsPerUser) throw new Denied('CHANNELS_TOO_MUCH')
    this.world.pace.requireCreation(by)
    const chat: Chat = {
      id: ++this.world.counters.chat,
      type,
      title,
      about,
      username,
      createdAt: this.world.now(),
      members: new Map(),
      invites: new Map(),
      requests: new Map(),
      messages: [],
      lastMessageId: 0,
      pts: 1,
      historyHidden: false,
      defaultBanned: [],
      pinned: [],
      readUpTo: new Map(),
      deleted: false,
    }
    this.byId.set(chat.id, chat)
    chat.members.set(by, ownerOf(by, this.world.now()))
    this.world.tell({ kind: 'chat', chat })
    this.world.messages.post(chat, by, { service: { type: 'created', title } })
    return chat
  }

  get(id: number): Chat {
    const chat = this.byId.get(id)
    if (!chat) throw new Denied('CHANNEL_INVALID')
    return chat
  }

  byUsername(name: string): Chat | undefined {
    const wanted = name.replace(/^@/, '').toLowerCase()
    return [...this.byId.values()].find((chat) => chat.username?.toLowerCase() === wanted && !chat.deleted)
  }

  /** Chats this user is inside of. */
  of(userId: number): Chat[] {
    return [...this.byId.values()].filter((chat) => !chat.deleted && isInside(this.world.members.find(chat, userId)))
  }

  /** A chat that `by` is inside of; for anybody else it is `CHANNEL_PRIVATE`. */
  entered(id: number, by: number): Chat {
    const chat = this.get(id)
    if (chat.deleted || !isInside(this.world.members.find(chat, by))) throw new Denied('CHANNEL_PRIVATE')
    return chat
  }

  /** A chat whose content `by` may look at: entered, or public and not thrown out of it. */
  visible(id: number, by: number): Chat {
    const chat = this.get(id)
    const open = chat.username !== undefined && !chat.deleted
    return open && this.world.members.find(chat, by)?.status !== 'kicked' ? chat : this.entered(id, by)
  }

  /** A chat that `by` administers with this right; otherwise `CHAT_ADMIN_REQUIRED`. */
  administered(id: number, by: number, right?: AdminRight): Chat {
    const chat = this.entered(id, by)
    if (!isStaff(this.world.members.find(chat, by)) || !this.may(chat, by, right))
      throw new Denied('CHAT_ADMIN_REQUIRED')
    return chat
  }

  /** Whether this user may do it: owner, administrator with the right, or a member where members may. */
  may(chat: Chat, userId: number, right?: AdminRight): boolean {
    const member = this.world.members.find(chat, userId)
    if (!isInside(member)) return false
    if (member?.status === 'creator') return true
    if (member?.status === 'administrator') return right === undefined || member.rights.includes(right)
    if (right === undefined || chat.type === 'channel' || !OPEN_TO_MEMBERS.has(right)) return false
    const taken: readonly string[] = [...chat.defaultBanned, ...(member?.banned ?? [])]
    return !taken.includes(right)
  }

  owner(chat: Chat): number | undefined {
    return [...chat.members.values()].find((member) => member.status === 'creator')?.userId
  }

  setTitle(id: number, by: number, title: string): Chat {
    const chat = this.changeable(id, by)
    this.requireTitle(title)
    if (chat.title === title) throw new Denied('CHAT_NOT_MODIFIED')
    chat.title = title
    this.world.tell({ kind: 'chat', chat })
    this.world.messages.post(chat, by, { service: { type: 'title', title } })
    return chat
  }

  setAbout(id: number, by: number, about: string): Chat {
    const chat = this.changeable(id, by)
    if (about.length > MAX_ABOUT) throw new Denied('CHAT_ABOUT_TOO_LONG')
    if (chat.about === about) throw new Denied('CHAT_ABOUT_NOT_MODIFIED')
    chat.about = about
    this.world.tell({ kind: 'chat', chat })
    return chat
  }

  setDefaultBanned(id: number, by: number, banned: BannedRight[]): Chat {
    const chat = this.administered(id, by, 'ban_users')
    const same =
      banned.length === chat.defaultBanned.length && banned.every((right) => chat.defaultBanned.includes(right))
    if (same) throw new Denied('CHAT_NOT_MODIFIED')
    chat.defaultBanned = [...banned]
    this.world.tell({ kind: 'chat', chat })
    return chat
  }

  /** Whether those who join later see what was written before. */
  setHistoryHidden(id: number, by: number, hidden: boolean): Chat {
    const chat = this.administered(id, by, 'change_info')
    if (chat.historyHidden === hidden) throw new Denied('CHAT_NOT_MODIFIED')
    chat.historyHidden = hidden
    this.world.tell({ kind: 'chat', chat })
    return chat
  }

  /** How long members wait between two messages; only for some lengths (`SECONDS_INVALID`), 0 switches it off. */
  setSlowMode(id: number, by: number, seconds: number): Chat {
    const chat = this.administered(id, by, 'ban_users')
    if (!SLOW_MODES_S.includes(seconds)) throw new Denied('SECONDS_INVALID')
    if ((chat.slowModeS ?? 0) === seconds) throw new Denied('CHAT_NOT_MODIFIED')
    chat.slowModeS = seconds
    this.world.tell({ kind: 'chat', chat })
    return chat
  }

  /** Only the owner may; the chat is gone for everyone. */
  delete(id: number, by: number): Chat {
    const chat = this.entered(id, by)
    if (this.world.members.find(chat, by)?.status !== 'creator') throw new Denied('CHAT_ADMIN_REQUIRED')
    const memberIds = this.world.members.inside(chat).map((member) => member.userId)
    chat.deleted = true
    chat.messages = []
    chat.requests.clear()
    for (const invite of chat.invites.values()) invite.revoked = true
    this.world.tell({ kind: 'chat-deleted', chat, actorId: by, memberIds })
    return chat
  }

  private changeable(id: number, by: number): Chat {
    const chat = this.entered(id, by)
    if (!this.may(chat, by, 'change_info')) throw new Denied('CHAT_ADMIN_REQUIRED')
    return chat
  }

  private requireTitle(title: string): void {
    if (!title.trim()) throw new Denied('CHAT_TITLE_EMPTY')
    if (title.length > MAX_TITLE) throw new Denied('CHAT_TITLE_TOO_LONG')
  }
}

function ownerOf(userId: number, joinedAt: number): Member {
  return {
    userId,
    status: 'creator',
    joinedAt,
    rights: ADMIN_RIGHTS.filter((right) => right !== 'anonymous'),
    banned: [],
    bannedUntil: 0,
    inside: true,
    firstVisibleId: 1,
  }
}
