import { fromBotApiId } from '../world/chat-id.js'
import { isInside } from '../world/members.js'
import type { Chat, Dialog, MessagePlace, User } from '../world/types.js'
import type { World } from '../world/world.js'
import type { BotState } from './bot-state.js'
import { badRequest, forbidden } from './errors.js'
import type { Parameters } from './parameters.js'

/** One call of a method: who calls, with what, on which world. */
export interface Call {
  world: World
  bot: User
  state: BotState
  parameters: Parameters
  /** Aborted when the caller hangs up. */
  signal: AbortSignal
}

/** A method's result is what stands under `result` in the answer; it throws `Denied` or `BotApiError`. */
export type Method = (call: Call) => unknown

/** A private chat or a group or channel. */
export type Place = { chat: Chat } | { dialog: Dialog }

/** The place that a parameter names by id or `@username`; throws as Telegram does when the bot cannot use it. */
export function placeOf(call: Call, name = 'chat_id'): Place {
  const { world, bot, parameters } = call
  const text = parameters.text(name)?.trim()
  if (!text) throw badRequest('chat_id is empty')
  const id = parameters.integer(name) ?? 0
  if (id > 0) return { dialog: dialogWith(call, id) }
  const chat = text.startsWith('@') ? world.chats.byUsername(text) : world.chats.byId.get(fromBotApiId(id) ?? 0)
  if (!chat) throw badRequest('chat not found')
  requireAccess(world, chat, bot.id)
  return { chat }
}

/** Like `placeOf` for methods that concern groups and channels only; `words` are said of private chats. */
export function chatOf(call: Call, words = 'method is available for supergroup and channel chats only'): Chat {
  const place = placeOf(call)
  if ('dialog' in place) throw badRequest(words)
  return place.chat
}

/** The person a parameter names; throws 400 when there is none. */
export function personOf(call: Call, name = 'user_id'): number {
  const id = call.parameters.integer(name)
  if (id === undefined || id <= 0) throw badRequest('invalid user_id specified')
  if (!call.world.users.byId.has(id)) throw badRequest(name === 'user_id' ? 'PARTICIPANT_ID_INVALID' : 'user not found')
  return id
}

/** The message that a parameter names in a place, or undefined. */
export function messageIn(call: Call, place: Place, messageId: number | undefined): MessagePlace | undefined {
  if (messageId === undefined) return undefined
  if ('chat' in place) {
    const message = call.world.messages.find(place.chat, messageId)
    return message && { chat: place.chat, message }
  }
  const message = call.world.dialogs.message(place.dialog, call.bot.id, messageId)
  return message && { dialog: place.dialog, message }
}

function dialogWith({ world, bot }: Call, userId: number): Dialog {
  const user = world.users.byId.get(userId)
  if (!user || user.id === bot.id) throw badRequest('chat not found')
  if (user.bot) throw forbidden("bot can't send messages to bots")
  const dialog = world.dialogs.find(userId, bot.id)
  if (dialog?.started) return dialog
  // A bot can name somebody only whom it has met, and may not speak first.
  const met = dialog !== undefined || world.chats.of(bot.id).some((chat) => chat.members.has(userId))
  throw met ? forbidden("bot can't initiate conversation with a user") : badRequest('chat not found')
}

function requireAccess(world: World, chat: Chat, botId: number): void {
  const member = world.members.find(chat, botId)
  if (!chat.deleted && (isInside(member) || (chat.username && member?.status !== 'kicked'))) return
  if (!member) throw badRequest('chat not found')
  const kicked = chat.deleted || member.status === 'kicked'
  throw forbidden(`bot ${kicked ? 'was kicked from' : 'is not a member of'} the ${chat.type} chat`)
}
