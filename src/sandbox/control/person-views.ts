import { toBotApiId } from '../world/chat-id.js'
import type { Chat, Dialog, ForwardOrigin, MessageEntity, MessagePlace, ServiceAction } from '../world/types.js'
import type { World } from '../world/world.js'
import type { Activity } from './activity.js'
import { targetBy } from './places.js'

/** A message as one person sees it. `at` in Unix milliseconds. */
export interface SeenMessage {
  id: number
  from: number
  at: number
  text: string
  /** What is set apart in the text, in the Bot API's shape (offsets in UTF-16 units). */
  entities?: MessageEntity[]
  service?: string
  buttons?: { text: string; data?: string; url?: string }[][]
  edited?: true
  sticker?: string
  /** A photo's id, which it is painted from unless it is a file: 16 hexadecimal digits. */
  photo?: string
  /** Where the photo's own bytes are, and its size. */
  photoFile?: { url: string; width: number; height: number }
  /** The id of who wrote it first, or of the channel whose post it is. */
  forwardedFrom?: number
  replyTo?: number
}

/** How a message looks to this person: their own numbering, and words for what Telegram shows as a service line. */
export function seenMessage(world: World, userId: number, place: MessagePlace): SeenMessage {
  const { message } = place
  const service = 'chat' in place ? place.message.service : undefined
  const keyboard = message.markup?.inline_keyboard
  const reply = replyIdFor(world, userId, place)
  return {
    id: 'chat' in place ? place.message.id : world.dialogs.idFor(place.dialog, userId, place.message),
    from: message.from,
    at: message.at * 1000,
    text: service ? serviceText(world, message.from, service) : (message.text ?? message.sticker ?? ''),
    ...(service && { service: service.type }),
    ...(message.entities?.length && { entities: message.entities }),
    ...(keyboard && {
      buttons: keyboard.map((row) =>
        row.map(({ text, callback_data: data, url, web_app, login_url }) => {
          const address = url ?? web_app?.url ?? login_url?.url
          return { text, ...(data !== undefined && { data }), ...(address !== undefined && { url: address }) }
        }),
      ),
    }),
    ...(message.editedAt !== undefined && { edited: true as const }),
    ...(message.sticker !== undefined && { sticker: message.sticker }),
    ...(message.photo !== undefined && photoSeen(world, message.photo)),
    ...(message.forwarded && { forwardedFrom: originId(message.forwarded) }),
    ...(reply !== undefined && { replyTo: reply }),
  }
}

function photoSeen(world: World, photo: string): Pick<SeenMessage, 'photo' | 'photoFile'> {
  const sent = world.photos.sent(photo)
  if (!sent) return { photo }
  return { photo, photoFile: { url: `/sandbox/files/${photo}`, width: sent.width, height: sent.height } }
}

const originId = (origin: ForwardOrigin): number => ('userId' in origin ? origin.userId : toBotApiId(origin.channelId))

function replyIdFor(world: World, userId: number, place: MessagePlace): number | undefined {
  return 'chat' in place ? place.message.replyTo : world.dialogs.replyFor(place.dialog, userId, place.message)
}

function serviceText(world: World, from: number, service: ServiceAction): string {
  const name = (id: number) => world.users.byId.get(id)?.firstName || 'Somebody'
  switch (service.type) {
    case 'created':
      return `${name(from)} created “${service.title}”`
    case 'joined-by-link':
      return `${name(from)} joined by invite link`
    case 'joined-by-request':
      return `${name(from)} was let in`
    case 'added':
      return `${name(from)} added ${service.userIds.map(name).join(', ')}`
    case 'removed':
      return service.userId === from ? `${name(from)} left` : `${name(from)} removed ${name(service.userId)}`
    case 'title':
      return `${name(from)} changed the name to “${service.title}”`
    case 'pinned':
      return `${name(from)} pinned a message`
  }
}

/** The chats of a person, the one with the newest message first. */
export function chatsOfPerson(world: World, activity: Activity, userId: number) {
  const dialogs = world.dialogs.of(userId).filter((dialog) => world.dialogs.seenBy(dialog, userId).length > 0)
  const rows = [
    ...dialogs.map((dialog) => ({ order: activity.of(dialog), row: dialogRow(world, userId, dialog) })),
    ...world.chats.of(userId).map((chat) => ({ order: activity.of(chat), row: chatRow(world, userId, chat) })),
  ]
  const at = ({ row }: (typeof rows)[number]) => row.lastMessage?.at ?? 0
  return rows.sort((one, other) => other.order - one.order || at(other) - at(one)).map(({ row }) => row)
}

function dialogRow(world: World, userId: number, dialog: Dialog) {
  const message = world.dialogs.seenBy(dialog, userId).at(-1)
  const id = world.dialogs.otherThan(dialog, userId)
  return {
    id,
    type: 'private' as const,
    title: id === userId ? 'Saved Messages' : world.users.get(id).firstName || 'Deleted Account',
    unread: world.dialogs.unread(dialog, userId),
    ...(world.dialogs.hasBlocked(dialog, userId) && { blocked: true as const }),
    lastMessage: message ? seenMessage(world, userId, { dialog, message }) : null,
  }
}

function chatRow(world: World, userId: number, chat: Chat) {
  const message = world.messages.seenBy(chat, userId).at(-1)
  return {
    id: toBotApiId(chat.id),
    type: chat.type,
    title: chat.title,
    unread: world.messages.unread(chat, userId),
    lastMessage: message ? seenMessage(world, userId, { chat, message }) : null,
  }
}

/** The messages of one chat that this person sees, with ids above `after`; looking at them marks the chat as read. */
export function messagesOfPerson(world: World, userId: number, chatId: number, after: number): SeenMessage[] {
  const target = targetBy(world, chatId)
  const places: MessagePlace[] = []
  if ('user' in target) {
    const dialog = world.dialogs.find(userId, target.user.id)
    if (!dialog) return []
    world.dialogs.markRead(dialog, userId)
    for (const message of world.dialogs.seenBy(dialog, userId)) places.push({ dialog, message })
  } else {
    const chat = world.chats.entered(target.chat.id, userId)
    world.messages.markRead(chat, userId)
    for (const message of world.messages.seenBy(chat, userId)) places.push({ chat, message })
  }
  return places.map((place) => seenMessage(world, userId, place)).filter((message) => message.id > after)
}
