import { messageIn, placeOf, type Call, type Method } from '../call.js'
import { badRequest } from '../errors.js'
import { readPhoto, whyNoFileId } from '../photo-input.js'
import { emojiOfSticker } from '../stickers.js'
import type { MessageView } from '../views/messages.js'
import { edit, placeToEdit, post, readMarkup, readMessageIds, readReply, readText, sentView } from './sending.js'

function sendMessage(call: Call): MessageView {
  const place = placeOf(call)
  const content = { ...readText(call), ...readMarkup(call, place), ...readReply(call, place) }
  return sentView(call, post(call, place, content))
}

async function sendPhoto(call: Call): Promise<MessageView> {
  const place = placeOf(call)
  const said = { ...readText(call, 'caption'), ...readMarkup(call, place), ...readReply(call, place) }
  const content = { ...said, photo: await readPhoto(call) }
  return sentView(call, post(call, place, content))
}

/** A sticker by its file id: there are no files of stickers here. */
function sendSticker(call: Call): MessageView {
  const place = placeOf(call)
  const given = call.parameters.text('sticker')
  if (call.parameters.file('sticker')) throw badRequest('STICKER_INVALID')
  if (!given) throw badRequest('there is no sticker in the request')
  const sticker = emojiOfSticker(given)
  if (sticker === undefined && call.world.photos.byFileId(given)) {
    throw badRequest("can't use file of type Photo as Sticker")
  }
  if (sticker === undefined) throw badRequest(whyNoFileId(given) ?? 'wrong file identifier/HTTP URL specified')
  return sentView(call, post(call, place, { sticker, ...readMarkup(call, place), ...readReply(call, place) }))
}

function remove(call: Call, messageIds: number[]): number {
  const { world, bot } = call
  const place = placeOf(call)
  if ('chat' in place) return world.messages.delete(place.chat.id, bot.id, messageIds).length
  return world.dialogs.delete(place.dialog, bot.id, messageIds)
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
  const message = messageIn(call, place, messageId)?.message
  if (pinned && !message) throw badRequest('message to pin not found')
  if ('dialog' in place) return true
  world.messages.pinnable(place.chat.id, bot.id)
  if (pinned && message && 'service' in message && message.service)
    throw badRequest("a service message can't be pinned")
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
  sendSticker,
  editMessageText: (call) => {
    const place = placeToEdit(call)
    const { photo, sticker } = messageIn(call, place, call.parameters.integer('message_id'))?.message ?? {}
    if (photo !== undefined || sticker !== undefined) throw badRequest('there is no text in the message to edit')
    return edit(call, place, { ...readText(call), ...readMarkup(call, place) })
  },
  editMessageCaption: (call) => {
    const place = placeToEdit(call)
    const found = messageIn(call, place, call.parameters.integer('message_id'))?.message
    if (found && found.photo === undefined) throw badRequest('there is no caption in the message to edit')
    return edit(call, place, { ...readText(call, 'caption'), ...readMarkup(call, place) })
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
