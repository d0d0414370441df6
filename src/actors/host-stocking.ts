import { VisavisError } from '../errors.js'
import type { ChatId } from '../ids.js'
import { newMarker } from './host-markers.js'
import type { HostParts } from './host-parts.js'
import type { HostStanding } from './host-standing.js'

/** For how long Redis may be asked while other hosts wait to decide. */
const ENOUGH_MS = 2_000

/** Keeps the stock at its measure, one group at a time and at a pace: makes what lacks, gives up what a draining host has. */
export const createStocking = (
  parts: HostParts,
  standing: HostStanding,
  /** Creates the group of an intent and brings it into stock. */
  make: (group: string, marker: string) => Promise<void>,
) => {
  const { host, groups, stock, accounts, settings, clock, random } = parts
  let nextCreateAt = 0
  let nextRetireAt = 0
  const pacedAt = (): number => clock.now() + settings.paceMs * (0.5 + random())

  /** Whether those in stock and those that hosts are preparing suffice. */
  const suffices = async (preparing: readonly (ChatId | null)[]): Promise<boolean> => {
    const places = await Promise.all(preparing.map(async (chat) => (chat === null ? undefined : stock.place(chat))))
    // With a place in Redis it is ready, and the ledger is about to write so.
    const coming = places.filter((place) => place === undefined).length
    // Read last: what comes into stock at this moment is counted twice rather than not at all.
    return coming + (await stock.sizeForSure()) >= settings.stock
  }

  /** The same within `ENOUGH_MS`. Throws otherwise: Redis may be away, and Postgres is kept waiting meanwhile. */
  const enough = async (preparing: readonly (ChatId | null)[]): Promise<boolean> => {
    const answered = new AbortController()
    const late = clock.wait(ENOUGH_MS, answered.signal).then(() => {
      throw new VisavisError('redis_slow', `Redis did not tell within ${ENOUGH_MS} ms what is in stock.`, {
        retryable: true,
      })
    })
    // Whichever comes second, nobody hears any more.
    late.catch(() => undefined)
    return Promise.race([suffices(preparing), late]).finally(() => answered.abort())
  }

  return {
    /** Makes one group if one is missing; `preparing` of its own are under way. Gives the milliseconds until the next may be made. */
    fill: async (preparing: number): Promise<number> => {
      const waitMs = Math.max(standing.createInMs(), nextCreateAt - clock.now())
      if (waitMs > 0) return waitMs
      if ((await stock.sizeForSure()) + preparing >= settings.stock) return Infinity
      if (standing.usedToday >= settings.budget) {
        standing.budgetUsedUp()
        return standing.createInMs()
      }
      const marker = newMarker(settings.prefix)
      let asked = false
      const group = await groups.intendUnless(host, marker, (coming) => {
        asked = true
        return enough(coming)
      })
      // Not even asked: another host decides just now.
      if (group === null) return asked ? Infinity : settings.retryMs * (0.5 + random())
      nextCreateAt = pacedAt()
      // Only whoever holds this host's lease spends its budget, so it has just been looked at.
      if (await accounts.spendBudget(host, settings.budget)) await make(group, marker)
      else await groups.setStatus(group, 'lost')
      return 0
    },

    /** A draining host gives up its stock one by one, at the pace at which others may make theirs. */
    drain: async (): Promise<number> => {
      if (standing.mode !== 'draining') return Infinity
      const waitMs = nextRetireAt - clock.now()
      if (waitMs > 0) return waitMs
      const next = (await stock.stocked()).find((group) => group.host === host)
      if (next === undefined) return Infinity
      nextRetireAt = pacedAt()
      // Its mailbox is told, and so its loop comes back for the group.
      await stock.retire(next.chat, host)
      return Math.max(0, nextRetireAt - clock.now())
    },
  }
}
