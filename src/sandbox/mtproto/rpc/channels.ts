import { Denied } from '../../world/denied.js'
import { BANNED_RIGHTS } from '../../world/rights.js'
import { flag, flagNames, int, object, objects, text } from '../tl/fields.js'
import type { Handlers } from './call.js'

/** Making, changing and deleting supergroups and channels. */
export const channels: Handlers = {
  'channels.createChannel': (request, call) => {
    if (flag(request, 'megagroup') === flag(request, 'broadcast')) throw new Denied('CHANNEL_INVALID')
    const type = flag(request, 'megagroup') ? 'supergroup' : 'channel'
    const chat = call.world.chats.create(call.me, {
      title: text(request, 'title'),
      about: text(request, 'about'),
      type,
    })
    // Clients that are careful find the first message by this.
    const random_id = call.world.secret('first message', chat.id).readBigInt64LE(0)
    call.collected.addFirst('made', { _: 'updateMessageID', id: chat.lastMessageId, random_id })
    return call.updates()
  },

  'channels.deleteChannel': (request, call) => {
    call.world.chats.delete(call.chatId(object(request, 'channel')), call.me)
    return call.updates()
  },

  'channels.editTitle': (request, call) => {
    call.world.chats.setTitle(call.chatId(object(request, 'channel')), call.me, text(request, 'title'))
    return call.updates()
  },

  'messages.editChatAbout': (request, call) => {
    call.world.chats.setAbout(call.chatId(object(request, 'peer')), call.me, text(request, 'about'))
    return true
  },

  'messages.editChatDefaultBannedRights': (request, call) => {
    const names = flagNames(object(request, 'banned_rights'))
    const banned = BANNED_RIGHTS.filter((right) => names.includes(right))
    call.world.chats.setDefaultBanned(call.chatId(object(request, 'peer')), call.me, banned)
    return call.updates()
  },

  'channels.togglePreHistoryHidden': (request, call) => {
    const hidden = flag(request, 'enabled')
    call.world.chats.setHistoryHidden(call.chatId(object(request, 'channel')), call.me, hidden)
    return call.updates()
  },

  'channels.toggleSlowMode': (request, call) => {
    call.world.chats.setSlowMode(call.chatId(object(request, 'channel')), call.me, int(request, 'seconds'))
    return call.updates()
  },

  // Groups here are private, where only links can ask for approval.
  'channels.toggleJoinRequest': (request, call) => {
    call.world.chats.administered(call.chatId(object(request, 'channel')), call.me, 'change_info')
    throw new Denied('CHAT_PUBLIC_REQUIRED')
  },

  'channels.getChannels': (request, call) => {
    const chats = objects(request, 'id').map((input) => {
      const chat = call.world.chats.get(call.chatId(input))
      if (!chat.members.has(call.me) && chat.username === undefined) throw new Denied('CHANNEL_PRIVATE')
      return call.views.chat(chat)
    })
    return { _: 'messages.chats', chats }
  },

  'channels.getFullChannel': (request, call) => {
    const chat = call.visibleChat(object(request, 'channel'))
    const full_chat = call.views.fullChat(chat)
    return { _: 'messages.chatFull', full_chat, chats: [call.views.chat(chat)], users: [] }
  },

  'channels.deleteHistory': (request, call) => {
    const { messages } = call.world
    const [chatId, upTo] = [call.chatId(object(request, 'channel')), int(request, 'max_id')]
    if (flag(request, 'for_everyone')) messages.deleteHistory(chatId, call.me, upTo)
    else messages.clearHistory(chatId, call.me, upTo)
    return call.updates()
  },
}
