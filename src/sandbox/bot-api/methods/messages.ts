import { copyOf, forwardOf } from '../../world/content.js'
import type { MessageContent, MessagePlace } from '../../world/types.js'
import { messageIn, placeOf, type Call, type Method, type Place } from '../call.js'
import { badRequest } from '../errors.js'
import { format } from '../formatting/format.js'
import { readKeyboard } from '../keyboard.js'
import { readPhoto } from '../photo-input.js'
import { namedUserView } from '../views/chats.js'
import { messageView, type MessageView } from '../views/messages.js'

const maxTextLength = 4096
const maxCaptionLength = 1024

/** Puts content where the call says, as the bot; gives where it lies now. */
function post({ world, bot }: Call, place: Place, content: MessageContent): MessagePlace {
  if ('chat' in place) {
    if (place.chat.type === 'channel' && !world.messages.mayWrite(world.chats.entered(place.chat.id, bot.id), bot.id)) {
      throw badRequest('need administrator rights in the channel chat')
    }
    return { chat: place.chat, message: world.messages.send(place.chat.id, bot.id, content) }
  }
  return { dialog: place.dialog, message: world.dialogs.reply(place.dialog.userId, bot.id, content) }
}

function readText(call: Call, name = 'text'): Pick<MessageContent, 'text' | 'entities'> {
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
function readReply(call: Call, place: Place): Pick<MessageContent, 'replyTo'> {
  const { parameters } = call
  const reply = parameters.object('reply_parameters', 'reply parameters')
  const messageId = reply ? repliedId(reply) : (parameters.integer('reply_to_message_id') ?? 0)
  if (messageId <= 0) return {}
  const found = messageIn(call, place, messageId)
  if (found) return { replyTo: messageId }
  if (reply?.['allow_sending_without_reply'] === true || parameters.flag('allow_sending_without_reply')) return {}
  throw badRequest('message to be replied not found')
}

function readMarkup({ parameters, world }: Call, place: Place): Pick<MessageContent, 'markup'> {
  const isKnown = (userId: number) => world.users.byId.has(userId)
  const markup = readKeyboard(parameters, { isPrivate: 'dialog' in place, isKnown })
  return markup && markup.inline_keyboard.length > 0 ? { markup } : {}
}

const protectedBy = ({ parameters }: Call) =>
  parameters.flag('protect_content') ? { has_protected_content: true as const } : {}

function sendMessage(call: Call): MessageView {
  const place = placeOf(call)
  const content = { ...readText(call), ...readMarkup(call, place), ...readReply(call, place) }
  return { ...messageView(call.world, post(call, place, content)), ...protectedBy(call) }
}

async function sendPhoto(call: Call): Promise<MessageView> {
  const place = placeOf(call)
  const said = { ...readText(call, 'caption'), ...readMarkup(call, place), ...readReply(call, place) }
  const content = { ...said, photo: await readPhoto(call) }
  return { ...messageView(call.world, post(call, place, content)), ...protectedBy(call) }
}

/** The message that `from_chat_id` and `message_id` name; service messages cannot be taken along. */
function readSource(call: Call, verb: 'copied' | 'forwarded'): MessagePlace {
  if (!call.parameters.text('from_chat_id')) throw badRequest('parameter "from_chat_id" is required')
  const found = messageIn(call, placeOf(call, 'from_chat_id'), call.parameters.integer('message_id'))
  if (!found) throw badRequest(`message to ${verb === 'copied' ? 'copy' : 'forward'} not found`)
  if ('chat' in found && found.message.service) throw badRequest(`message can't be ${verb}`)
  return found
}

function copyMessage(call: Call): { message_id: number } {
  const place = placeOf(call)
  const content = { ...copyOf(readSource(call, 'copied')), ...readMarkup(call, place), ...readReply(call, place) }
  const placed = post(call, place, content)
  return { message_id: messageView(call.world, placed).message_id }
}

function forwardMessage(call: Call): MessageView {
  const place = placeOf(call)
  const placed = post(call, place, forwardOf(readSource(call, 'forwarded')))
  return { ...messageView(call.world, placed), ...protectedBy(call) }
}

function edit(call: Call, place: Place, change: Pick<MessageContent, 'text' | 'entities' | 'markup'>): MessageView {
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
function placeToEdit(call: Call): Place {
  const { parameters } = call
  if (!parameters.text('chat_id') && !parameters.integer('message_id')) {
    throw badRequest(parameters.has('inline_message_id') ? 'MESSAGE_ID_INVALID' : 'message identifier is not specified')
  }
  return placeOf(call)
}

function remove(call: Call, messageIds: number[]): number {
  const { world, bot } = call
  const place = placeOf(call)
  if ('chat' in place) return world.messages.delete(place.chat.id, bot.id, messageIds).length
  return world.dialogs.delete(place.dialog, bot.id, messageIds)
}

function readMessageIds({ parameters }: Call): number[] {
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

function deleteMessages(call: Call): true {
  remove(call, readMessageIds(call))
  return true
}

/** Pins are a matter of groups and channels here; in a private chat they are accepted and shown nowhere. */
function pin(call: Call, pinned: boolean): true {
  const { world, bot, parameters } = call
  const place = placeOf(call)
  const messageId = parameters.integer('message_id') ?? 0
  if (pinned && !messageIn(call, place, messageId)) throw badRequest('message to pin not found')
  if ('dialog' in place) return true
  if (pinned) world.messages.pin(place.chat.id, bot.id, messageId, parameters.flag('disable_notification'))
  else world.messages.unpin(place.chat.id, bot.id, messageId || place.chat.pinned.at(-1))
  return true
}

const actions =
  /^(typing|(record|upload)_(video|voice|video_note)|upload_(photo|document)|choose_sticker|find_location)$/

/** What the bot writes, changes and takes back. */
export const messageMethods: Record<string, Method> = {
  sendMessage,
  sendPhoto,
  copyMessage,
  forwardMessage,
  editMessageText: (call) => {
    const place = placeToEdit(call)
    const { photo, sticker } = messageIn(call, place, call.parameters.integer('message_id'))?.message ?? {}
    if (photo !== undefined || sticker !== undefined) throw badRequest('there is no text in the message to edit')
    return edit(call, place, { ...readText(call), ...readMarkup(call, place) })
  },
  editMessageReplyMarkup: (call) => {
    const place = placeToEdit(call)
    return edit(call, place, readMarkup(call, place))
  },
  deleteMessage: (call) => {
    if (!call.parameters.text('chat_id')) throw badRequest('chat identifier is not specified')
    const messageId = call.parameters.integer('message_id') ?? 0
    if (messageId <= 0) throw badRequest('message identifier is not specified')
    if (remove(call, [messageId]) === 0) throw badRequest('message to delete not found')
    return true
  },
  deleteMessages,
  pinChatMessage: (call) => pin(call, true),
  unpinChatMessage: (call) => pin(call, false),
  unpinAllChatMessages: (call) => {
    const place = placeOf(call)
    if ('chat' in place) call.world.messages.unpin(place.chat.id, call.bot.id)
    return true
  },
  sendChatAction: (call) => {
    placeOf(call)
    if (!actions.test(call.parameters.text('action') ?? '')) throw badRequest('wrong parameter action in request')
    return true
  },
  answerCallbackQuery: ({ world, bot, parameters }) => {
    const text = parameters.text('text')
    if (text && [...text].length > 200) throw badRequest('MESSAGE_TOO_LONG')
    world.callbacks.answer(parameters.text('callback_query_id') ?? '', bot.id, {
      text,
      alert: parameters.flag('show_alert'),
      url: parameters.text('url'),
    })
    return true
  },
}
