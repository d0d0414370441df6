import type { UserId } from '../ids.js'
import type { Logger } from '../logger.js'
import type { BansTable } from '../postgres/bans.js'
import type { WaitingSet } from '../redis/waiting-set.js'
import type { Job } from './job.js'

/** A ban is told with its end, so it is lifted soon after; whoever asks before that is let in there and then. */
const EVERY_MS = 2_000
/** So many at a time: each transaction stays short. */
const PAGE = 200

/** Lets people search again whose ban has come to its end. */
export const createBansJob = (deps: {
  tables: { bans: Pick<BansTable, 'end'> }
  waitingSet: Pick<WaitingSet, 'liftBan'>
  logger: Logger
  page?: number
}): Job => {
  const { tables, waitingSet, logger, page = PAGE } = deps
  const lift = (user: UserId) => waitingSet.liftBan(user, { over: true })
  return {
    name: 'bans',
    schedule: { everyMs: EVERY_MS },
    run: async (signal) => {
      let people = 0
      for (let last = page; last >= page && !signal.aborted; people += last)
        last = (await tables.bans.end(lift, { limit: page })).length
      if (people > 0) logger.info({ event: 'bans_ended', people }, 'Bans have come to their end')
    },
  }
}
