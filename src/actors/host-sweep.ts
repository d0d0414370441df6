import type { HostClient, OwnedGroup } from '../telegram/host-client.js'
import { isMarker, markerPrefix } from './host-markers.js'
import type { HostParts } from './host-parts.js'

/** The groups on Telegram whose title is a marker of this deployment. */
export const markedGroups = async (deployment: string, client: HostClient): Promise<OwnedGroup[]> =>
  (await client.ownGroups(markerPrefix(deployment))).filter(({ title }) => isMarker(deployment, title))

/**
 * Deletes groups that carry a marker of this deployment and that nobody knows of: made by a request whose answer was
 * lost, and that took effect after its intent was given up (I4). Gives how many there were.
 */
export const sweepOrphans = async (parts: HostParts, client: HostClient): Promise<number> => {
  const { host, groups, stock, logger, events, settings } = parts
  const owned = await markedGroups(settings.prefix, client)
  if (owned.length === 0) return 0
  const rows = await groups.liveOf(host)
  const chats = new Set(rows.map(({ chat }) => chat))
  const unresolved = new Set(rows.filter(({ chat }) => chat === null).map(({ marker }) => marker))
  let orphans = 0
  for (const group of owned) {
    if (chats.has(group.chat) || unresolved.has(group.title)) continue
    const place = await stock.place(group.chat)
    if (place !== undefined && place !== 'disposing') {
      logger.error({ event: 'group_without_row', host, chat: group.chat }, 'A group in use has no row in Postgres')
      continue
    }
    orphans++
    events.orphanDeleted(host, group.chat)
    await client.deleteGroup(group)
    await stock.forget(group.chat, host)
  }
  return orphans
}
