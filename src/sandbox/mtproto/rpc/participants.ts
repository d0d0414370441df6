import { Denied } from '../../world/denied.js'
import { isInside, isStaff } from '../../world/members.js'
import { ADMIN_RIGHTS, BANNED_RIGHTS } from '../../world/rights.js'
import type { Member } from '../../world/types.js'
import { flagNames, int, maybeText, object, objects, text } from '../tl/fields.js'
import type { TlObject } from '../tl/types.js'
import type { Call, Handlers } from './call.js'

const MAX_PAGE = 200

/** Who is in a chat, and what they may do. */
export const participants: Handlers = {
  'channels.getParticipants': (request, call) => {
    const chat = call.visibleChat(object(request, 'channel'))
    const staffOnly = chat.type === 'channel' && !isStaff(call.world.members.find(chat, call.me))
    if (staffOnly) throw new Denied('CHAT_ADMIN_REQUIRED')
    const found = call.world.members.all(chat).filter(filterOf(call, object(request, 'filter')))
    const offset = int(request, 'offset')
    const page = found.slice(offset, offset + Math.min(int(request, 'limit'), MAX_PAGE))
    return {
      _: 'channels.channelParticipants',
      count: found.length,
      participants: page.map((member) => call.views.participant(member)),
      chats: [call.views.chat(chat)],
      users: call.views.users(page.map((member) => member.userId)),
    }
  },

  'channels.getParticipant': (request, call) => {
    const chat = call.visibleChat(object(request, 'channel'))
    const member = call.world.members.standing(chat, call.userIdOf(object(request, 'participant')))
    if (member.status === 'left') throw new Denied('USER_NOT_PARTICIPANT')
    const participant = call.views.participant(member)
    const users = call.views.users([member.userId])
    return { _: 'channels.channelParticipant', participant, chats: [call.views.chat(chat)], users }
  },

  'channels.inviteToChannel': (request, call) => {
    const chatId = call.chatId(object(request, 'channel'))
    for (const input of objects(request, 'users')) call.world.members.add(chatId, call.me, call.userIdOf(input))
    return { _: 'messages.invitedUsers', updates: call.updates(), missing_invitees: [] }
  },

  'channels.editAdmin': (request, call) => {
    const names = flagNames(object(request, 'admin_rights'))
    const rights = ADMIN_RIGHTS.filter((right) => names.includes(right))
    const userId = call.userIdOf(object(request, 'user_id'))
    const title = maybeText(request, 'rank')
    call.world.pace.requireSettled(call.session.key.holder.loginAt)
    call.world.members.promote(call.chatId(object(request, 'channel')), call.me, userId, rights, title)
    return call.updates()
  },

  'channels.editBanned': (request, call) => {
    const wanted = object(request, 'banned_rights')
    const names = flagNames(wanted)
    const banned = BANNED_RIGHTS.filter((right) => names.includes(right))
    const userId = call.userIdOf(object(request, 'participant'))
    const until = int(wanted, 'until_date')
    call.world.members.ban(call.chatId(object(request, 'channel')), call.me, userId, banned, until)
    return call.updates()
  },

  'channels.joinChannel': (request, call) => {
    call.world.members.joinPublic(call.chatId(object(request, 'channel')), call.me)
    return call.updates()
  },

  'channels.leaveChannel': (request, call) => {
    call.world.members.leave(call.chatId(object(request, 'channel')), call.me)
    return call.updates()
  },
}

function filterOf(call: Call, filter: TlObject): (member: Member) => boolean {
  const named = ({ userId }: Member): boolean => {
    const { firstName, lastName = '', username = '' } = call.world.users.get(userId)
    const wanted = filter['q'] === undefined ? '' : text(filter, 'q').toLowerCase()
    return `${firstName} ${lastName} ${username}`.toLowerCase().includes(wanted)
  }
  switch (filter._) {
    case 'channelParticipantsRecent':
      return isInside
    case 'channelParticipantsAdmins':
      return isStaff
    case 'channelParticipantsBots':
      return (member) => isInside(member) && call.world.users.isBot(member.userId)
    case 'channelParticipantsKicked':
      return (member) => member.status === 'kicked' && named(member)
    case 'channelParticipantsBanned':
      return (member) => member.status === 'restricted' && named(member)
    case 'channelParticipantsSearch':
      return (member) => isInside(member) && named(member)
    default:
      return () => false
  }
}
