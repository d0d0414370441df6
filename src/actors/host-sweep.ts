import type { HostClient } from '../telegram/host-client.js'
import type { OwnGroups } from './host-own-groups.js'
import type { HostParts } from './host-parts.js'

/**
 * Deletes groups of ours that nobody knows of (I4): made by a request whose answer was lost, and that took effect after
 * its intent was given up; or lost to everybody when an older copy of the database was restored. Gives how many there were.
 */
export const sweepOrphans = async (parts: HostParts, ownGroups: OwnGroups, client: HostClient): Promise<number> => {
  const { host, groups, stock, logger, events } = parts
  const owned = await ownGroups(client)
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
