import { Denied } from './denied.js'
import { isInside, isStaff } from './members.js'
import type { Chat, Invite } from './types.js'
import type { Parts } from './parts.js'

export interface InviteTerms {
  title?: string | undefined
  /** Unix seconds; 0 or undefined = never. */
  expiresAt?: number | undefined
  /** How many may be inside through this link at the same time; 0 or undefined = any number. */
  limit?: number | undefined
  requestNeeded?: boolean | undefined
}

const findPrimary = (chat: Chat, by: number): Invite | undefined =>
  [...chat.invites.values()].find((invite) => invite.permanent && !invite.revoked && invite.adminId === by)

/** Invite links and requests to join. */
export class Invites {
  constructor(private readonly world: Parts) {}

  link(invite: Invite): string {
    return `https://t.me/+${invite.hash}`
  }

  /** The hash in an invite link of any form, or the hash itself. */
  hashOf(link: string): string {
    return link.replace(/^.*(?:\/joinchat\/|\/\+|[?&]invite=)/, '').replace(/^\+/, '')
  }

  /** A new link by an administrator. `primary` replaces this administrator's primary link. */
  export(id: number, by: number, terms: InviteTerms & { primary?: boolean | undefined } = {}): Invite {
    const chat = this.world.chats.administered(id, by, 'invite_users')
    this.requireTerms(terms)
    const previous = terms.primary && findPrimary(chat, by)
    if (previous) previous.revoked = true
    return this.make(chat, by, terms)
  }

  /**
   * An administrator's primary link. Each who may invite has one, which Telegram makes when they first look at the chat
   * in full; undefined for everybody else.
   */
  primary(chat: Chat, by: number): Invite | undefined {
    const mayInvite = isStaff(this.world.members.find(chat, by)) && this.world.chats.may(chat, by, 'invite_users')
    if (chat.deleted || !mayInvite) return undefined
    return findPrimary(chat, by) ?? this.make(chat, by, { primary: true })
  }

  private make(chat: Chat, by: number, terms: InviteTerms & { primary?: boolean | undefined }): Invite {
    const invite: Invite = {
      hash: this.world.nextSecret('invite').toString('base64url').slice(0, 16),
      adminId: by,
      createdAt: this.world.now(),
      title: terms.title || undefined,
      expiresAt: terms.expiresAt || undefined,
      limit: terms.limit || undefined,
      usage: 0,
      requestNeeded: terms.requestNeeded ?? false,
      revoked: false,
      permanent: terms.primary ?? false,
    }
    chat.invites.set(invite.hash, invite)
    this.world.tell({ kind: 'chat', chat })
    return invite
  }

  /** Changes a link. Other administrators' links can only be changed by the owner; bots never touch foreign links. */
  edit(id: number, by: number, hash: string, terms: InviteTerms): Invite {
    const { chat, invite } = this.editable(id, by, hash)
    if (invite.revoked) throw new Denied('INVITE_REVOKED_MISSING')
    if (invite.permanent) throw new Denied('CHAT_INVITE_PERMANENT')
    const requestNeeded = terms.requestNeeded ?? invite.requestNeeded
    this.requireTerms({ ...terms, limit: terms.limit ?? invite.limit, requestNeeded })
    invite.requestNeeded = requestNeeded
    if (terms.title !== undefined) invite.title = terms.title || undefined
    if (terms.expiresAt !== undefined) invite.expiresAt = terms.expiresAt || undefined
    if (terms.limit !== undefined) invite.limit = terms.limit || undefined
    this.world.tell({ kind: 'chat', chat })
    return invite
  }

  /** Revokes a link; a primary link is replaced by a new one. Revoking twice is no error. */
  revoke(id: number, by: number, hash: string): { invite: Invite; replacement?: Invite } {
    const { chat, invite } = this.editable(id, by, hash)
    const wasLive = !invite.revoked
    invite.revoked = true
    this.world.tell({ kind: 'chat', chat })
    if (!invite.permanent || !wasLive || invite.adminId !== by) return { invite }
    return { invite, replacement: this.export(id, by, { primary: true }) }
  }

  /** Forgets a revoked link. */
  delete(id: number, by: number, hash: string): void {
    const { chat, invite } = this.editable(id, by, hash)
    if (!invite.revoked) throw new Denied('INVITE_REVOKED_MISSING')
    chat.invites.delete(hash)
    this.world.tell({ kind: 'chat', chat })
  }

