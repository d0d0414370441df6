import { int, object } from '../tl/fields.js'
import type { TlObject } from '../tl/types.js'
import type { Call, Handlers } from './call.js'
import { chatDialog } from './dialogs.js'
import { chatMessage, dialogMessage, peopleIn } from './message-views.js'

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
    for (const { kind, userId, botId, messageId, pts } of missed) {
      const dialog = call.world.dialogs.between(userId, botId)
      const message = call.world.dialogs.message(dialog, call.me, messageId)
      if (kind === 'deleted')
        other_updates.push({ _: 'updateDeleteMessages', messages: [messageId], pts, pts_count: 1 })
      else if (message && kind === 'new') new_messages.push(dialogMessage(call.views, dialog, message))
      else if (message) {
        const edited = dialogMessage(call.views, dialog, message)
        other_updates.push({ _: 'updateEditMessage', message: edited, pts, pts_count: 1 })
      }
    }
    for (const chat of stirred) other_updates.push({ _: 'updateChannelTooLong', channel_id: chat.id, pts: chat.pts })
    return {
      _: 'updates.difference',
      new_messages,
      new_encrypted_messages: [],
      other_updates,
      chats: stirred.map((chat) => call.views.chat(chat)),
      users: call.views.users(missed.flatMap(({ userId, botId }) => [userId, botId])),
      state: state(call),
    }
  },

  'updates.getChannelDifference': (request, call) => {
    const chat = call.visibleChat(object(request, 'channel'))
    const since = int(request, 'pts')
    const head = { final: true, timeout: POLL_AFTER_S }
    if (since >= chat.pts) return { ...head, _: 'updates.channelDifferenceEmpty', pts: chat.pts }
    const seen = call.world.messages.seenBy(chat, call.me)
    const news = seen.filter((message) => message.pts > since)
    // When more happened than messages that still stand, the client has to start afresh.
    const isComplete = news.length === chat.pts - since
    const shown = isComplete ? news : seen.slice(-LATEST)
    const content = {
      chats: [call.views.chat(chat)],
      users: call.views.users(shown.flatMap(peopleIn)),
    }
    const list = shown.map((message) => chatMessage(call.views, chat, message))
    if (!isComplete) {
      const dialog = chatDialog(call, chat)
      return { ...head, ...content, _: 'updates.channelDifferenceTooLong', dialog, messages: list.reverse() }
    }
    return { ...head, ...content, _: 'updates.channelDifference', pts: chat.pts, new_messages: list, other_updates: [] }
  },
}

function state(call: Call): TlObject {
  const { pts, qts } = call.boxes.of(call.me)
  return { _: 'updates.state', pts, qts, date: call.world.now(), seq: 1, unread_count: 0 }
}
