import { Denied } from './denied.js'
import type { BannedRight } from './rights.js'
import type { ForwardOrigin, MessageContent, MessagePlace } from './types.js'

const MAX_TEXT = 4096
const MAX_CAPTION = 1024

/** What may be edited in a message. */
export type MessageEdit = Pick<MessageContent, 'text' | 'entities' | 'markup'>

/** Refuses texts and captions that Telegram refuses. */
export function requireContent({ text = '', photo, sticker }: MessageContent): void {
  const { length } = [...text]
  if (photo !== undefined && length > MAX_CAPTION) throw new Denied('MEDIA_CAPTION_TOO_LONG')
  if (photo !== undefined || sticker !== undefined) return
  if (!text.trim()) throw new Denied('MESSAGE_EMPTY')
  if (length > MAX_TEXT) throw new Denied('MESSAGE_TOO_LONG')
}

/** The rights without one of which somebody may not send this, and the refusal. */
export function neededFor({ photo, sticker }: MessageContent): { rights: BannedRight[]; refusal: string } {
  if (photo !== undefined) return { rights: ['send_photos', 'send_media'], refusal: 'CHAT_SEND_PHOTOS_FORBIDDEN' }
  if (sticker !== undefined) return { rights: ['send_stickers', 'send_media'], refusal: 'CHAT_SEND_STICKERS_FORBIDDEN' }
  return { rights: ['send_plain'], refusal: 'CHAT_SEND_PLAIN_FORBIDDEN' }
}

/** Changes text, entities and markup; the same again is `MESSAGE_NOT_MODIFIED`. */
export function applyEdit(
  message: MessageContent & { editedAt?: number | undefined },
  edit: MessageEdit,
  at: number,
): void {
  const text = edit.text ?? message.text
  requireContent({ ...message, text })
  const sameMarkup = JSON.stringify(message.markup ?? null) === JSON.stringify(edit.markup ?? null)
  const sameEntities = JSON.stringify(message.entities ?? []) === JSON.stringify(edit.entities ?? [])
  if (text === message.text && sameMarkup && (sameEntities || edit.text === undefined))
    throw new Denied('MESSAGE_NOT_MODIFIED')
  if (edit.text !== undefined) {
    message.text = edit.text
    message.entities = edit.entities
  }
  message.markup = edit.markup
  message.editedAt = at
}

/** What a copy of a message carries; service messages have nothing to copy (`MESSAGE_ID_INVALID`). */
export function copyOf(place: MessagePlace): MessageContent {
  if ('chat' in place && place.message.service) throw new Denied('MESSAGE_ID_INVALID')
  const { text, photo, sticker, entities } = place.message
  return { text, photo, sticker, entities }
}

/** What a forwarded message carries: the content, and where it was first written. */
export function forwardOf(place: MessagePlace): MessageContent {
  const { from, at, forwarded } = place.message
  const isPost = 'chat' in place && place.chat.type === 'channel'
  const origin: ForwardOrigin = isPost
    ? { at, channelId: place.chat.id, messageId: place.message.id }
    : { at, userId: from }
  return { ...copyOf(place), forwarded: forwarded ?? origin }
}

/** Whom a link `tg://user?id=…` names. */
export function userOfLink(url: string | undefined): number | undefined {
  const id = /^tg:\/\/user\/?\?id=(\d{1,15})$/i.exec(url ?? '')?.[1]
  return id === undefined ? undefined : Number(id)
}
