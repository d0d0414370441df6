import type { UserId } from '../../ids.js'
import type { WaitingSet } from '../../redis/waiting-set.js'
import { endOf, type Command } from '../people.js'
import type { Say } from '../say.js'

export interface FindDeps {
  readonly waitingSet: Pick<WaitingSet, 'find' | 'whereabouts' | 'now'>
  /** Lets somebody search again whose ban has come to its end; does nothing where it is in force, or nobody can say. */
  readonly endBan: (user: UserId) => Promise<void>
  readonly say: Say
}

/** Tells a person where they are, when their command had been carried out before. */
export const createTellState =
  ({ waitingSet, say }: Pick<FindDeps, 'say'> & { waitingSet: Pick<WaitingSet, 'whereabouts'> }) =>
  async (user: Parameters<Command>[0]['user']): Promise<void> => {
    const now = await waitingSet.whereabouts(user)
    if (now.state === 'waiting') await say(user, 'searching', { already: true })
    else if (now.state === 'paired') await say(user, 'in_room', { room: now.room })
    else if (now.state === 'banned') await say(user, 'banned')
    else await say(user, 'stopped')
  }

/** Searches: ban and cooldown first, then one script decides. The person is told which way it went. */
export const createFind = (deps: FindDeps): Command => {
  const { waitingSet, endBan, say } = deps
  const tellState = createTellState(deps)
  return async ({ user, update, profile }) => {
    if (profile.bannedUntil !== null) return say(user, 'banned', endOf(profile.bannedUntil))
    const [seen, now] = await Promise.all([waitingSet.whereabouts(user), waitingSet.now()])
    // Nobody waits longer than they were told.
    if (seen.state === 'banned') await endBan(user)
    const where = seen.state === 'banned' ? await waitingSet.whereabouts(user) : seen
    if (where.state === 'idle' && where.cooldownUntil > now)
      return say(user, 'cooldown', { until: where.cooldownUntil })

    const reply = await waitingSet.find(user, update)
    switch (reply.tag) {
      case 'paired':
        return say(user, 'found', { room: reply.room })
      case 'waiting':
        return say(user, 'searching', {
          already: reply.already,
          noGroup: reply.noGroup,
          ...(reply.count > 1 && !reply.noGroup && reply.paused !== true ? { unsuited: true } : {}),
        })
      case 'in_room':
        return say(user, 'in_room', { room: reply.room })
      case 'banned':
        return say(user, 'banned')
      case 'repeat':
        return tellState(user)
      case 'stale':
        return undefined
    }
  }
}
