import type { MessageContent, MessagePlace } from '../../world/types.js'
import { messageIn, placeOf, type Call, type Place } from '../call.js'
import { badRequest } from '../errors.js'
import { format } from '../formatting/format.js'
import { readKeyboard } from '../keyboard.js'
import { namedUserView } from '../views/chats.js'
import { messageView, type MessageView } from '../views/messages.js'

const maxTextLength = 4096
const maxCaptionLength = 1024

/** Puts content where the call says, as the bot; gives where it lies now. */
export function post({ world, bot }: Call, place: Place, content: MessageContent): MessagePlace {
  if ('chat' in place) {
    if (place.chat.type === 'channel' && !world.messages.mayWrite(world.chats.entered(place.chat.id, bot.id), bot.id)) {
      throw badRequest('need administrator rights in the channel chat')
    }
    return { chat: place.chat, message: world.messages.send(place.chat.id, bot.id, content) }
  }
  return { dialog: place.dialog, message: world.dialogs.reply(place.dialog.userId, bot.id, content) }
}

/** The text or caption with its entities, as its markup or its entities say. */
export function readText(call: Call, name = 'text'): Pick<MessageContent, 'text' | 'entities'> {
  const { parameters, world } = call
  const isCaption = name === 'caption'
  const source = (parameters.text(name) ?? '').replaceAll('\r', '')
  if (!source && !isCaption) throw badRequest('message text is empty')
  const given = parameters.list(isCaption ? 'caption_entities' : 'entities')
  const { text, entities } = format(source, parameters.text('parse_mode'), given, (id) => {
    return world.users.byId.has(id) ? namedUserView(world, id) : undefined
  })
  if (!text && !isCaption) throw badRequest('message text is empty')
  if ([...text].length > (isCaption ? maxCaptionLength : maxTextLength)) {
    throw badRequest(isCaption ? 'message caption is too long' : 'message is too long')
  }
  return { text, ...(entities.length > 0 && { entities }) }
}

/** The id in `reply_parameters`; 0 where they are empty. */
function repliedId(reply: Record<string, unknown>): number {
  const { message_id: id } = reply
  if (Object.keys(reply).length === 0) return 0
  if (id === undefined) throw badRequest('can\'t find field "message_id"')
  const isNumber = typeof id === 'number' || (typeof id === 'string' && /^-?\d+$/.test(id))
  if (!isNumber) throw badRequest('field "message_id" must be of type Number')
  return Number(id)
}

/** The message to reply to, by `reply_parameters` or the older field; missing ones are refused unless allowed. */
export function readReply(call: Call, place: Place): Pick<MessageContent, 'replyTo'> {
  const { parameters } = call
  const reply = parameters.object('reply_parameters', 'reply parameters')
  const messageId = reply ? repliedId(reply) : (parameters.integer('reply_to_message_id') ?? 0)
  if (messageId <= 0) return {}
  const found = messageIn(call, place, messageId)
  if (found) return { replyTo: messageId }
  if (reply?.['allow_sending_without_reply'] === true || parameters.flag('allow_sending_without_reply')) return {}
  throw badRequest('message to be replied not found')
}

/** The inline keyboard of a message. */
export function readMarkup({ parameters, world }: Call, place: Place): Pick<MessageContent, 'markup'> {
  const isKnown = (userId: number) => world.users.byId.has(userId)
  const markup = readKeyboard(parameters, { isPrivate: 'dialog' in place, isKnown })
  return markup && markup.inline_keyboard.length > 0 ? { markup } : {}
}

/** A message that was just sent, with what only its sender hears: how it is kept and shown. */
export const sentView = ({ world, parameters }: Call, placed: MessagePlace): MessageView => ({
  ...messageView(world, placed),
  ...(parameters.flag('protect_content') && { has_protected_content: true }),
  ...(placed.message.photo !== undefined && {
    ...(parameters.flag('has_spoiler') && { has_media_spoiler: true }),
    ...(parameters.flag('show_caption_above_media') && { show_caption_above_media: true }),
  }),
})

/** Changes a message of the bot's own; gives how it is then. */
export function edit(
  call: Call,
  place: Place,
  change: Pick<MessageContent, 'text' | 'entities' | 'markup'>,
): MessageView {
  const { world, bot } = call
  const messageId = call.parameters.integer('message_id') ?? 0
  if ('chat' in place) {
    const message = world.messages.edit(place.chat.id, bot.id, messageId, change)
    return messageView(world, { chat: place.chat, message })
  }
  const message = world.dialogs.edit(place.dialog, bot.id, messageId, change)
  return messageView(world, { dialog: place.dialog, message })
}

/** Where the message to edit lies. Messages of inline mode, which have no place, do not exist here. */
export function placeToEdit(call: Call): Place {
  const { parameters } = call
  if (!parameters.text('chat_id') && !parameters.integer('message_id')) {
    throw badRequest(parameters.has('inline_message_id') ? 'MESSAGE_ID_INVALID' : 'message identifier is not specified')
  }
  return placeOf(call)
}

/** `message_ids`: one to a hundred. */
export function readMessageIds({ parameters }: Call): number[] {
  const given = parameters.json('message_ids', 'message identifiers')
  if (given === undefined || (Array.isArray(given) && given.length === 0)) {
    throw badRequest('message identifiers are not specified')
  }
  if (!Array.isArray(given)) throw badRequest('expected an Array of message identifiers')
  if (given.length > 100) throw badRequest('too many message identifiers specified')
  const ids = given.map(Number)
  if (!ids.every((id) => Number.isSafeInteger(id) && id > 0)) throw badRequest('invalid message identifier specified')
  return ids
}
