import { createHost, HOST_DEFAULTS } from '../actors/host.js'
import { systemClock } from '../clock.js'
import { LeaseLostError, wordsOf } from '../errors.js'
import type { HostId } from '../ids.js'
import { consume } from '../mailbox/consumer.js'
import { hostMailbox } from '../mailboxes.js'
import { fenced } from '../postgres/deployment.js'
import { hostsTable } from '../postgres/hosts.js'
import type { KeptLease } from '../redis/leases.js'
import { createHostClient } from '../telegram/gramjs-host-client.js'
import type { Parts } from './parts.js'
import type { Running } from './role.js'

/** How soon a host that was added, or logged in again, is taken up. */
const LOOK_FOR_HOSTS_MS = 3_000
/** For so long a group whose creation was not confirmed is looked for. */
const INTENT_TIMEOUT_MS = 600_000

export const hostLease = (host: HostId): string => `host:${host}`

/** Keeps the lease of one host and works as it while holding. */
const keepHost = (parts: Parts, host: HostId): KeptLease => {
  const { config, logger, events, tables, db } = parts
  return parts.leases.keep({
    name: hostLease(host),
    ttlMs: config.HOST_LEASE,
    onHeld: async (token, holding) => {
      const session = await tables.hosts.session(host)
      if (session === null) throw new Error('this host was removed')
      // What a holder writes about its account is refused once another holds the lease.
      const bot = await parts.bot.me()
      const write = <T>(work: (hosts: ReturnType<typeof hostsTable>) => Promise<T>) =>
        fenced(db, hostLease(host), token, (tx) => work(hostsTable(tx, config.SECRET_KEY)))
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
          intentTimeoutMs: INTENT_TIMEOUT_MS,
          ...HOST_DEFAULTS,
        },
        logger,
        events,
        onStocked: () =>
          void parts.waitingSet
            .match()
            .catch((error: unknown) =>
              logger.debug({ event: 'match_failed', error: wordsOf(error) }, 'The next tick matches'),
            ),
      })
      // Telegram may have taken its time: one account must not be used by two.
      if (!holding()) throw new LeaseLostError(hostLease(host))
      actor.start()
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
          await actor.stop()
          await consumer.stop()
        },
      }
    },
  })
}

/** One actor for every host account that may work; which process it lives in, the leases decide. */
export const startHosts = (parts: Parts): Running => {
  const kept = new Map<HostId, KeptLease>()
  const stopping = new AbortController()

  const look = async () => {
    const hosts = await parts.tables.hosts.list()
    const able = new Set(hosts.filter(({ status }) => status !== 'quarantined').map(({ host }) => host))
    for (const host of able) if (!kept.has(host)) kept.set(host, keepHost(parts, host))
    for (const [host, lease] of kept) {
      if (able.has(host)) continue
      kept.delete(host)
      await lease.stop()
    }
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
      await Promise.all([...kept.values()].map((lease) => lease.stop()))
    },
  }
}
