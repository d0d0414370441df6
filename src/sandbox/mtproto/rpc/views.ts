import { isInside } from '../../world/members.js'
import type { BannedRight } from '../../world/rights.js'
import type { Chat, Dialog, Invite, JoinRequest, Member, User } from '../../world/types.js'
import type { World } from '../../world/world.js'
import type { TlObject } from '../tl/types.js'
import { peerChannel, peerUser } from './peers.js'

/** The highest date there is: for ever. */
const FOR_EVER = 0x7fffffff

const restrictionOn = (platform: string): TlObject => ({
  _: 'restrictionReason',
  platform,
  reason: 'terms',
  text: 'This account was restricted in this sandbox.',
})

const flags = (names: readonly string[]): Record<string, true> => Object.fromEntries(names.map((name) => [name, true]))

const bannedRights = (banned: readonly BannedRight[], until: number): TlObject => ({
  ...flags(banned),
  _: 'chatBannedRights',
  until_date: until,
})

/** The world's people and chats as one account gets to see them. */
export class Views {
  constructor(
    readonly world: World,
    readonly viewerId: number,
  ) {}

  user(user: User): TlObject {
    const id = { _: 'user', id: user.id, access_hash: this.world.accessHash(this.viewerId, 'user', user.id) }
    if (user.deleted) return { ...id, deleted: true }
    const isSelf = user.id === this.viewerId
    return {
      ...id,
      self: isSelf,
      bot: user.bot !== undefined,
      bot_info_version: user.bot ? 1 : undefined,
      first_name: user.firstName,
      last_name: user.lastName,
      username: user.username,
      phone: isSelf ? user.phone : undefined,
      lang_code: isSelf ? user.languageCode : undefined,
      ...(user.restrictedOn?.length
        ? { restricted: true, restriction_reason: user.restrictedOn.map(restrictionOn) }
        : {}),
    }
  }

  users(ids: Iterable<number>): TlObject[] {
    return [...new Set(ids)].map((id) => this.user(this.world.users.get(id)))
  }

  chats(ids: Iterable<number>): TlObject[] {
    return [...new Set(ids)].map((id) => this.chat(this.world.chats.get(id)))
  }

  chat(chat: Chat): TlObject {
    const member = this.world.members.standing(chat, this.viewerId)
    const kind = chat.type === 'channel' ? { broadcast: true } : { megagroup: true }
    const access_hash = this.world.accessHash(this.viewerId, 'chat', chat.id)
    const base = { ...kind, id: chat.id, access_hash, title: chat.title }
    if (chat.deleted || member.status === 'kicked') return { ...base, _: 'channelForbidden' }
    const isIn = isInside(member)
    return {
      ...base,
      _: 'channel',
      creator: member.status === 'creator',
      left: !isIn,
      username: chat.username,
      photo: { _: 'chatPhotoEmpty' },
      slowmode_enabled: Boolean(chat.slowModeS),
      date: isIn ? member.joinedAt : chat.createdAt,
      participants_count: this.world.members.count(chat),
      admin_rights: member.rights.length > 0 ? adminRights(member) : undefined,
      banned_rights: member.status === 'restricted' ? bannedRights(member.banned, banEnd(member)) : undefined,
      default_banned_rights: bannedRights(chat.defaultBanned, FOR_EVER),
    }
  }

