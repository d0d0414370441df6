import { userOfLink } from '../../world/content.js'
import type {
  Chat,
  ChatMessage,
  Dialog,
  DialogMessage,
  ForwardOrigin,
  InlineButton,
  Markup,
  ServiceAction,
} from '../../world/types.js'
import type { TlObject } from '../tl/types.js'
import { entityView } from './entities.js'
import { peerChannel, peerUser } from './peers.js'
import type { Views } from './views.js'

/** A message in a supergroup or channel, as the viewer gets it. */
export function chatMessage(views: Views, chat: Chat, message: ChatMessage): TlObject {
  const isPost = chat.type === 'channel'
  const base = {
    id: message.id,
    from_id: isPost ? undefined : peerUser(message.from),
    peer_id: peerChannel(chat.id),
    date: message.at,
    out: message.from === views.viewerId,
    post: isPost,
    reply_to: replyHeader(message.replyTo),
  }
  if (message.service) return { ...base, _: 'messageService', action: actionView(message.service) }
  return {
    ...base,
    ...contentView(views, message),
    _: 'message',
    edit_date: message.editedAt,
    pinned: chat.pinned.includes(message.id),
  }
}

/** A message in a private chat, under the viewer's own number. */
export function dialogMessage(views: Views, dialog: Dialog, message: DialogMessage): TlObject {
  return {
    ...contentView(views, message),
    _: 'message',
    id: views.world.dialogs.idFor(dialog, views.viewerId, message),
    from_id: peerUser(message.from),
    peer_id: views.dialogPeer(dialog),
    date: message.at,
    // Telegram marks nothing as outgoing in a chat with oneself.
    out: message.from === views.viewerId && dialog.userId !== dialog.peerId,
    reply_to: replyHeader(views.world.dialogs.replyFor(dialog, views.viewerId, message)),
    edit_date: message.editedAt,
  }
}

/** Everybody whom a message mentions. */
export function peopleIn(message: ChatMessage | DialogMessage): number[] {
  const ids = [message.from]
  if (message.forwarded && 'userId' in message.forwarded) ids.push(message.forwarded.userId)
  for (const { user } of message.entities ?? []) if (user) ids.push(user.id)
  if ('service' in message && message.service) {
    if (message.service.type === 'added') ids.push(...message.service.userIds)
    if (message.service.type === 'removed') ids.push(message.service.userId)
  }
  return ids
}

const replyHeader = (replyTo: number | undefined): TlObject | undefined =>
  replyTo === undefined ? undefined : { _: 'messageReplyHeader', reply_to_msg_id: replyTo }

function contentView(views: Views, message: ChatMessage | DialogMessage): Omit<TlObject, '_'> {
  const { text, photo, sticker, entities, markup, forwarded, at } = message
  const known = (entities ?? []).map(entityView).filter((entity) => entity !== undefined)
  return {
    message: text ?? '',
    media: photo === undefined ? sticker && stickerView(sticker) : photoView(views, photo, at),
    entities: known.length > 0 ? known : undefined,
    reply_markup: markupView(markup),
    fwd_from: forwarded && originView(views, forwarded),
  }
}

/** A channel is named only: its members alone could do anything with its id. */
function originView({ world }: Views, origin: ForwardOrigin): TlObject {
  const header = { _: 'messageFwdHeader', date: origin.at }
  if ('userId' in origin) return { ...header, from_id: peerUser(origin.userId) }
  return { ...header, from_name: world.chats.get(origin.channelId).title }
}

function actionView(action: ServiceAction): TlObject {
  switch (action.type) {
    case 'created':
      return { _: 'messageActionChannelCreate', title: action.title }
    case 'joined-by-link':
      return { _: 'messageActionChatJoinedByLink', inviter_id: action.inviterId }
    case 'joined-by-request':
      return { _: 'messageActionChatJoinedByRequest' }
    case 'added':
      return { _: 'messageActionChatAddUser', users: action.userIds }
    case 'removed':
      return { _: 'messageActionChatDeleteUser', user_id: action.userId }
    case 'title':
      return { _: 'messageActionChatEditTitle', title: action.title }
    case 'pinned':
      return { _: 'messageActionPinMessage' }
  }
}

function markupView(markup: Markup | undefined): TlObject | undefined {
  if (!markup?.inline_keyboard) return undefined
  const rows = markup.inline_keyboard.map((row) => ({ _: 'keyboardButtonRow', buttons: row.map(buttonView) }))
  return { _: 'replyInlineMarkup', rows }
}

function buttonView(button: InlineButton): TlObject {
  const { text, url, web_app, login_url, copy_text, callback_data = '' } = button
  const mentioned = userOfLink(url)
  if (mentioned !== undefined) return { _: 'keyboardButtonUserProfile', text, user_id: mentioned }
  if (url !== undefined) return { _: 'keyboardButtonUrl', text, url }
  if (web_app) return { _: 'keyboardButtonWebView', text, url: web_app.url }
  if (login_url) return { _: 'keyboardButtonUrlAuth', text, url: login_url.url, button_id: 0 }
  if (copy_text) return { _: 'keyboardButtonCopy', text, copy_text: copy_text.text }
  const here = button.switch_inline_query_current_chat
  const query = here ?? button.switch_inline_query ?? button.switch_inline_query_chosen_chat?.query
  if (query !== undefined) return { _: 'keyboardButtonSwitchInline', text, query, same_peer: here !== undefined }
  return { _: 'keyboardButtonCallback', text, data: Buffer.from(callback_data) }
}

function photoView({ world }: Views, picture: string, date: number): TlObject {
  const sizes = world.photos.sizesOf(picture).map(({ type, width: w, height: h, bytes: size }) => {
    return { _: 'photoSize', type, w, h, size }
  })
  const id = BigInt.asIntN(64, BigInt(`0x${picture}`))
  const photo = { _: 'photo', id, access_hash: id, file_reference: Buffer.alloc(0), date, sizes, dc_id: 2 }
  return { _: 'messageMediaPhoto', photo }
}

function stickerView(emoji: string): TlObject {
  const attribute = { _: 'documentAttributeSticker', alt: emoji, stickerset: { _: 'inputStickerSetEmpty' } }
  const file = { id: 1, access_hash: 1, file_reference: Buffer.alloc(0), date: 0, mime_type: 'image/webp', size: 1 }
  const document = { ...file, _: 'document', dc_id: 2, attributes: [attribute] }
  return { _: 'messageMediaDocument', document }
}
