import type { ChatId } from '../ids.js'
import { HostGroupGoneError, HostRejectedError } from '../telegram/errors.js'
import type { GroupRef, HostClient } from '../telegram/host-client.js'
import type { HostGroup, HostParts } from './host-parts.js'
import type { HostStanding } from './host-standing.js'

/** What is known of a group that is to go: its row, or (when Postgres does not know it) only its chat. */
export type Disposable = HostGroup | { readonly chat: ChatId }

const rowOf = (group: Disposable): HostGroup | undefined => ('group' in group ? group : undefined)

/** Ends the use of a group: deleted for everyone, or emptied, cleaned and back in stock. */
export const createDisposal = (parts: HostParts, standing: HostStanding) => {
  const { host, groups, stock, bot, events, settings } = parts

  /** Every step is confirmed by Telegram or rejects; nobody but the host and the bot may be left. */
  const recycle = async (client: HostClient, ref: GroupRef, marker: string): Promise<void> => {
    const ours = [client.me(), bot.id]
    await client.removeOthers(ref, ours)
    // Before the history is deleted: each of these leaves a service message.
    await client.setTitle(ref, marker)
    await client.prepareGroup(ref, bot)
    await client.clean(ref)
    await client.liftBans(ref)
    const members = await client.members(ref)
    const empty = members.length === ours.length && ours.every((our) => members.some((m) => m.user === our && m.admin))
    if (!empty) throw new HostRejectedError('members', 'NOT_EMPTY')
    await stock.add(ref.chat, host)
    parts.onStocked()
  }

  /** Whether it went back into stock; false when it has to be deleted instead. */
  const recycled = async (client: HostClient, ref: GroupRef, marker: string): Promise<boolean> => {
    try {
      await recycle(client, ref, marker)
      events.groupRecycled(host, ref.chat)
      return true
    } catch (error) {
      if (!(error instanceof HostRejectedError) && !(error instanceof HostGroupGoneError)) throw error
      events.groupNotRecycled(host, ref.chat, error)
      return false
    }
  }

  return {
    /**
     * Disposes of one group; may be repeated after any failure. `secondTry`: the first attempt failed somewhere, so
     * recycling cannot be confirmed any more.
     */
    dispose: async (client: HostClient, group: Disposable, secondTry: boolean): Promise<void> => {
      const row = rowOf(group)
      let ref: GroupRef | undefined =
        group.chat === null ? undefined : { chat: group.chat, accessHash: row?.accessHash ?? undefined }
      if (ref === undefined && row !== undefined) ref = await client.findGroup(row.marker)
      if (ref !== undefined) {
        const place = await stock.place(ref.chat)
        // Recycled meanwhile: the row only says so a moment later.
        if (place !== undefined && place !== 'disposing') return
        if (
          settings.disposal === 'recycle' &&
          standing.mode === 'working' &&
          row !== undefined &&
          !secondTry &&
          place === 'disposing' &&
          (await recycled(client, ref, row.marker))
        )
          return
        await client.deleteGroup(ref)
        standing.groupDeleted()
        events.groupDeleted(host, ref.chat)
        await stock.forget(ref.chat, host)
      }
      if (row !== undefined) await groups.setStatus(row.group, 'deleted')
    },
  }
}
