import { isInside, isStaff, stranger } from '../../world/members.js'
import type { BannedRight } from '../../world/rights.js'
import type { Chat, Member } from '../../world/types.js'
import { chatOf, personOf, placeOf, type Call, type Method } from '../call.js'
import { badRequest } from '../errors.js'
import { memberView } from '../views/chats.js'
import { readAdminRights, readPermissions } from '../views/rights.js'

/** Refuses to look at a channel's people unless the bot administers it. */
function readable(call: Call): Chat {
  const chat = chatOf(call, 'there are no administrators in the private chat')
  const { world, bot } = call
  if (chat.type === 'channel' && !isStaff(world.members.find(chat, bot.id))) {
    throw badRequest('member list is inaccessible')
  }
  return chat
}

function getChatMember(call: Call) {
  const { world, bot } = call
  const place = placeOf(call)
  if ('dialog' in place) {
    const userId = personOf(call)
    if (userId !== bot.id && userId !== place.dialog.userId) throw badRequest('user not found')
    return memberView(world, { ...stranger(userId), status: 'member' }, bot.id)
  }
  const chat = readable(call)
  return memberView(world, world.members.standing(chat, personOf(call)), bot.id)
}

function getChatAdministrators(call: Call) {
  const { world, bot } = call
  const chat = readable(call)
  const shown = (member: Member) => isStaff(member) && (member.userId === bot.id || !world.users.isBot(member.userId))
  return world.members
    .inside(chat)
    .filter(shown)
    .map((member) => memberView(world, member, bot.id))
}

/** Refuses, in the Bot API's words, to lay hands on the owner or on the bot itself. */
function requireTouchable({ world, bot }: Call, chat: Chat, userId: number): void {
  if (userId === bot.id) throw badRequest("can't restrict self")
  if (world.members.find(chat, userId)?.status === 'creator') throw badRequest("can't remove chat owner")
}

function setBan(call: Call, banned: readonly BannedRight[]): true {
  const chat = chatOf(call)
  const userId = personOf(call)
  requireTouchable(call, chat, userId)
  call.world.members.ban(chat.id, call.bot.id, userId, banned, call.parameters.integer('until_date') ?? 0)
  return true
}

/** Lifts a ban. Without `only_if_banned` somebody who is inside is put out, free to come back. */
function unban(call: Call): true {
  const { world, bot, parameters } = call
  const chat = chatOf(call)
  const userId = personOf(call)
  requireTouchable(call, chat, userId)
  world.chats.administered(chat.id, bot.id, 'ban_users')
  const member = world.members.find(chat, userId)
  const inside = isInside(member)
  if (parameters.flag('only_if_banned') && member?.status !== 'kicked') return true
  if (inside) world.members.ban(chat.id, bot.id, userId, ['view_messages'])
  if (inside || member?.status === 'kicked') world.members.ban(chat.id, bot.id, userId, [])
  return true
}

function restrict(call: Call): true {
  const { parameters } = call
  if ('dialog' in placeOf(call)) throw badRequest('method is available only for supergroups')
  // The older form gives the permissions beside the other parameters.
  const permissions = parameters.object('permissions') ?? parameters.raw
  return setBan(call, readPermissions(permissions, parameters.flag('use_independent_chat_permissions')))
}

function promote(call: Call): true {
  const chat = chatOf(call)
  const userId = personOf(call)
  if (userId === call.bot.id) throw badRequest("can't promote self")
  const rights = readAdminRights((name) => call.parameters.flag(name))
  call.world.members.promote(chat.id, call.bot.id, userId, rights, call.world.members.find(chat, userId)?.tag)
  return true
}

function setCustomTitle(call: Call): true {
  const { world, bot } = call
  const chat = chatOf(call)
  const userId = personOf(call)
  const title = call.parameters.text('custom_title') ?? ''
  if ([...title].length > 16) throw badRequest('custom title is too long')
  const member = world.members.find(chat, userId)
  if (member?.status === 'creator') throw badRequest('only creator can edit their custom title')
  if (member?.status !== 'administrator') throw badRequest('user is not an administrator')
  world.members.promote(chat.id, bot.id, userId, member.rights, title)
  return true
}

function setTag(call: Call): true {
  const chat = chatOf(call)
  call.world.members.setTag(chat.id, call.bot.id, personOf(call), call.parameters.text('tag') ?? '')
  return true
}

/** Who is in a group or channel, and as what. */
export const memberMethods: Record<string, Method> = {
  getChatMember,
  getChatAdministrators,
  getChatMemberCount: (call) => {
    const place = placeOf(call)
    return 'chat' in place ? call.world.members.count(place.chat) : 2
  },
  banChatMember: (call) => {
    if ('dialog' in placeOf(call)) throw badRequest("can't ban members in private chats")
    return setBan(call, ['view_messages'])
  },
  unbanChatMember: unban,
  restrictChatMember: restrict,
  promoteChatMember: promote,
  setChatAdministratorCustomTitle: setCustomTitle,
  setChatMemberTag: setTag,
}
