import { Denied } from './denied.js'
import { ADMIN_RIGHTS, type AdminRight, type BannedRight } from './rights.js'
import type { Chat, Invite, Member } from './types.js'
import type { Parts } from './parts.js'

const MIN_BAN_S = 30
const MAX_BAN_S = 366 * 24 * 3600
const MAX_TAG = 16

/** Whether this standing means being inside the chat (`restricted` may be either). */
export function isInside(member: Member | undefined): boolean {
  if (!member) return false
  if (member.status === 'restricted') return member.inside
  return member.status === 'creator' || member.status === 'administrator' || member.status === 'member'
}

export const isStaff = (member: Member | undefined): boolean =>
  member?.status === 'creator' || member?.status === 'administrator'

type Change = Partial<Omit<Member, 'userId' | 'inside'>> & Pick<Member, 'status'>

/** Who is in which chat, and as what. */
export class Members {
  constructor(private readonly world: Parts) {}

  /** Somebody's standing now; a ban or restriction whose time is up no longer counts. Undefined: was never there. */
  find(chat: Chat, userId: number): Member | undefined {
    const member = chat.members.get(userId)
    if (!member || member.bannedUntil === 0 || member.bannedUntil > this.world.now()) return member
    const status = isInside(member) ? 'member' : 'left'
    return { ...member, status, banned: [], bannedUntil: 0 }
  }

  /** Like `find`, with a plain `left` for those who were never there. */
  standing(chat: Chat, userId: number): Member {
    return this.find(chat, userId) ?? stranger(userId)
  }

  all(chat: Chat): Member[] {
    return [...chat.members.keys()].map((userId) => this.standing(chat, userId))
  }

  inside(chat: Chat): Member[] {
    return this.all(chat).filter(isInside)
  }

  count(chat: Chat): number {
    return this.inside(chat).length
  }

  /** `by` adds somebody (people are better invited by link, bots are added). */
  add(id: number, by: number, userId: number): Chat {
    const chat = this.world.chats.entered(id, by)
    if (!this.world.chats.may(chat, by, 'invite_users')) throw new Denied('CHAT_ADMIN_REQUIRED')
    const user = this.world.users.get(userId)
    if (user.deleted) throw new Denied('INPUT_USER_DEACTIVATED')
    this.requireRoom(chat, userId, 'USER_CHANNELS_TOO_MUCH')
    if (this.find(chat, userId)?.status === 'kicked') throw new Denied(user.bot ? 'USER_BOT' : 'USER_KICKED')
    this.enter(chat, by, userId, { inviterId: by })
    if (chat.type === 'supergroup')
      this.world.messages.post(chat, by, { service: { type: 'added', userIds: [userId] } })
    return chat
  }

  /** Somebody joins a public chat by its username. */
  joinPublic(id: number, userId: number): Chat {
    const chat = this.world.chats.get(id)
    if (chat.deleted || chat.username === undefined) throw new Denied('CHANNEL_PRIVATE')
    this.requireRoom(chat, userId, 'CHANNELS_TOO_MUCH')
    if (this.find(chat, userId)?.status === 'kicked') throw new Denied('CHANNEL_PRIVATE')
    this.enter(chat, userId, userId, {})
    if (chat.type === 'supergroup')
      this.world.messages.post(chat, userId, { service: { type: 'added', userIds: [userId] } })
    return chat
  }

  /** Somebody leaves. When the owner does, the chat passes to the longest-serving administrator or member. */
  leave(id: number, userId: number): Chat {
    const chat = this.world.chats.get(id)
    const member = this.find(chat, userId)
    if (chat.deleted || !isInside(member)) throw new Denied('USER_NOT_PARTICIPANT')
    if (chat.type === 'supergroup') this.world.messages.post(chat, userId, { service: { type: 'removed', userId } })
    this.set(chat, userId, userId, { status: member?.status === 'restricted' ? 'restricted' : 'left' }, false)
    if (member?.status === 'creator') this.passOn(chat)
    return chat
  }

  /**
   * Gives rights, or takes them all (empty list); any right implies `other`. Promoting a bot that is not inside adds it.
   * The title stands beside the name, as a tag does.
   */
  promote(id: number, by: number, userId: number, given: readonly AdminRight[], title?: string): Chat {
    const rights = given.length === 0 || given.includes('other') ? given : [...given, 'other' as const]
    const chat = this.world.chats.administered(id, by, 'add_admins')
    const user = this.world.users.get(userId)
    const member = this.find(chat, userId)
    if (member?.status === 'creator') throw new Denied('USER_CREATOR')
    if (member?.status === 'administrator' && !this.mayEdit(chat, by, member)) throw new Denied('CHAT_ADMIN_REQUIRED')
    const giver = this.standing(chat, by)
    if (given.some((right) => right !== 'other' && !giver.rights.includes(right) && giver.status !== 'creator'))
      throw new Denied('RIGHT_FORBIDDEN')
    requireTag(title ?? '')
    if (!isInside(member)) {
      if (!user.bot || rights.length === 0) throw new Denied('USER_NOT_PARTICIPANT')
      this.add(id, by, userId)
    }
    if (rights.length === 0) this.set(chat, by, userId, { status: 'member', tag: undefined })
    else this.set(chat, by, userId, { status: 'administrator', rights, promotedBy: by, tag: title || undefined })
    return chat
  }

