import type { Chat as ApiChat, ChatInviteLink, ChatMember, User as ApiUser } from 'telegraf/types'
import { toBotApiId } from '../../world/chat-id.js'
import type { Chat, Invite, Member } from '../../world/types.js'
import type { World } from '../../world/world.js'
import { adminRightsView, permissionsView } from './rights.js'

/** A person or bot as Telegram shows them to a bot to which they write: with their language. */
export function userView(world: World, userId: number): ApiUser {
  const { languageCode, bot } = world.users.get(userId)
  return { ...namedUserView(world, userId), ...(languageCode && !bot && { language_code: languageCode }) }
}

/** A person or bot whom somebody names or asks about. */
export function namedUserView(world: World, userId: number): ApiUser {
  const user = world.users.get(userId)
  return {
    id: user.id,
    is_bot: user.bot !== undefined,
    first_name: user.firstName,
    ...(user.lastName && { last_name: user.lastName }),
    ...(user.username && { username: user.username }),
  }
}

/** The chat of a message or update. */
export function chatView(chat: Chat): ApiChat.SupergroupChat | ApiChat.ChannelChat {
  return {
    id: toBotApiId(chat.id),
    type: chat.type,
    title: chat.title,
    ...(chat.username && { username: chat.username }),
  }
}

/** The private chat with a person; its id is the person's. */
export function privateChatView(world: World, userId: number): ApiChat.PrivateChat {
  const user = world.users.get(userId)
  return {
    id: user.id,
    type: 'private',
    first_name: user.firstName,
    ...(user.lastName && { last_name: user.lastName }),
    ...(user.username && { username: user.username }),
  }
}

const gifts = {
  unlimited_gifts: false,
  limited_gifts: false,
  unique_gifts: false,
  premium_subscription: false,
  gifts_from_channels: false,
}

/** Fields that `getChat` adds for every kind of chat. */
const full = { accent_color_id: 0, max_reaction_count: 11, accepted_gift_types: gifts }

/** The answer of `getChat` for a private chat. */
export const fullPrivateChatView = (world: World, userId: number) => ({
  ...privateChatView(world, userId),
  ...full,
})

/** The answer of `getChat` for a group or channel, with the bot's own primary link when it may invite. */
export function fullChatView(world: World, chat: Chat, botId: number) {
  const primary = world.invites.primary(chat, botId)
  return {
    ...chatView(chat),
    ...full,
    ...(chat.username && { active_usernames: [chat.username] }),
    ...(chat.about && { description: chat.about }),
    ...(primary && { invite_link: world.invites.link(primary) }),
    ...(chat.type === 'supergroup' && { permissions: permissionsView(chat.defaultBanned) }),
    ...(chat.slowModeS && { slow_mode_delay: chat.slowModeS }),
    ...(chat.type === 'supergroup' && !chat.historyHidden && { has_visible_history: true as const }),
  }
}

/** Somebody's standing. `botId` is who looks: it decides whether an administrator can be edited. */
export function memberView(world: World, member: Member, botId: number): ChatMember {
  const user = namedUserView(world, member.userId)
  switch (member.status) {
    case 'creator':
      return {
        status: 'creator',
        user,
        is_anonymous: member.rights.includes('anonymous'),
        ...(member.tag && { custom_title: member.tag }),
      }
    case 'administrator':
      return {
        status: 'administrator',
        user,
        can_be_edited: member.promotedBy === botId,
        ...adminRightsView(member.rights),
        ...(member.tag && { custom_title: member.tag }),
      } as ChatMember
    case 'restricted':
      return {
        status: 'restricted',
        user,
        ...(member.tag && { tag: member.tag }),
        is_member: member.inside,
        ...permissionsView(member.banned),
        until_date: member.bannedUntil,
      } as ChatMember
    case 'kicked':
      return { status: 'kicked', user, until_date: member.bannedUntil }
    case 'member':
      return { status: 'member', user, ...(member.tag && { tag: member.tag }) }
    case 'left':
      return { status: 'left', user }
  }
}

/** An invite link; of another administrator's link a bot sees only the first half. */
export function inviteView(world: World, chat: Chat, invite: Invite, botId: number): ChatInviteLink {
  const link = world.invites.link(invite)
  const pending = [...chat.requests.values()].filter((request) => request.inviteHash === invite.hash).length
  return {
    invite_link: invite.adminId === botId ? link : `${link.slice(0, -Math.ceil(invite.hash.length / 2))}…`,
    creator: userView(world, invite.adminId),
    creates_join_request: invite.requestNeeded,
    is_primary: invite.permanent,
    is_revoked: invite.revoked,
    ...(invite.title && { name: invite.title }),
    ...(invite.expiresAt && { expire_date: invite.expiresAt }),
    ...(invite.limit && { member_limit: invite.limit }),
    ...(pending > 0 && { pending_join_request_count: pending }),
  }
}
