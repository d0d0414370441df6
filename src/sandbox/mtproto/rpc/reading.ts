import type { Chat, ChatMessage, Dialog, DialogMessage } from '../../world/types.js'
import { int, maybeInt, maybeObject, object, objects, text } from '../tl/fields.js'
import type { TlObject } from '../tl/types.js'
import type { Call, Handlers } from './call.js'
import { chatMessage, dialogMessage, peopleIn } from './message-views.js'

const MAX_PAGE = 100

/** The page of these messages that a request wants, in the form of an answer. */
const pageOfChat = (request: TlObject, call: Call, chat: Chat, messages: ChatMessage[]) =>
  chatPage(
    call,
    chat,
    pageOf(request, messages, ({ id }) => id),
    messages.length,
  )
const pageOfDialog = (request: TlObject, call: Call, dialog: Dialog, messages: DialogMessage[]) => {
  const page = pageOf(request, messages, (message) => call.world.dialogs.idFor(dialog, call.me, message))
  return dialogPage(
    call,
    page.map((message) => ({ dialog, message })),
    messages.length,
  )
}

/** Histories, searches and single messages. */
export const reading: Handlers = {
  'messages.getHistory': (request, call) => {
    const peer = object(request, 'peer')
    if (call.isChat(peer)) {
      const chat = call.visibleChat(peer)
      const seen = call.world.messages.seenBy(chat, call.me)
      return pageOfChat(request, call, chat, seen)
    }
    const dialog = call.dialogWith(peer)
    const seen = call.world.dialogs.seenBy(dialog, call.me)
    return pageOfDialog(request, call, dialog, seen)
  },

  'messages.search': (request, call) => {
    const peer = object(request, 'peer')
    const fits = wantedBy(request, call)
    if (call.isChat(peer)) {
      const chat = call.visibleChat(peer)
      const isPinned = isFilter(request, 'Pinned')
      const found = call.world.messages
        .seenBy(chat, call.me)
        .filter((message) => !message.service && fits(message) && (!isPinned || chat.pinned.includes(message.id)))
      return pageOfChat(request, call, chat, found)
    }
    const dialog = call.dialogWith(peer)
    const found = isFilter(request, 'Pinned') ? [] : call.world.dialogs.seenBy(dialog, call.me).filter(fits)
    return pageOfDialog(request, call, dialog, found)
  },

  'channels.getMessages': (request, call) => {
    const chat = call.visibleChat(object(request, 'channel'))
    const seen = call.world.messages.seenBy(chat, call.me)
    const wanted = objects(request, 'id').map((input) => wantedId(input, seen, chat.pinned))
    const found = wanted.map((id) => seen.find((message) => message.id === id))
    const page = chatPage(call, chat, found.filter(isThere), found.length)
    const messages = found.map((message, index) =>
      message ? chatMessage(call.views, chat, message) : emptyMessage(wanted[index] ?? 0, call.views.chatPeer(chat)),
    )
    return { ...page, messages }
  },

  'messages.getMessages': (request, call) => {
    const { dialogs } = call.world
    const byId = new Map<number | undefined, { dialog: Dialog; message: DialogMessage }>()
    for (const dialog of dialogs.of(call.me))
      for (const message of dialogs.seenBy(dialog, call.me))
        byId.set(dialogs.idFor(dialog, call.me, message), { dialog, message })
    const ids = objects(request, 'id').map((input) => {
      const asked = input._ === 'inputMessageReplyTo' ? byId.get(int(input, 'id')) : undefined
      return asked ? dialogs.replyFor(asked.dialog, call.me, asked.message) : int(input, 'id')
    })
    const found = ids.map((id) => byId.get(id))
    const messages = found.map((one, index) =>
      one ? dialogMessage(call.views, one.dialog, one.message) : emptyMessage(ids[index] ?? 0),
    )
    return { ...dialogPage(call, found.filter(isThere), found.length), _: 'messages.messages', messages }
  },
}

