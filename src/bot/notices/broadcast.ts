import { broadcastMessage } from '../admin/broadcast-message.js'
import type { BroadcastId } from '../../postgres/broadcasts.js'
import type { Notice } from './notice.js'

/** A broadcast as the administrator would get it, in their language. */
const preview: Notice<{ id: BroadcastId }> = async ({ to, settings, texts, panel }, { id }) => {
  if (!settings.adminIds.includes(to)) return undefined
  const one = await panel.broadcasts.get(id)
  return one ? broadcastMessage(texts, one) : undefined
}

export const broadcastNotices = { broadcast_preview: preview }
