import type { TlObject } from '../tl/types.js'
import { dialogMessage, peopleIn } from './message-views.js'
import { peerUser } from './peers.js'
import type { BoxEntry } from './update-boxes.js'
import type { Views } from './views.js'

/** What the viewer is told of something that happened in one of their private chats; undefined when it is gone since. */
export function dialogUpdate(views: Views, entry: BoxEntry): TlObject | undefined {
  const { kind, messageId, pts } = entry
  const counts = { pts, pts_count: 1 }
  const dialog = views.world.dialogs.between(entry.userId, entry.peerId)
  const peer = peerUser(views.otherIn(dialog))
  switch (kind) {
    case 'deleted':
      return { _: 'updateDeleteMessages', messages: [messageId], ...counts }
    case 'read':
      return { _: 'updateReadHistoryInbox', peer, max_id: messageId, still_unread_count: 0, ...counts }
    case 'seen':
      return { _: 'updateReadHistoryOutbox', peer, max_id: messageId, ...counts }
    case 'new':
    case 'edited': {
      const message = views.world.dialogs.message(dialog, views.viewerId, messageId)
      const name = kind === 'new' ? 'updateNewMessage' : 'updateEditMessage'
      return message && { _: name, message: dialogMessage(views, dialog, message), ...counts }
    }
  }
}

/** Everybody whom such an update mentions. */
export function peopleOf(views: Views, { userId, peerId, messageId }: BoxEntry): number[] {
  const dialog = views.world.dialogs.between(userId, peerId)
  const message = views.world.dialogs.message(dialog, views.viewerId, messageId)
  return [userId, peerId, ...(message ? peopleIn(message) : [])]
}