  /**
   * Takes rights from somebody: `view_messages` throws them out, an empty list lifts everything.
   * `until` in Unix seconds; sooner than 30 s or later than 366 days from now means for ever, as 0 does.
   */
  ban(id: number, by: number, userId: number, banned: readonly BannedRight[], until = 0): Chat {
    const chat = this.world.chats.administered(id, by, 'ban_users')
    this.world.users.get(userId)
    if (userId === by) throw new Denied('USER_ADMIN_INVALID')
    const member = this.standing(chat, userId)
    if (member.status === 'creator' || (member.status === 'administrator' && !this.mayEdit(chat, by, member)))
      throw new Denied('USER_ADMIN_INVALID')
    const inside = isInside(member)
    const forS = until - this.world.now()
    const change = { banned, bannedUntil: forS < MIN_BAN_S || forS > MAX_BAN_S ? 0 : until, bannedBy: by }
    if (banned.includes('view_messages')) {
      chat.requests.delete(userId)
      if (inside && chat.type === 'supergroup')
        this.world.messages.post(chat, by, { service: { type: 'removed', userId } })
      this.set(chat, by, userId, { status: 'kicked', ...change }, false)
    } else if (banned.length > 0) this.set(chat, by, userId, { status: 'restricted', ...change }, inside)
    else if (member.status === 'kicked' || member.status === 'restricted' || member.status === 'administrator')
      this.set(chat, by, userId, { status: inside ? 'member' : 'left' }, inside)
    return chat
  }

  /** Sets the tag beside an ordinary member's name: at most 16 characters, no emoji; empty removes it. */
  setTag(id: number, by: number, userId: number, tag: string): Chat {
    const chat = this.world.chats.administered(id, by, 'manage_ranks')
    const member = this.find(chat, userId)
    if (!isInside(member)) throw new Denied('USER_NOT_PARTICIPANT')
    if (isStaff(member)) throw new Denied('USER_ADMIN_INVALID')
    requireTag(tag)
    chat.members.set(userId, { ...this.standing(chat, userId), tag: tag || undefined })
    this.world.tell({ kind: 'chat', chat })
    return chat
  }

  /** Refuses whom the chat cannot take in: already inside, at too many chats (`tooMuch`), chat full. */
  requireRoom(chat: Chat, userId: number, tooMuch: string): void {
    if (isInside(this.find(chat, userId))) throw new Denied('USER_ALREADY_PARTICIPANT')
    if (this.world.chats.of(userId).length >= this.world.limits.chatsPerUser) throw new Denied(tooMuch)
    if (this.count(chat) >= this.world.limits.membersPerChat) throw new Denied('USERS_TOO_MUCH')
  }

  /** Puts somebody inside, without asking whether that is allowed. */
  enter(
    chat: Chat,
    actorId: number,
    userId: number,
    how: Partial<Member>,
    invite?: Invite,
    viaJoinRequest = false,
  ): void {
    chat.requests.delete(userId)
    const before = this.standing(chat, userId)
    const status = before.status === 'restricted' ? 'restricted' : 'member'
    const origin = { joinedAt: this.world.now(), firstVisibleId: chat.lastMessageId + 1 }
    chat.readUpTo.set(userId, chat.lastMessageId)
    this.set(chat, actorId, userId, { ...origin, ...how, status }, true, invite, viaJoinRequest)
  }

  private set(
    chat: Chat,
    actorId: number,
    userId: number,
    change: Change,
    inside = true,
    invite?: Invite,
    viaJoinRequest = false,
  ): void {
    const before = this.standing(chat, userId)
    const kept = change.status === 'restricted' ? { banned: before.banned, bannedUntil: before.bannedUntil } : noBan
    const after: Member = { ...before, rights: [], promotedBy: undefined, ...kept, ...change, inside }
    chat.members.set(userId, after)
    this.world.tell({ kind: 'member', chat, actorId, userId, before, after, invite, viaJoinRequest })
  }

  private mayEdit(chat: Chat, by: number, administrator: Member): boolean {
    return administrator.promotedBy === by || this.find(chat, by)?.status === 'creator'
  }

  private passOn(chat: Chat): void {
    const people = this.inside(chat).filter((member) => !this.world.users.isBot(member.userId))
    const heir = people.find((member) => member.status === 'administrator') ?? people[0]
    if (!heir) return
    const rights = ADMIN_RIGHTS.filter((right) => right !== 'anonymous')
    this.set(chat, heir.userId, heir.userId, { status: 'creator', rights })
  }
}

/** A tag or title has at most 16 characters and no emoji. */
function requireTag(tag: string): void {
  if ([...tag].length > MAX_TAG) throw new Denied('ADMIN_RANK_INVALID')
  if (/\p{Extended_Pictographic}/u.test(tag)) throw new Denied('ADMIN_RANK_EMOJI_NOT_ALLOWED')
}

const noBan = { banned: [], bannedUntil: 0, bannedBy: undefined }

/** The standing of somebody who was never there. */
export const stranger = (userId: number): Member => ({
  userId,
  status: 'left',
  joinedAt: 0,
  rights: [],
  banned: [],
  bannedUntil: 0,
  inside: false,
  firstVisibleId: 1,
})
