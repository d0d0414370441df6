import { HostError, HostGroupGoneError, HostRejectedError, HostUnavailableError } from '../telegram/errors.js'
import type { HostClient } from '../telegram/host-client.js'
import type { HostGroup, HostParts } from './host-parts.js'
import type { Retries } from './host-retries.js'
import type { HostStanding } from './host-standing.js'

/** A group that cannot be prepared after so many attempts is deleted again. */
const ATTEMPTS = 5

/** Brings groups from an intent into stock. Every step may be repeated; what is not certain is looked up first. */
export const createPreparation = (
  parts: HostParts,
  standing: HostStanding,
  retries: Retries,
  /** Has a group that was made, but cannot be used, deleted. */
  giveUp: (row: HostGroup) => Promise<void>,
) => {
  const { host, groups, stock, accounts, bot, events, settings } = parts

  const intoStock = async (client: HostClient, row: HostGroup & { chat: NonNullable<HostGroup['chat']> }) => {
    const { chat } = row
    try {
      const accessHash = await client.prepareGroup({ chat, accessHash: row.accessHash ?? undefined }, bot)
      if (accessHash !== row.accessHash) await groups.located(row.group, chat, accessHash)
    } catch (error) {
      if (error instanceof HostGroupGoneError) return giveUp(row)
      if (error instanceof HostRejectedError && retries.failures(row.marker) + 1 >= ATTEMPTS) {
        events.groupUnprepared(host, chat, error)
        standing.rest()
        return giveUp(row)
      }
      throw error
    }
    await stock.add(chat, host)
    parts.onStocked()
  }

  return {
    /** Creates the group of an intent that was written just now. Called once per marker. */
    create: async (client: HostClient, group: string, marker: string): Promise<void> => {
      const made = await client.createGroup(marker).catch(async (error: unknown) => {
        // Refused for certain, so it does not count; whether the account rests is what matters now, not this.
        if (error instanceof HostError && !(error instanceof HostUnavailableError))
          await accounts.returnBudget(host).catch(() => undefined)
        throw error
      })
      events.groupCreated(host, made.chat)
      await groups.located(group, made.chat, made.accessHash)
      await intoStock(client, { group, marker, host, chat: made.chat, accessHash: made.accessHash })
    },

    /**
     * Goes on with an intent of which it is not known how far it came. Never creates anything. `over`: it is not being
     * prepared any more; `waiting`: it is not there (yet), and looked for again later. `refused`: Telegram said that it
     * would not make it, so that it need not be waited for.
     */
    resume: async (client: HostClient, row: HostGroup, refused: boolean): Promise<'over' | 'waiting'> => {
      let { chat, accessHash } = row
      if (chat === null) {
        const found = await client.findGroup(row.marker)
        if (found === undefined) {
          // The answer was lost, and perhaps the request is still under way: it is looked for again for a while.
          if (!refused && retries.sinceMs(row.marker) < settings.intentTimeoutMs) {
            retries.failed(row.marker)
            return 'waiting'
          }
          await groups.setStatus(row.group, 'lost')
          return 'over'
        }
        ;({ chat, accessHash } = found)
        await groups.located(row.group, chat, accessHash)
      }
      const place = await stock.place(chat)
      const unwanted = standing.mode === 'limited' || standing.mode === 'draining'
      if (place === 'disposing' || (place === undefined && unwanted)) await giveUp(row)
      // With a place in Redis it is ready, and the ledger is about to write so.
      else if (place === undefined) await intoStock(client, { ...row, chat, accessHash })
      return 'over'
    },
  }
}
