import type { Chat, ChatMessage } from '../../world/types.js'
import { int, object } from '../tl/fields.js'
import type { TlObject } from '../tl/types.js'
import type { Call, Handlers } from './call.js'
import type { ChatLogEntry } from './chat-log.js'
import { dialogUpdate, peopleOf } from './dialog-updates.js'
import { chatDialog } from './dialogs.js'
import { chatMessage, peopleIn } from './message-views.js'

const POLL_AFTER_S = 30
const LATEST = 20

/** updates.*: where the client stands, and what it missed. */
export const updates: Handlers = {
  'updates.getState': (_request, call) => state(call),

  'updates.getDifference': (request, call) => {
    const since = int(request, 'pts')
    const box = call.boxes.of(call.me)
    const date = call.world.now()
    const missed = box.entries.filter((entry) => entry.pts > since)
    if (missed.length < box.pts - since) return { _: 'updates.differenceTooLong', pts: box.pts }
    // Chats count their own updates; here the client only learns which of them to ask.
    const stirred = call.world.chats
      .of(call.me)
      .filter((chat) => (chat.messages.at(-1)?.at ?? 0) >= int(request, 'date'))
    if (missed.length === 0 && stirred.length === 0) return { _: 'updates.differenceEmpty', date, seq: 1 }

    const [new_messages, other_updates]: [TlObject[], TlObject[]] = [[], []]
    for (const entry of missed) {
      const update = dialogUpdate(call.views, entry)
      if (entry.kind !== 'new') other_updates.push(...(update ? [update] : []))
      else if (update) new_messages.push(object(update, 'message'))
    }
    for (const chat of stirred) other_updates.push({ _: 'updateChannelTooLong', channel_id: chat.id, pts: chat.pts })
    return {
      _: 'updates.difference',
      new_messages,
      new_encrypted_messages: [],
      other_updates,
      chats: stirred.map((chat) => call.views.chat(chat)),
      users: call.views.users(missed.flatMap((entry) => peopleOf(call.views, entry))),
      state: state(call),
    }
  },

  'updates.getChannelDifference': (request, call) => {
    const chat = call.visibleChat(object(request, 'channel'))
    const since = int(request, 'pts')
    if (since >= chat.pts) {
      return { _: 'updates.channelDifferenceEmpty', final: true, timeout: POLL_AFTER_S, pts: chat.pts }
    }
    const missed = call.chatLog.since(chat, since)
    return missed ? difference(call, chat, missed, int(request, 'limit')) : afresh(call, chat)
  },
}

/** What happened in a chat, at most `limit` of it: the client asks again for the rest. */
function difference(call: Call, chat: Chat, missed: ChatLogEntry[], limit: number): TlObject {
  const taken = missed.slice(0, Math.max(1, limit))
  const seen = new Map(call.world.messages.seenBy(chat, call.me).map((message) => [message.id, message]))
  const [news, other_updates]: [ChatMessage[], TlObject[]] = [[], []]
  for (const { kind, messageIds, pts, count: pts_count } of taken) {
    const message = seen.get(messageIds[0] ?? 0)
    if (kind === 'deleted') {
      const update = { _: 'updateDeleteChannelMessages', channel_id: chat.id, messages: messageIds, pts, pts_count }
      other_updates.push(update)
    } else if (message && kind === 'new') news.push(message)
    else if (message) {
      const edited = chatMessage(call.views, chat, message)
      other_updates.push({ _: 'updateEditChannelMessage', message: edited, pts, pts_count })
    }
  }
  return {
    _: 'updates.channelDifference',
    final: taken.length === missed.length,
    timeout: POLL_AFTER_S,
    pts: taken.at(-1)?.pts ?? chat.pts,
    new_messages: news.map((message) => chatMessage(call.views, chat, message)),
    other_updates,
    chats: [call.views.chat(chat)],
    users: call.views.users(news.flatMap(peopleIn)),
  }
}

/** More happened than is remembered: the client gets the latest messages and forgets what it had. */
function afresh(call: Call, chat: Chat): TlObject {
  const latest = call.world.messages.seenBy(chat, call.me).slice(-LATEST).reverse()
  return {
    _: 'updates.channelDifferenceTooLong',
    final: true,
    timeout: POLL_AFTER_S,
    dialog: chatDialog(call, chat),
    messages: latest.map((message) => chatMessage(call.views, chat, message)),
    chats: [call.views.chat(chat)],
    users: call.views.users(latest.flatMap(peopleIn)),
  }
}

function state(call: Call): TlObject {
  const { pts, qts } = call.boxes.of(call.me)
  return { _: 'updates.state', pts, qts, date: call.world.now(), seq: 1, unread_count: 0 }
}
