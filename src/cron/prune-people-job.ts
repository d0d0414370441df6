import type { Logger } from '../logger.js'
import { runScript, type RedisClient } from '../redis/define-script.js'
import type { Keys } from '../redis/keys.js'
import { fieldsOf } from '../redis/scan.js'
import { prunePeopleScript } from '../redis/scripts.js'
import type { Job } from './job.js'

/** Telegram may restart the numbering of updates after a week: marks older than that say nothing. */
const DAYS = 7

/** Forgets in Redis who has been idle for a week, and penalties as old, so that memory does not grow with everybody who ever came. */
export const createPrunePeopleJob = (deps: { redis: RedisClient; keys: Keys; logger: Logger }): Job => ({
  name: 'prune-people',
  schedule: '47 * * * *',
  run: async (signal) => {
    const { redis, keys, logger } = deps
    const total = { people: 0, penalties: 0 }
    for (const key of [keys.people, keys.penalties])
      for await (const page of fieldsOf(redis, key)) {
        if (signal.aborted) return
        const users = page.map(([user]) => user)
        const pruned = await runScript(redis, prunePeopleScript, keys, { days: DAYS }, users)
        total.people += pruned.people
        total.penalties += pruned.penalties
      }
    if (total.people + total.penalties > 0)
      logger.info({ event: 'people_pruned', ...total }, 'Forgot people who have been idle for a week')
  },
})