  /** The chat and the link behind a hash, as long as the link works; otherwise `INVITE_HASH_EXPIRED`. */
  find(hash: string): { chat: Chat; invite: Invite } {
    for (const chat of this.world.chats.byId.values()) {
      const invite = chat.invites.get(hash)
      if (!invite) continue
      if (chat.deleted || !this.works(chat, invite)) throw new Denied('INVITE_HASH_EXPIRED')
      return { chat, invite }
    }
    throw new Denied(/^[\w-]{16,22}$/.test(hash) ? 'INVITE_HASH_EXPIRED' : 'INVITE_HASH_INVALID')
  }

  works(chat: Chat, invite: Invite): boolean {
    if (invite.revoked || (invite.expiresAt !== undefined && invite.expiresAt <= this.world.now())) return false
    if (invite.limit === undefined) return true
    // The limit counts who is inside at the same time: when somebody leaves, the link lives again.
    const inside = this.world.members.inside(chat).filter((member) => member.inviteHash === invite.hash)
    return inside.length < invite.limit
  }

  /** Opens a link: the person is inside, or has asked to be (`INVITE_REQUEST_SENT`). */
  join(userId: number, hash: string): Chat {
    const { chat, invite } = this.find(hash)
    this.world.members.requireRoom(chat, userId, 'CHANNELS_TOO_MUCH')
    // Somebody who was thrown out is told that the link has expired.
    if (this.world.members.find(chat, userId)?.status === 'kicked') throw new Denied('INVITE_HASH_EXPIRED')
    if (!invite.requestNeeded) {
      this.admit(chat, userId, userId, invite, false)
      return chat
    }
    const asked = chat.requests.get(userId)
    chat.requests.set(userId, { userId, inviteHash: hash, at: this.world.now() })
    if (asked?.inviteHash !== hash) this.world.tell({ kind: 'join-request', chat, userId, invite })
    throw new Denied('INVITE_REQUEST_SENT')
  }

  /** Approves or declines a request to join. Nobody asked: `HIDE_REQUESTER_MISSING`. */
  decide(id: number, by: number, userId: number, approve: boolean): Chat {
    const chat = this.world.chats.administered(id, by, 'invite_users')
    const request = chat.requests.get(userId)
    if (isInside(this.world.members.find(chat, userId))) throw new Denied('USER_ALREADY_PARTICIPANT')
    if (!request) throw new Denied('HIDE_REQUESTER_MISSING')
    const invite = chat.invites.get(request.inviteHash)
    if (approve) {
      this.world.members.requireRoom(chat, userId, 'USER_CHANNELS_TOO_MUCH')
      this.admit(chat, by, userId, invite, true)
    }
    chat.requests.delete(userId)
    this.world.tell({ kind: 'join-request-decided', chat, userId, approved: approve })
    return chat
  }

  private admit(chat: Chat, actorId: number, userId: number, invite: Invite | undefined, byRequest: boolean): void {
    if (invite) invite.usage++
    const how = { inviterId: invite?.adminId, inviteHash: invite?.hash }
    this.world.members.enter(chat, actorId, userId, how, invite, byRequest)
    if (chat.type === 'channel') return
    if (byRequest) this.world.messages.post(chat, userId, { service: { type: 'joined-by-request' } })
    else
      this.world.messages.post(chat, userId, { service: { type: 'joined-by-link', inviterId: invite?.adminId ?? 0 } })
  }

  private editable(id: number, by: number, hash: string): { chat: Chat; invite: Invite } {
    const chat = this.world.chats.administered(id, by, 'invite_users')
    const invite = chat.invites.get(hash)
    if (!invite) throw new Denied('INVITE_HASH_EXPIRED')
    const mayTouch = invite.adminId === by || (this.world.chats.owner(chat) === by && !this.world.users.isBot(by))
    if (!mayTouch) throw new Denied('CHAT_ADMIN_REQUIRED')
    return { chat, invite }
  }

  private requireTerms(terms: InviteTerms): void {
    if (terms.expiresAt && terms.expiresAt <= this.world.now()) throw new Denied('EXPIRE_DATE_INVALID')
    if (terms.limit && terms.requestNeeded) throw new Denied('USAGE_LIMIT_INVALID')
    if (terms.title && [...terms.title].length > 32) throw new Denied('INVITE_TITLE_TOO_LONG')
  }
}