const isFilter = (request: TlObject, kind: string): boolean =>
  object(request, 'filter')._ === `inputMessagesFilter${kind}`

/** What a search is for: words, an author, a time, and a kind of content, of which the world knows photos and links. */
function wantedBy(request: TlObject, call: Call): (message: ChatMessage | DialogMessage) => boolean {
  const words = text(request, 'q').toLowerCase()
  const author = maybeObject(request, 'from_id')
  const from = author && call.userIdOf(author)
  const [after, before] = [maybeInt(request, 'min_date') ?? 0, maybeInt(request, 'max_date') ?? 0]
  const hasPhoto = isFilter(request, 'Photos') || isFilter(request, 'PhotoVideo')
  const hasLink = isFilter(request, 'Url')
  const isAny = hasPhoto || hasLink || isFilter(request, 'Empty') || isFilter(request, 'Pinned')
  return (message) =>
    isAny &&
    (from === undefined || message.from === from) &&
    (!hasPhoto || message.photo !== undefined) &&
    (!hasLink || (message.entities ?? []).some(({ type }) => type === 'url' || type === 'text_link')) &&
    message.at > after &&
    (before === 0 || message.at < before) &&
    (message.text ?? '').toLowerCase().includes(words)
}

const isThere = <T>(found: T | undefined): found is T => found !== undefined

/** What stands for a message that is not there (any more). */
const emptyMessage = (id: number, peer_id?: TlObject): TlObject => ({ _: 'messageEmpty', id, peer_id })

/** Which message an `InputMessage` means: itself, what it replies to, or the one that is pinned. */
function wantedId(input: TlObject, seen: readonly ChatMessage[], pinned: readonly number[]): number {
  if (input._ === 'inputMessagePinned') return pinned.at(-1) ?? 0
  const id = int(input, 'id')
  return input._ === 'inputMessageReplyTo' ? (seen.find((message) => message.id === id)?.replyTo ?? 0) : id
}

/** The part of a history (oldest first) that a client asked for, newest first. */
function pageOf<T extends { at: number }>(request: TlObject, history: readonly T[], idOf: (message: T) => number): T[] {
  const number = (field: string): number => maybeInt(request, field) ?? 0
  const [offsetId, offsetDate, minId, maxId] = ['offset_id', 'offset_date', 'min_id', 'max_id'].map(number)
  const newestFirst = [...history].reverse().filter((message) => {
    return (!minId || idOf(message) > minId) && (!maxId || idOf(message) < maxId)
  })
  const first = newestFirst.findIndex((message) => {
    // A date says less than an id: several messages may share it.
    return offsetId ? idOf(message) < offsetId : !offsetDate || message.at < offsetDate
  })
  if (first < 0 && number('add_offset') >= 0) return []
  const start = (first < 0 ? newestFirst.length : first) + number('add_offset')
  const end = start + Math.min(number('limit'), MAX_PAGE)
  return newestFirst.slice(Math.max(start, 0), Math.max(end, 0))
}

function chatPage(call: Call, chat: Chat, page: ChatMessage[], count: number): TlObject {
  return {
    _: 'messages.channelMessages',
    pts: chat.pts,
    count,
    topics: [],
    messages: page.map((message) => chatMessage(call.views, chat, message)),
    chats: [call.views.chat(chat)],
    users: call.views.users(page.flatMap(peopleIn)),
  }
}

function dialogPage(call: Call, page: { dialog: Dialog; message: DialogMessage }[], count: number): TlObject {
  const people = page.flatMap(({ dialog, message }) => [dialog.userId, dialog.peerId, ...peopleIn(message)])
  return {
    _: 'messages.messagesSlice',
    topics: [],
    count,
    messages: page.map(({ dialog, message }) => dialogMessage(call.views, dialog, message)),
    chats: [],
    users: call.views.users(people),
  }
}
