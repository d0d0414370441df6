import { Denied } from '../../world/denied.js'
import { isInside } from '../../world/members.js'
import { chatOf, placeOf, type Call, type Method } from '../call.js'
import { badRequest } from '../errors.js'
import { fullChatView, fullPrivateChatView } from '../views/chats.js'
import { readPermissions } from '../views/rights.js'

/** What Telegram takes for done when everything is as asked already. */
function unlessUnchanged(change: () => unknown): true {
  try {
    change()
  } catch (error) {
    if (!(error instanceof Denied && error.error === 'CHAT_NOT_MODIFIED')) throw error
  }
  return true
}

function getChat(call: Call) {
  const place = placeOf(call)
  if ('chat' in place) return fullChatView(call.world, place.chat, call.bot.id)
  return fullPrivateChatView(call.world, place.dialog.userId)
}

/** Groups and channels as such: what they are called, what members may do, leaving. */
export const chatMethods: Record<string, Method> = {
  getChat,
  setChatTitle: (call) => {
    const chat = chatOf(call, "can't change private chat title")
    const title = (call.parameters.text('title') ?? '').trim()
    return unlessUnchanged(() => call.world.chats.setTitle(chat.id, call.bot.id, title.slice(0, 128)))
  },
  setChatDescription: (call) => {
    const chat = chatOf(call)
    call.world.chats.setAbout(chat.id, call.bot.id, (call.parameters.text('description') ?? '').trim())
    return true
  },
  setChatPermissions: (call) => {
    const chat = chatOf(call)
    const { parameters } = call
    const permissions = parameters.object('permissions')
    if (!permissions) throw badRequest('expected an Object of ChatPermissions')
    const banned = readPermissions(permissions, parameters.flag('use_independent_chat_permissions'))
    return unlessUnchanged(() => call.world.chats.setDefaultBanned(chat.id, call.bot.id, banned))
  },
  leaveChat: (call) => {
    const chat = chatOf(call)
    if (isInside(call.world.members.find(chat, call.bot.id))) call.world.members.leave(chat.id, call.bot.id)
    return true
  },
}
