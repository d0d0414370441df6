import { randomBytes } from 'node:crypto'
import { systemClock } from '../clock.js'
import type { ReachableHost } from '../cron/reconciler/difference.js'
import { VisavisError, wordsOf } from '../errors.js'
import type { HostId } from '../ids.js'
import type { Tell } from '../mailbox/tell.js'
import { hostMailbox } from '../mailboxes.js'
import type { RedisClient } from '../redis/define-script.js'
import type { Keys } from '../redis/keys.js'
import { leaseNames } from '../redis/lease-names.js'
import type { AccountStanding, OwnedGroup } from '../telegram/host-client.js'

const LOOK_MS = 50
/** Lists of dialogs are read page by page. */
const PATIENCE_MS = 15_000
const UNHELD = 'No process of the service works as this host now.'

interface Answer {
  readonly groups?: readonly OwnedGroup[]
  readonly account?: AccountStanding
  readonly error?: string
}

/** A host that could not be asked, and why. */
export interface SilentHost {
  readonly host: HostId
  readonly why: string
}

/**
 * Hosts that work in any process of the service, asked through their mailboxes: two connections of one session from
 * different machines could cost the account its session, so nobody but the holder of the lease connects. Who was not
 * reached is in `silent` afterwards.
 */
export const createAskedHosts = (deps: {
  redis: RedisClient
  keys: Keys
  tell: Tell
  hosts: readonly HostId[]
  patienceMs?: number
}) => {
  const { redis, keys, tell, hosts, patienceMs = PATIENCE_MS } = deps
  const silent = new Map<HostId, string>()

  const ask = async (host: HostId, type: 'list-groups' | 'check'): Promise<Answer> => {
    const question = randomBytes(8).toString('hex')
    await tell(hostMailbox(host), { type, answer: question })
    const until = performance.now() + patienceMs
    for (;;) {
      // Looked at first: whoever gives the lease back has answered before.
      const isHeld = (await redis.exists(keys.lease(leaseNames.host(host)))) === 1
      const json = await redis.getdel(keys.answer(question))
      if (json !== null) {
        const answer = JSON.parse(json) as Answer
        if (answer.error !== undefined) throw new Error(answer.error)
        return answer
      }
      if (!isHeld) throw new VisavisError('lease_free', UNHELD)
      if (performance.now() > until) throw new Error('It did not answer in time.')
      await systemClock.wait(LOOK_MS)
    }
  }

  return {
    /** What Telegram says about the account of a host that a process works as; undefined when that does not say. */
    standing: async (host: HostId): Promise<AccountStanding | undefined> => (await ask(host, 'check')).account,
    silent: (): SilentHost[] => [...silent].map(([host, why]) => ({ host, why })),
    reachable: async (): Promise<ReachableHost[]> => {
      const held = await Promise.all(hosts.map((host) => redis.exists(keys.lease(leaseNames.host(host)))))
      return hosts.flatMap((host, index) => {
        if (held[index] !== 1) {
          silent.set(host, UNHELD)
          return []
        }
        const ownGroups = async (): Promise<readonly OwnedGroup[]> => {
          try {
            return (await ask(host, 'list-groups')).groups ?? []
          } catch (error) {
            silent.set(host, wordsOf(error))
            throw error
          }
        }
        return [{ host, ownGroups }]
      })
    },
  }
}
export type AskedHosts = ReturnType<typeof createAskedHosts>