  fullChat(chat: Chat): TlObject {
    const member = this.world.members.standing(chat, this.viewerId)
    const isOwner = member.status === 'creator'
    const all = this.world.members.all(chat)
    const count = (status: Member['status']): number => all.filter((other) => other.status === status).length
    const requesters = [...chat.requests.keys()]
    const mayInvite = this.world.chats.may(chat, this.viewerId, 'invite_users')
    const primary = this.world.invites.primary(chat, this.viewerId)
    const unavailable = this.world.messages.firstAvailable(chat, this.viewerId) - 1
    return {
      _: 'channelFull',
      id: chat.id,
      about: chat.about,
      can_view_participants: chat.type === 'supergroup' || isOwner,
      can_delete_channel: isOwner,
      hidden_prehistory: chat.historyHidden,
      participants_count: this.world.members.count(chat),
      admins_count: count('administrator') + count('creator'),
      kicked_count: count('kicked'),
      banned_count: count('restricted'),
      read_inbox_max_id: chat.readUpTo.get(this.viewerId) ?? 0,
      read_outbox_max_id: chat.lastMessageId,
      unread_count: this.world.messages.unread(chat, this.viewerId),
      chat_photo: { _: 'photoEmpty', id: 0 },
      notify_settings: { _: 'peerNotifySettings' },
      exported_invite: primary && this.invite(chat, primary),
      bot_info: [],
      pinned_msg_id: chat.pinned.at(-1),
      slowmode_seconds: chat.slowModeS || undefined,
      available_min_id: unavailable || undefined,
      pts: chat.pts,
      requests_pending: mayInvite && requesters.length > 0 ? requesters.length : undefined,
      recent_requesters: mayInvite && requesters.length > 0 ? requesters.slice(-5) : undefined,
    }
  }

  participant(member: Member): TlObject {
    const { userId: user_id, joinedAt: date, promotedBy = 0, inviterId } = member
    const isSelf = user_id === this.viewerId
    const rank = member.tag
    switch (member.status) {
      case 'creator':
        return { _: 'channelParticipantCreator', user_id, admin_rights: adminRights(member), rank }
      case 'administrator': {
        const can_edit = promotedBy === this.viewerId
        const inviter_id = isSelf ? (inviterId ?? promotedBy) : undefined
        const who = { user_id, self: isSelf, can_edit, inviter_id, promoted_by: promotedBy, date, rank }
        return { ...who, _: 'channelParticipantAdmin', admin_rights: adminRights(member) }
      }
      case 'member':
        return isSelf
          ? { _: 'channelParticipantSelf', user_id, inviter_id: inviterId ?? user_id, date, rank }
          : { _: 'channelParticipant', user_id, date, rank }
      case 'left':
        return { _: 'channelParticipantLeft', peer: peerUser(user_id) }
      case 'restricted':
      case 'kicked':
        return {
          _: 'channelParticipantBanned',
          left: !isInside(member),
          peer: peerUser(user_id),
          kicked_by: member.bannedBy ?? 0,
          date,
          banned_rights: bannedRights(member.banned, banEnd(member)),
          rank,
        }
    }
  }

  invite(chat: Chat, invite: Invite): TlObject {
    const requested = [...chat.requests.values()].filter((request) => request.inviteHash === invite.hash).length
    return {
      _: 'chatInviteExported',
      revoked: invite.revoked,
      permanent: invite.permanent,
      request_needed: invite.requestNeeded,
      link: this.world.invites.link(invite),
      admin_id: invite.adminId,
      date: invite.createdAt,
      expire_date: invite.expiresAt,
      usage_limit: invite.limit,
      usage: invite.usage || undefined,
      requested: requested || undefined,
      title: invite.title,
    }
  }

  importer(from: Member | JoinRequest): TlObject {
    const requested = 'at' in from
    return { _: 'chatInviteImporter', requested, user_id: from.userId, date: requested ? from.at : from.joinedAt }
  }

  /** The peer on the other side of a private chat. */
  dialogPeer(dialog: Dialog): TlObject {
    return peerUser(this.otherIn(dialog))
  }

  otherIn(dialog: Dialog): number {
    return this.world.dialogs.otherThan(dialog, this.viewerId)
  }

  chatPeer(chat: Chat): TlObject {
    return peerChannel(chat.id)
  }
}

const adminRights = (member: Member): TlObject => ({ ...flags(member.rights), _: 'chatAdminRights' })

const banEnd = (member: Member): number => member.bannedUntil || FOR_EVER
