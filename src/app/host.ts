import { createHost, HOST_DEFAULTS } from '../actors/host.js'
import { systemClock } from '../clock.js'
import type { Config } from '../config.js'
import { LeaseLostError, wordsOf } from '../errors.js'
import type { ChatId, HostId } from '../ids.js'
import { consume } from '../mailbox/consumer.js'
import { hostMailbox } from '../mailboxes.js'
import type { Connection } from '../postgres/database.js'
import { fenced, fenceOf } from '../postgres/deployment.js'
import { groupsTable, type GroupId, type GroupsTable } from '../postgres/groups.js'
import { hostsTable, type HostsTable } from '../postgres/hosts.js'
import { createGroups } from '../redis/groups.js'
import { leaseNames } from '../redis/lease-names.js'
import type { KeptLease } from '../redis/leases.js'
import { createHostClient } from '../telegram/gramjs-host-client.js'
import type { Parts } from './parts.js'
import type { Running } from './role.js'

/** How soon a host that was added, or logged in again, is taken up. */
const LOOK_FOR_HOSTS_MS = 3_000

/** For how long an answer to an operator's question lies there. */
const ANSWER_MS = 60_000

/** What the stores of a host are made of. */
export interface FencedParts extends Pick<Parts, 'redis' | 'keys' | 'instance' | 'db'> {
  readonly config: Pick<Config, 'SECRET_KEY'>
  readonly tables: Pick<Parts['tables'], 'groups' | 'hosts'>
}

/**
 * The stores of the actor that holds the lease of `host` by `token`: whatever it writes about its account and its
 * groups is refused with LeaseLostError once another holds the lease. Reads are not fenced, so each is named.
 */
export const fencedStores = (parts: FencedParts, host: HostId, token: string) => {
  const { config, redis, keys, instance, tables, db } = parts
  const write = <T>(work: (tx: Connection) => Promise<T>) => fenced(db, leaseNames.host(host), token, work)
  const writeAccount = <T>(work: (hosts: HostsTable) => Promise<T>) =>
    write((tx) => work(hostsTable(tx, config.SECRET_KEY)))
  const writeGroup = <T>(work: (groups: GroupsTable) => Promise<T>) => write((tx) => work(groupsTable(tx)))
  return {
    stock: createGroups(redis, keys, { holder: instance, token }),
    groups: {
      byChat: tables.groups.byChat,
      preparing: tables.groups.preparing,
      disposing: tables.groups.disposing,
      liveOf: tables.groups.liveOf,
      intendUnless: (...intent: Parameters<GroupsTable['intendUnless']>) =>
        writeGroup((groups) => groups.intendUnless(...intent)),
      located: (group: GroupId, chat: ChatId, accessHash: string) =>
        writeGroup((groups) => groups.located(group, chat, accessHash)),
      setStatus: (group: GroupId, status: 'disposing' | 'deleted' | 'lost') =>
        writeGroup((groups) => groups.setStatus(group, status)),
    },
    accounts: {
      get: tables.hosts.get,
      spendBudget: (of: HostId, max: number) => writeAccount((hosts) => hosts.spendBudget(of, max)),
      returnBudget: (of: HostId) => writeAccount((hosts) => hosts.returnBudget(of)),
      flood: (of: HostId, until: number, reason: string) => writeAccount((hosts) => hosts.flood(of, until, reason)),
      quarantine: (of: HostId, reason: string) => writeAccount((hosts) => hosts.quarantine(of, reason)),
    },
  }
}

/** Keeps the lease of one host and works as it while holding. */
const keepHost = (parts: Parts, host: HostId): KeptLease => {
  const { config, logger, events, tables } = parts
  return parts.leases.keep({
    name: leaseNames.host(host),
    ttlMs: config.HOST_LEASE,
    fence: () => fenceOf(parts.db, leaseNames.host(host)),
    onHeld: async (token, holding) => {
      const session = await tables.hosts.session(host)
      if (session === null) throw new Error('this host was removed')
      const bot = await parts.bot.me()
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
        ...fencedStores(parts, host, token),
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
        refused: actor.refused,
        stop: async () => {
          parts.reachableHosts.delete(host)
          await actor.stop()
          await consumer.stop()
        },
      }
    },
  })
}

/** One actor for every host account that may work; which process it lives in, the leases decide. */
export const startHosts = (parts: Parts): Running => {
  const kept = new Map<HostId, { lease: KeptLease; loginAt: number }>()
  const stopping = new AbortController()

  const look = async () => {
    const hosts = await parts.tables.hosts.list()
    const able = new Map(hosts.filter(({ mayWork }) => mayWork).map(({ host, loginAt }) => [host, loginAt]))
    for (const [host, one] of kept) {
      // Logged in again: it begins anew, with its new session.
      if (able.get(host) === one.loginAt) continue
      kept.delete(host)
      await one.lease.stop()
    }
    for (const [host, loginAt] of able) if (!kept.has(host)) kept.set(host, { lease: keepHost(parts, host), loginAt })
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
