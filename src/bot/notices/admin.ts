import { PANEL_PREFIX, type PanelPage, type PanelView } from '../admin/actions.js'
import { ban, banReason, banSure } from '../admin/ban-pages.js'
import { broadcast, broadcastButton, broadcasts, newBroadcast } from '../admin/broadcast-pages.js'
import { hosts, overview } from '../admin/overview.js'
import { find, found, person, waiting } from '../admin/people-pages.js'
import { room, rooms } from '../admin/room-pages.js'
import type { Notice, Reader } from './notice.js'

const pageOf = (reader: Reader, view: PanelView): Promise<PanelPage> => {
  switch (view.show) {
    case 'overview':
      return overview(reader)
    case 'rooms':
      return rooms(reader, view)
    case 'room':
      return room(reader, view)
    case 'waiting':
      return waiting(reader, view)
    case 'hosts':
      return hosts(reader, view)
    case 'find':
      return find(reader)
    case 'person':
      return person(reader, view)
    case 'found':
      return found(reader, view)
    case 'ban':
      return ban(reader, view)
    case 'ban_reason':
      return banReason(reader, view)
    case 'ban_sure':
      return banSure(reader, view)
    case 'broadcasts':
      return broadcasts(reader)
    case 'broadcast':
      return broadcast(reader, view)
    case 'new_broadcast':
      return newBroadcast(reader)
    case 'broadcast_button':
      return broadcastButton(reader, view)
  }
}

/** A page of the panel, for administrators only: that they are one is checked here again. */
const admin: Notice<PanelView | Record<string, never>> = async (reader, args) => {
  const { to, settings, panel } = reader
  if (!settings.adminIds.includes(to)) return undefined
  const { text, rows } = await pageOf(reader, 'show' in args ? (args as PanelView) : { show: 'overview' })
  const shown = rows.filter((row) => row.length > 0)
  const words = await panel.store.issue(
    to,
    shown.flat().map(({ action }) => action),
  )
  return {
    text,
    keyboard: shown.map((row) => row.map((one) => ({ text: one.text, data: `${PANEL_PREFIX}${words.shift() ?? ''}` }))),
    disableLinkPreview: true,
  }
}

export const adminNotices = { admin }
