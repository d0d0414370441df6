import { userId, type UserId } from '../../ids.js'
import { parsePerson } from '../../redis/records.js'
import { fieldsOf } from '../../redis/scan.js'
import type { Comparison, ReconcilerDeps, Suspect } from './difference.js'

const PAGE = 500
/** For so long after its end a ban is not overdue: the job `bans` lifts it within seconds. */
const GRACE_S = 30

const suspect = (kind: string, user: UserId, words: string, repair: Suspect['repair']): Suspect => ({
  kind,
  about: 'person',
  subject: user,
  words,
  evidence: '',
  lags: true,
  repair,
})

/** Those of `users` whom Redis lets search. */
const unbanned = async ({ redis, keys }: ReconcilerDeps, users: readonly UserId[]): Promise<UserId[]> => {
  const records = await redis.hmget(keys.people, ...users)
  return users.filter((_, i) => !parsePerson(records[i]).banned)
}

/** Whether Redis refuses exactly those whose ban is in force, or ended just now. */
export const compareBans: Comparison = async function* (deps) {
  const { redis, keys, tables, waitingSet, departure } = deps
  const bans = (await tables.bans.list()).map(({ user }) => user)
  for (let i = 0; i < bans.length; i += PAGE)
    for (const user of await unbanned(deps, bans.slice(i, i + PAGE)))
      yield suspect('ban_not_enforced', user, 'is banned, but Redis does not know', async () => {
        const ban = await tables.bans.isBanned(user)
        if (ban === null) return false
        await departure(user, { reason: 'banned', ban: { until: ban.until } })
        return (await unbanned(deps, [user])).length === 0
      })

  const banned = new Set((await tables.bans.list(GRACE_S)).map(({ user }) => user))
  for await (const page of fieldsOf(redis, keys.people))
    for (const [id, record] of page) {
      const user = userId(id)
      if (!parsePerson(record).banned || banned.has(user)) continue
      yield suspect('ban_outlived', user, 'is refused by Redis, but not banned any more', async () => {
        if ((await tables.bans.isBanned(user)) !== null) return false
        return (await waitingSet.liftBan(user, { over: true })) === 'lifted'
      })
    }
}
