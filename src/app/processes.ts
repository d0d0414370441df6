import type { HostRow } from '../postgres/hosts.js'
import type { RedisClient } from '../redis/define-script.js'
import type { Keys } from '../redis/keys.js'
import { LONE_LEASES, leaseNames } from '../redis/lease-names.js'
import { leaseHolder } from '../redis/leases.js'
import { STAGES } from '../redis/rooms.js'
import type { Instance } from './instances.js'

/** The processes that live, with what they play and hold, and what nobody holds that somebody should. */
export const readProcesses = async (
  redis: RedisClient,
  keys: Keys,
  known: {
    readonly instances: readonly Instance[]
    readonly hosts: readonly Pick<HostRow, 'host' | 'mayWork'>[]
  },
) => {
  const names = [
    ...LONE_LEASES,
    ...known.hosts.filter(({ mayWork }) => mayWork).map(({ host }) => leaseNames.host(host)),
  ]
  const holders = await redis.mget(...names.map((name) => keys.lease(name)))
  const leases = names.map((name, index) => {
    const value = holders[index] ?? undefined
    return { lease: name, holder: value === undefined ? null : leaseHolder(value) }
  })
  // Where Telegram calls the service, nobody polls.
  const byWebhook = known.instances.some(({ webhook }) => webhook === true)
  return {
    instances: known.instances.map(({ instance, roles = [], pid, machine, startedAt }) => ({
      instance,
      roles,
      pid,
      machine,
      startedAt,
      leases: leases.filter(({ holder }) => holder === instance).map(({ lease }) => lease),
    })),
    unheld: leases
      .filter(({ lease, holder }) => holder === null && !(lease === leaseNames.poller && byWebhook))
      .map(({ lease }) => lease),
  }
}

/** How many rooms are at least this long past their deadline. `now` by Redis' clock. */
export const countLateRooms = async (redis: RedisClient, keys: Keys, now: number, byMs = 0): Promise<number> => {
  const counts = await Promise.all(STAGES.map((stage) => redis.zcount(keys[stage], '-inf', `(${now - byMs}`)))
  return counts.reduce((sum, one) => sum + one, 0)
}
