import { startBroadcaster } from '../actors/broadcast.js'
import { createCourier } from '../actors/courier.js'
import { createLedger } from '../actors/ledger.js'
import { createReaper } from '../actors/reaper.js'
import { createRoomActor } from '../actors/room.js'
import { LeaseLostError } from '../errors.js'
import type { UserId } from '../ids.js'
import { consumeBatches } from '../mailbox/batch-consumer.js'
import { consume } from '../mailbox/consumer.js'
import { createLifeline } from '../mailbox/lifeline.js'
import { broadcastMessage } from '../bot/admin/broadcast-message.js'
import { textsFor } from '../bot/texts/index.js'
import { fenceOf } from '../postgres/deployment.js'
import { createLedgerStore } from '../postgres/ledger-store.js'
import { noteChatPause } from '../redis/chat-pauses.js'
import { listenForExpiry } from '../redis/expiry-listener.js'
import { leaseNames } from '../redis/lease-names.js'
import { createPanelStore } from '../redis/panel.js'
import { createRateLimits, type RateLimits } from '../telegram/rate-limits.js'
import { createBroadcastProgress, rememberWords } from './broadcast-progress.js'
import { createAppComposer } from './composer.js'
import type { Parts } from './parts.js'
import type { Running } from './role.js'

/** A lone actor's work passes to another worker within this time after its holder died (I9: within ten seconds). */
export const ACTOR_LEASE_MS = 5_000
const ROOM_CONCURRENCY = 64
/** Bounded by Telegram's 30 a second: what waits for its turn costs only memory. */
const COURIER_CONCURRENCY = 1_000
const LEDGER_BATCH = 500
/** Which part of COURIER_RATE broadcasts use at most. */
const BROADCAST_SHARE = 0.7

const startRooms = (parts: Parts) => {
  const { config, redis, keys, tables, leases } = parts
  const actor = createRoomActor({
    ...parts,
    nicknames: async (users: readonly UserId[]) => {
      const names = await tables.users.names(users)
      return new Map([...names].flatMap(([user, { nickname }]) => (nickname === null ? [] : [[user, nickname]])))
    },
    hostLives: async (host) => (await leases.holder(leaseNames.host(host))) !== undefined,
    settings: { entryMs: config.ROOM_ENTRY_TIMEOUT, idleMs: config.ROOM_IDLE_TIMEOUT, maxAgeMs: config.ROOM_MAX_AGE },
  })
  const consumer = consume(parts.consumerDeps(parts.instance), {
    mailbox: 'room',
    handle: actor.handle,
    lane: actor.lane,
    concurrency: ROOM_CONCURRENCY,
    attempts: config.MESSAGE_ATTEMPTS,
  })
  const lifeline = createLifeline({
    redis,
    keys,
    instance: parts.instance,
    logger: parts.logger,
    events: parts.events,
    consumers: [consumer],
  })
  return {
    stop: async () => {
      await lifeline.stop()
      await consumer.stop()
    },
  }
}

/** The reaper and its ear for expiry events. */
const startReaper = async (parts: Parts) => {
  const reaper = createReaper(parts)
  const connection = parts.openConnection()
  const listener = await listenForExpiry(connection, parts.keys, reaper.expired)
  return {
    stop: async () => {
      listener.stop()
      await reaper.stop()
    },
  }
}

const keepCourier = (parts: Parts) => {
  const { config, events } = parts
  const composer = createAppComposer(parts)
  const paces = createRateLimits({
    overallPerSecond: config.COURIER_RATE,
    personPerSecond: config.COURIER_PERSON_RATE,
    groupPerMinute: config.COURIER_GROUP_RATE,
  })
  const limits: RateLimits = {
    ...paces,
    refused: (forMs, chat) => {
      const everybodyMs = paces.refused(forMs, chat)
      // Only for those who look on: nothing depends on it.
      noteChatPause(parts.redis, parts.keys, { chat, forMs, everybodyMs }).catch(() => undefined)
      return everybodyMs
    },
  }
  return parts.leases.keep({
    name: leaseNames.courier,
    ttlMs: ACTOR_LEASE_MS,
    onHeld: async (_, holding) => {
      const stopping = new AbortController()
      const unreachable = async (user: UserId) => {
        await parts.tables.users.setReachable(user, false)
        await parts.departure(user, { reason: 'blocked_bot' })
      }
      const courier = createCourier({
        bot: parts.bot,
        limits,
        ...composer,
        unreachable,
        attempts: config.MESSAGE_ATTEMPTS,
        events,
        signal: stopping.signal,
        holding,
      })
      const consumer = consume(
        { ...parts.consumerDeps('courier'), holding },
        {
          mailbox: 'courier',
          handle: courier.handle,
          lane: courier.lane,
          concurrency: COURIER_CONCURRENCY,
          attempts: config.MESSAGE_ATTEMPTS,
        },
      )
      const { broadcasts } = parts.tables
      const broadcaster = startBroadcaster({
        broadcasts,
        bot: parts.bot,
        limits,
        perSecond: BROADCAST_SHARE * config.COURIER_RATE,
        compose: (broadcast, language) => broadcastMessage(textsFor(language), broadcast),
        unreachable,
        progress: createBroadcastProgress({
          broadcasts,
          composer: createAppComposer(parts, rememberWords(createPanelStore(parts.redis, parts.keys))),
          bot: parts.bot,
        }),
        answers: parts.checkTelegram,
        events,
        logger: parts.logger,
        signal: stopping.signal,
        holding,
      })
      return {
        stop: async () => {
          consumer.quiet()
          stopping.abort()
          await broadcaster.stopped()
          await consumer.stop()
        },
      }
    },
  })
}

const keepLedger = (parts: Parts) => {
  const { db, events } = parts
  return parts.leases.keep({
    name: leaseNames.ledger,
    ttlMs: ACTOR_LEASE_MS,
    fence: () => fenceOf(db, leaseNames.ledger),
    onHeld: async (token, holding) => {
      const ledger = createLedger({ store: createLedgerStore(db), fence: () => token, events })
      let tellRefused: () => void = () => undefined
      const refused = new Promise<void>((resolve) => (tellRefused = resolve))
      const consumer = consumeBatches(
        { ...parts.consumerDeps('ledger'), holding },
        {
          mailbox: 'ledger',
          handle: (batch) =>
            ledger.apply(batch).catch((error: unknown) => {
              if (error instanceof LeaseLostError) tellRefused()
              throw error
            }),
          size: LEDGER_BATCH,
        },
      )
      return { refused, stop: () => consumer.stop() }
    },
  })
}

/** The actors: rooms in every worker, courier and ledger in one at a time. */
export const startWorker = async (parts: Parts): Promise<Running> => {
  const rooms = startRooms(parts)
  const reaper = await startReaper(parts)
  const courier = keepCourier(parts)
  const ledger = keepLedger(parts)
  return {
    name: 'worker',
    stop: async () => {
      // Rooms first: what they still say, the courier and the ledger carry out, here or elsewhere.
      await Promise.all([reaper.stop(), rooms.stop()])
      await Promise.all([courier.stop(), ledger.stop()])
    },
  }
}
