import type { ChatId } from '../ids.js'
import { HostRejectedError } from '../telegram/errors.js'
import type { HostClient, OwnedGroup } from '../telegram/host-client.js'
import { isMarker } from './host-markers.js'
import type { HostParts } from './host-parts.js'

/** Telegram counts these calls like any others; what is not asked in one look is asked in the next. */
const MOST_ASKED = 50

/** Gives the groups on Telegram that this deployment made with this account, whatever they are called by now. */
export type OwnGroups = (client: HostClient) => Promise<OwnedGroup[]>

/**
 * Tells our groups from others that the account owns. Those in stock have a marker for a title, and those in use have a
 * row. A group whose room has opened is called after its two people: once nobody knows of it, only its description still
 * says whose it is, and that takes a call for each group. Nothing of ours changes a description, so each is asked for
 * once.
 */
export const createOwnGroups = (parts: Pick<HostParts, 'host' | 'groups' | 'settings'>): OwnGroups => {
  const { host, groups, settings } = parts
  /** Whether a description that was asked for is a marker of this deployment. */
  const marked = new Map<ChatId, boolean>()
  return async (client) => {
    const owned = await client.ownGroups()
    const live = new Set((await groups.liveOf(host)).map(({ chat }) => chat))
    const exist = new Set(owned.map(({ chat }) => chat))
    for (const chat of marked.keys()) if (!exist.has(chat)) marked.delete(chat)
    const ours: OwnedGroup[] = []
    let asked = 0
    for (const group of owned) {
      let isOurs = isMarker(settings.prefix, group.title) || live.has(group.chat) || marked.get(group.chat)
      if (isOurs === undefined && asked < MOST_ASKED) {
        asked++
        const description = await client.description(group).catch((error: unknown) => {
          // One group that Telegram does not show must not hide the others.
          if (error instanceof HostRejectedError) return undefined
          throw error
        })
        if (description === undefined) continue
        isOurs = isMarker(settings.prefix, description)
        marked.set(group.chat, isOurs)
      }
      if (isOurs === true) ours.push(group)
    }
    return ours
  }
}
