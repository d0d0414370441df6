import { Denied } from '../world/denied.js'
import { fromBotApiId } from '../world/chat-id.js'
import type { Chat, MessagePlace, User } from '../world/types.js'
import type { World } from '../world/world.js'

/** What a `chat` of the control API stands for: the private chat with a bot or a person, or a group or channel. */
export type Target = { user: User } | { chat: Chat }

/** The one bot of this world, or `USER_ID_INVALID` as long as there is none. */
export function theBot(world: World): User {
  const bot = world.users.bots()[0]
  if (!bot) throw new Denied('USER_ID_INVALID')
  return bot
}

/** A person who can act; bots and deleted accounts cannot. */
export function personBy(world: World, id: number): User {
  const user = world.users.get(id)
  if (user.bot || user.deleted) throw new Denied('USER_ID_INVALID')
  return user
}

/** Finds what an id stands for: a bot's or a person's id, or a group's in the Bot API's form (`-100…`) or the bare one. */
export function targetBy(world: World, id: number): Target {
  const user = world.users.byId.get(id)
  if (user) return { user }
  return { chat: world.chats.get(fromBotApiId(id) ?? id) }
}

/** The message with this id as the person sees it; `MESSAGE_ID_INVALID` when there is none that they see. */
export function messageBy(world: World, userId: number, target: Target, messageId: number): MessagePlace {
  if ('user' in target) {
    const dialog = world.dialogs.between(userId, target.user.id)
    const message = world.dialogs.message(dialog, userId, messageId)
    if (message) return { dialog, message }
  } else {
    const chat = world.chats.entered(target.chat.id, userId)
    const message = world.messages.seenBy(chat, userId).find((one) => one.id === messageId)
    if (message) return { chat, message }
  }
  throw new Denied('MESSAGE_ID_INVALID')
}
