import { Denied } from '../../world/denied.js'
import type { Chat, ChatMessage, Dialog, DialogMessage } from '../../world/types.js'
import { flag, int, ints, long, maybeInt, maybeObject, maybeText, object, objects, text } from '../tl/fields.js'
import type { TlObject } from '../tl/types.js'
import type { Call, Handlers } from './call.js'
import { chatMessage, dialogMessage, peopleIn } from './message-views.js'

const MAX_PAGE = 100
const REMEMBERED_SENDINGS = 1000

/** Writing, reading, changing and deleting messages. */
export const messages: Handlers = {
  'messages.sendMessage': (request, call) => {
    const peer = object(request, 'peer')
    const randomId = long(request, 'random_id')
    const reply = maybeObject(request, 'reply_to')
    // Older layers name the message itself.
    const replyTo = maybeInt(reply ?? request, 'reply_to_msg_id')
    const content = { text: text(request, 'message'), replyTo }
    requireNew(call, randomId)
    const id = call.isChat(peer)
      ? call.world.messages.send(call.chatId(peer), call.me, content).id
      : sendPrivately(call, call.dialogWith(peer), content)
    remember(call, randomId)
    call.collected.addFirst({ _: 'updateMessageID', id, random_id: randomId })
    return call.updates()
  },

  'messages.editMessage': (request, call) => {
    const peer = object(request, 'peer')
    const edit = { text: maybeText(request, 'message') }
    if (call.isChat(peer)) call.world.messages.edit(call.chatId(peer), call.me, int(request, 'id'), edit)
    else call.world.dialogs.edit(call.dialogWith(peer), call.me, int(request, 'id'), edit)
    return call.updates()
  },

  'messages.deleteMessages': (request, call) => {
    const ids = ints(request, 'id')
    const mine = call.world.dialogs.of(call.me)
    const count = mine.reduce((sum, dialog) => sum + call.world.dialogs.delete(dialog, call.me, ids), 0)
    return { _: 'messages.affectedMessages', pts: call.boxes.of(call.me).pts, pts_count: count }
  },

  'messages.deleteHistory': (request, call) => {
    const peer = object(request, 'peer')
    if (call.isChat(peer)) throw new Denied('PEER_ID_INVALID')
    const dialog = call.dialogWith(peer)
    const upTo = int(request, 'max_id')
    const ids = dialog.messages.map((message) => call.world.dialogs.idFor(dialog, call.me, message))
    const gone = upTo === 0 ? ids : ids.filter((id) => id <= upTo)
    const count = call.world.dialogs.delete(dialog, call.me, gone)
    return { _: 'messages.affectedHistory', pts: call.boxes.of(call.me).pts, pts_count: count, offset: 0 }
  },

  'channels.deleteMessages': (request, call) => {
    const chat = call.enteredChat(object(request, 'channel'))
    const gone = call.world.messages.delete(chat.id, call.me, ints(request, 'id'))
    return { _: 'messages.affectedMessages', pts: chat.pts, pts_count: gone.length }
  },

  'messages.getHistory': (request, call) => {
    const peer = object(request, 'peer')
    if (call.isChat(peer)) {
      const chat = call.visibleChat(peer)
      const seen = call.world.messages.seenBy(chat, call.me)
      return chatPage(
        call,
        chat,
        pageOf(request, seen, (message) => message.id),
        seen.length,
      )
    }
    const dialog = call.dialogWith(peer)
    const page = pageOf(request, dialog.messages, (message) => call.world.dialogs.idFor(dialog, call.me, message))
    return dialogPage(
      call,
      page.map((message) => ({ dialog, message })),
      dialog.messages.length,
    )
  },

  'messages.search': (request, call) => {
    const peer = object(request, 'peer')
    if (!call.isChat(peer)) throw new Denied('SANDBOX_METHOD_UNKNOWN')
    const chat = call.visibleChat(peer)
    const wanted = text(request, 'q').toLowerCase()
    const seen = call.world.messages.seenBy(chat, call.me)
    const found = seen.filter((message) => message.text?.toLowerCase().includes(wanted) ?? false)
    return chatPage(
      call,
      chat,
      pageOf(request, found, (message) => message.id),
      found.length,
    )
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
    const ids = objects(request, 'id').map((input) => int(input, 'id'))
    const all = call.world.dialogs.of(call.me).flatMap((dialog) => {
      return dialog.messages.map((message) => ({ dialog, message }))
    })
    const found = ids.map((id) =>
      all.find(({ dialog, message }) => call.world.dialogs.idFor(dialog, call.me, message) === id),
    )
    const messages = found.map((one, index) =>
      one ? dialogMessage(call.views, one.dialog, one.message) : emptyMessage(ids[index] ?? 0),
    )
    return { ...dialogPage(call, found.filter(isThere), found.length), _: 'messages.messages', messages }
  },

  'channels.readHistory': (request, call) => {
    call.world.messages.markRead(call.enteredChat(object(request, 'channel')), call.me)
    return true
  },

  'messages.readHistory': (request, call) => {
    const dialog = call.dialogWith(object(request, 'peer'))
    if (dialog.userId === call.me) call.world.dialogs.markRead(dialog)
    return { _: 'messages.affectedMessages', pts: call.boxes.of(call.me).pts, pts_count: 0 }
  },

  'messages.setTyping': () => true,

  'messages.updatePinnedMessage': (request, call) => {
    const chatId = call.chatId(object(request, 'peer'))
    const messageId = int(request, 'id')
    if (flag(request, 'unpin')) call.world.messages.unpin(chatId, call.me, messageId)
    else call.world.messages.pin(chatId, call.me, messageId, flag(request, 'silent'))
    return call.updates()
  },

  'messages.unpinAllMessages': (request, call) => {
    const chat = call.enteredChat(object(request, 'peer'))
    const count = chat.pinned.length
    call.world.messages.unpin(chat.id, call.me)
    return { _: 'messages.affectedHistory', pts: chat.pts, pts_count: count, offset: 0 }
  },
}

function sendPrivately(call: Call, { userId, botId }: Dialog, content: { text: string }): number {
  if (call.me === botId) return call.world.dialogs.reply(userId, botId, content).botMessageId
  return call.world.dialogs.write(userId, botId, content).userMessageId
}

const sent = new WeakMap<object, Set<string>>()

/** A message that is sent again, because its answer was lost, is not written twice. */
function requireNew(call: Call, randomId: bigint): void {
  if (sent.get(call.world)?.has(`${call.me}:${randomId}`)) throw new Denied('RANDOM_ID_DUPLICATE', 500)
}

function remember(call: Call, randomId: bigint): void {
  const known = sent.get(call.world) ?? new Set<string>()
  sent.set(call.world, known)
  known.add(`${call.me}:${randomId}`)
  const [oldest] = known
  if (oldest !== undefined && known.size > REMEMBERED_SENDINGS) known.delete(oldest)
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
  const people = page.flatMap(({ dialog, message }) => [dialog.userId, dialog.botId, ...peopleIn(message)])
  return {
    _: 'messages.messagesSlice',
    count,
    messages: page.map(({ dialog, message }) => dialogMessage(call.views, dialog, message)),
    chats: [],
    users: call.views.users(people),
  }
}
