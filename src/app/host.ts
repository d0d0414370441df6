import { createHost, HOST_DEFAULTS } from '../actors/host.js'
import { systemClock } from '../clock.js'
import { LeaseLostError, wordsOf } from '../errors.js'
import type { HostId } from '../ids.js'
import { consume } from '../mailbox/consumer.js'
import { hostMailbox } from '../mailboxes.js'
import { fenced } from '../postgres/deployment.js'
import { hostsTable, type HostRow } from '../postgres/hosts.js'
import { leaseNames } from '../redis/lease-names.js'
import type { KeptLease } from '../redis/leases.js'
import { createHostClient } from '../telegram/gramjs-host-client.js'
import type { Parts } from './parts.js'
import type { Running } from './role.js'

/** How soon a host that was added, or logged in again, is taken up. */
const LOOK_FOR_HOSTS_MS = 3_000

/** For how long an answer to an operator's question lies there. */
const ANSWER_MS = 60_000

/** Keeps the lease of one host and works as it while holding. */
const keepHost = (parts: Parts, host: HostId): KeptLease => {
  const { config, logger, events, tables, db } = parts
  return parts.leases.keep({
    name: leaseNames.host(host),
    ttlMs: config.HOST_LEASE,
    onHeld: async (token, holding) => {
      const session = await tables.hosts.session(host)
      if (session === null) throw new Error('this host was removed')
      // What a holder writes about its account is refused once another holds the lease.
      const bot = await parts.bot.me()
      const write = <T>(work: (hosts: ReturnType<typeof hostsTable>) => Promise<T>) =>
        fenced(db, leaseNames.host(host), token, (tx) => work(hostsTable(tx, config.SECRET_KEY)))
      const actor = createHost({
        host,
        connect: () =>
          createHostClient({
            apiId: Number(config.API_ID),
            apiHash: config.API_HASH,
            session,
            timeoutMs: config.HOST_TIMEOUT,
            endpoint: { address: config.TELEGRAM_MTPROTO, publicKey: config.TELEGRAM_MTPROTO_KEY },
          }),
        bot,
        groups: tables.groups,
        stock: parts.groups,
        accounts: {
          get: tables.hosts.get,
          spendBudget: (id, max) => write((hosts) => hosts.spendBudget(id, max)),
          park: (id, until, reason) => write((hosts) => hosts.park(id, until, reason)),
          quarantine: (id, reason) => write((hosts) => hosts.quarantine(id, reason)),
        },
        settings: {
          stock: config.GROUP_STOCK,
          paceMs: config.GROUP_PACE,
          budget: config.GROUP_BUDGET,
          disposal: config.GROUP_DISPOSAL,
          prefix: config.REDIS_PREFIX,
          // What appears on Telegram even later, the sweep deletes.
          intentTimeoutMs: 2 * config.HOST_TIMEOUT,
          ...HOST_DEFAULTS,
        },
        logger,
        events,
        answer: async (name, json) => void (await parts.redis.set(parts.keys.answer(name), json, 'PX', ANSWER_MS)),
        onStocked: () =>
          void parts.waitingSet
            .match()
            .catch((error: unknown) =>
              logger.debug({ event: 'match_failed', error: wordsOf(error) }, 'The next tick matches'),
            ),
      })
      // Telegram may have taken its time: one account must not be used by two.
      if (!holding()) throw new LeaseLostError(leaseNames.host(host))
      actor.start()
      parts.reachableHosts.set(host, { host, ownGroups: () => actor.ownGroups() })
      const consumer = consume(
        { ...parts.consumerDeps('host'), holding },
        {
          mailbox: hostMailbox(host),
          handle: ({ message }) => actor.handle(message),
          concurrency: 16,
          attempts: config.MESSAGE_ATTEMPTS,
        },
      )
      return {
        stop: async () => {
          parts.reachableHosts.delete(host)
          await actor.stop()
          await consumer.stop()
        },
      }
    },
  })
}

/** An account that was reported as spam makes no groups any more, but may still delete those it owns. */
const mayWork = ({ status, lastError }: HostRow): boolean => status !== 'quarantined' || lastError === 'USER_RESTRICTED'

/** One actor for every host account that may work; which process it lives in, the leases decide. */
export const startHosts = (parts: Parts): Running => {
  const kept = new Map<HostId, { lease: KeptLease; limited: boolean }>()
  const stopping = new AbortController()

  const look = async () => {
    const hosts = await parts.tables.hosts.list()
    const able = new Map(hosts.filter(mayWork).map((row) => [row.host, row.status === 'quarantined']))
    for (const [host, one] of kept) {
      // Logged in again: it begins anew, with its new session.
      const revived = one.limited && able.get(host) === false
      one.limited ||= able.get(host) === true
      if (able.has(host) && !revived) continue
      kept.delete(host)
      await one.lease.stop()
    }
    for (const [host, limited] of able) if (!kept.has(host)) kept.set(host, { lease: keepHost(parts, host), limited })
  }
  const run = async () => {
    while (!stopping.signal.aborted) {
      await look().catch((error: unknown) =>
        parts.logger.warn({ event: 'hosts_unknown', error }, 'Could not read the list of hosts; trying again'),
      )
      await systemClock.wait(LOOK_FOR_HOSTS_MS, stopping.signal)
    }
  }
  const running = run()
  return {
    name: 'host',
    stop: async () => {
      stopping.abort()
      await running
      await Promise.all([...kept.values()].map(({ lease }) => lease.stop()))
    },
  }
}
