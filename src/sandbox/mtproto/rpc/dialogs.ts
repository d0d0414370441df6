import type { Chat, Dialog } from '../../world/types.js'
import { int, maybeInt, object, objects } from '../tl/fields.js'
import type { TlObject } from '../tl/types.js'
import type { Call, Handlers } from './call.js'
import { chatMessage, dialogMessage, peopleIn } from './message-views.js'

const MAX_PAGE = 100
const ARCHIVE = 1

/** One row of the list of chats. */
interface Row {
  /** Of the latest message. */
  at: number
  topMessageId: number
  peerId: number
  dialog: TlObject
  messages: TlObject[]
  userIds: number[]
  chatIds: number[]
}

/** The list of chats. */
export const dialogs: Handlers = {
  'messages.getDialogs': (request, call) => {
    if (maybeInt(request, 'folder_id') === ARCHIVE) return listed(call, [], 0, true)
    const rows = rowsOf(call).filter(({ topMessageId, chatIds }) => topMessageId > 0 || chatIds.length > 0)
    const rest = rows.slice(startOf(request, rows))
    const page = rest.slice(0, Math.min(int(request, 'limit') || MAX_PAGE, MAX_PAGE))
    return listed(call, page, rows.length, page.length === rows.length)
  },

  'messages.getPeerDialogs': (request, call) => {
    const rows = rowsOf(call)
    const wanted = objects(request, 'peers').map((input) => {
      const peer = object(input, 'peer')
      return call.isChat(peer) ? call.chatId(peer) : call.userIdOf(peer)
    })
    const { pts, qts } = call.boxes.of(call.me)
    const state = { _: 'updates.state', pts, qts, date: call.world.now(), seq: 1, unread_count: 0 }
    const page = rows.filter((row) => wanted.includes(row.peerId))
    return { ...listed(call, page, page.length, true), _: 'messages.peerDialogs', state }
  },

  'messages.getPinnedDialogs': (_request, call) => {
    const { pts, qts } = call.boxes.of(call.me)
    const state = { _: 'updates.state', pts, qts, date: call.world.now(), seq: 1, unread_count: 0 }
    return { ...listed(call, [], 0, true), _: 'messages.peerDialogs', state }
  },
}

function rowsOf(call: Call): Row[] {
  const rows = [
    ...call.world.chats.of(call.me).map((chat) => chatRow(call, chat)),
    ...call.world.dialogs.of(call.me).map((dialog) => dialogRow(call, dialog)),
  ]
  return rows.sort(
    (one, other) => other.at - one.at || other.topMessageId - one.topMessageId || other.peerId - one.peerId,
  )
}

/** Where the next page begins: behind the row that the client saw last. */
function startOf(request: TlObject, rows: Row[]): number {
  const [at, id, peer] = [int(request, 'offset_date'), int(request, 'offset_id'), object(request, 'offset_peer')]
  const peerId = Number(peer['channel_id'] ?? peer['user_id'] ?? 0)
  if (at === 0 && id === 0 && peerId === 0) return 0
  const seen = rows.findIndex((row) => row.peerId === peerId && (id === 0 || row.topMessageId === id))
  if (seen >= 0) return seen + 1
  const older = rows.findIndex((row) => (at > 0 ? row.at < at : row.topMessageId < id))
  return older < 0 ? rows.length : older
}

function listed(call: Call, page: Row[], count: number, isAll: boolean): TlObject {
  const content = {
    dialogs: page.map((row) => row.dialog),
    messages: page.flatMap((row) => row.messages),
    chats: call.views.chats(page.flatMap((row) => row.chatIds)),
    users: call.views.users(page.flatMap((row) => row.userIds)),
  }
  return isAll ? { ...content, _: 'messages.dialogs' } : { ...content, _: 'messages.dialogsSlice', count }
}

const base = {
  _: 'dialog',
  unread_mentions_count: 0,
  unread_reactions_count: 0,
  unread_poll_votes_count: 0,
  notify_settings: { _: 'peerNotifySettings' },
}

/** A chat as the list shows it. */
export function chatDialog(call: Call, chat: Chat): TlObject {
  return {
    ...base,
    peer: call.views.chatPeer(chat),
    top_message: call.world.messages.seenBy(chat, call.me).at(-1)?.id ?? 0,
    read_inbox_max_id: chat.readUpTo.get(call.me) ?? 0,
    read_outbox_max_id: chat.lastMessageId,
    unread_count: call.world.messages.unread(chat, call.me),
    pts: chat.pts,
  }
}

function chatRow(call: Call, chat: Chat): Row {
  const top = call.world.messages.seenBy(chat, call.me).at(-1)
  return {
    at: top?.at ?? call.world.members.standing(chat, call.me).joinedAt,
    topMessageId: top?.id ?? 0,
    peerId: chat.id,
    dialog: chatDialog(call, chat),
    messages: top ? [chatMessage(call.views, chat, top)] : [],
    userIds: top ? peopleIn(top) : [],
    chatIds: [chat.id],
  }
}

function dialogRow(call: Call, dialog: Dialog): Row {
  const { world, me } = call
  const top = world.dialogs.seenBy(dialog, me).at(-1)
  const topId = top ? world.dialogs.idFor(dialog, me, top) : 0
  const counts = {
    read_inbox_max_id: world.dialogs.readBy(dialog, me),
    read_outbox_max_id: world.dialogs.readByOther(dialog, me),
    unread_count: world.dialogs.unread(dialog, me),
  }
  return {
    at: top?.at ?? 0,
    topMessageId: topId,
    peerId: call.views.otherIn(dialog),
    dialog: { ...base, ...counts, peer: call.views.dialogPeer(dialog), top_message: topId },
    messages: top ? [dialogMessage(call.views, dialog, top)] : [],
    userIds: [dialog.userId, dialog.peerId, ...(top ? peopleIn(top) : [])],
    chatIds: [],
  }
}
