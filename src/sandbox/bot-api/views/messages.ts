import type { Chat as ApiChat, Message, User as ApiUser } from 'telegraf/types'
import { findEntities } from '../../world/found-entities.js'
import type { PhotoSize } from '../../world/photos.js'
import type {
  ChatMessage,
  DialogMessage,
  ForwardOrigin,
  MessageContent,
  MessagePlace,
  ServiceAction,
} from '../../world/types.js'
import type { World } from '../../world/world.js'
import { stickerFileId } from '../stickers.js'
import { chatView, privateChatView, userView } from './chats.js'

/** The Bot API's message object, loosely: which fields there are depends on what the message carries. */
export type MessageView = Message.ServiceMessage & Record<string, unknown>

/** A message as the bot sees it: with the bot's numbering in private chats, and what it replies to. */
export function messageView(world: World, place: MessagePlace): MessageView {
  const reply = repliedTo(world, place)
  const service = 'chat' in place ? place.message.service : undefined
  return {
    ...bareView(world, place),
    ...(reply && service?.type !== 'pinned' && { reply_to_message: bareView(world, reply) }),
    ...(reply && service?.type === 'pinned' && { pinned_message: bareView(world, reply) }),
  }
}

function bareView(world: World, place: MessagePlace): MessageView {
  const { message } = place
  const inChat = 'chat' in place
  const chat = inChat ? chatView(place.chat) : privateChatView(world, place.dialog.userId)
  const service = inChat ? place.message.service : undefined
  const tag = inChat ? world.members.find(place.chat, message.from)?.tag : undefined
  return {
    message_id: inChat ? place.message.id : place.message.peerMessageId,
    ...senderView(world, chat, message),
    ...(tag && chat.type === 'supergroup' && { sender_tag: tag }),
    date: message.at,
    chat,
    ...(message.editedAt !== undefined && { edit_date: message.editedAt }),
    ...(message.forwarded && { forward_origin: originView(world, message.forwarded) }),
    ...(service ? serviceView(world, message.from, service) : contentView(world, message)),
  }
}

function senderView(world: World, chat: ApiChat, message: ChatMessage | DialogMessage) {
  return chat.type === 'channel' ? { sender_chat: chat } : { from: userView(world, message.from) }
}

const originView = (world: World, origin: ForwardOrigin) =>
  'userId' in origin
    ? { type: 'user', date: origin.at, sender_user: userView(world, origin.userId) }
    : {
        type: 'channel',
        date: origin.at,
        chat: chatView(world.chats.get(origin.channelId)),
        message_id: origin.messageId,
      }

function contentView(world: World, content: MessageContent): Record<string, unknown> {
  const { text = '', photo, sticker, entities = findEntities(text) } = content
  const markup = content.markup?.inline_keyboard?.length ? { reply_markup: content.markup } : {}
  if (sticker !== undefined) return { sticker: stickerView(sticker), ...markup }
  const marked = entities.length > 0 ? entities : undefined
  if (photo === undefined) return { text, ...(marked && { entities: marked }), ...markup }
  return {
    photo: world.photos.sizesOf(photo).map((size) => ({ ...fileView(size), width: size.width, height: size.height })),
    ...(text && { caption: text }),
    ...(marked && { caption_entities: marked }),
    ...markup,
  }
}

/** What every file is told by. */
export const fileView = ({ fileId, uniqueId, bytes }: PhotoSize) => ({
  file_id: fileId,
  file_unique_id: uniqueId,
  file_size: bytes,
})

const stickerView = (emoji: string) => ({
  file_id: stickerFileId(emoji),
  file_unique_id: `AgAD${Buffer.from(emoji).toString('base64url')}`,
  type: 'regular',
  width: 512,
  height: 512,
  is_animated: false,
  is_video: false,
  emoji,
})

function serviceView(world: World, from: number, service: ServiceAction): Record<string, unknown> {
  const people = (ids: number[]): ApiUser[] => ids.map((id) => userView(world, id))
  switch (service.type) {
    case 'created':
      return { supergroup_chat_created: true }
    case 'joined-by-link':
    case 'joined-by-request':
      return { new_chat_members: people([from]) }
    case 'added':
      return { new_chat_members: people(service.userIds) }
    case 'removed':
      return { left_chat_member: userView(world, service.userId) }
    case 'title':
      return { new_chat_title: service.title }
    case 'pinned':
      return {}
  }
}

function repliedTo(world: World, place: MessagePlace): MessagePlace | undefined {
  const { replyTo, from } = place.message
  if (replyTo === undefined) return undefined
  if ('chat' in place) {
    const message = world.messages.find(place.chat, replyTo)
    return message && { chat: place.chat, message }
  }
  const message = world.dialogs.message(place.dialog, from, replyTo)
  return message && { dialog: place.dialog, message }
}
