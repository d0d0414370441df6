import { systemClock } from '../clock.js'
import { createBot, type Bot } from '../bot/bot.js'
import { wordsOf } from '../errors.js'
import type { UserId } from '../ids.js'
import { auditTable } from '../postgres/audit.js'
import { isPostgresAway } from '../postgres/errors.js'
import { leaseNames } from '../redis/lease-names.js'
import { createMatchingPause } from '../redis/matching-pause.js'
import { createPanelStore } from '../redis/panel.js'
import { createAppComposer } from './composer.js'
import type { Parts } from './parts.js'
import type { Running } from './role.js'

/** By long polling only one process may ask for updates. */
const POLLER_LEASE_MS = 5_000

export interface RunningBot extends Running {
  /** Says in words how updates come in. Throws when they do not, although this process is to take them, or nobody is. */
  hears(): Promise<string>
}

/** Updates from Telegram: by webhook in every process with this role, by long polling in one at a time. */
export const startBot = async (parts: Parts, fail: (error: Error) => void): Promise<RunningBot> => {
  const { config, logger, events } = parts
  const audit = auditTable(parts.db)
  const webhook =
    config.BOT_WEBHOOK_URL === undefined || config.BOT_WEBHOOK_SECRET === undefined
      ? undefined
      : {
          url: config.BOT_WEBHOOK_URL,
          secret: config.BOT_WEBHOOK_SECRET,
          host: config.BOT_WEBHOOK_HOST,
          port: config.BOT_WEBHOOK_PORT,
        }
  const endBan = async (user: UserId): Promise<void> => {
    const lift = (one: UserId) => parts.waitingSet.liftBan(one, { over: true })
    await parts.tables.bans.end(lift, { user }).catch((error: unknown) => {
      // Redis refuses them until Postgres can say whether it is over.
      if (!isPostgresAway(error)) throw error
    })
  }
  const create = () => {
    const bot = createBot({
      settings: {
        token: config.BOT_TOKEN,
        apiRoot: config.TELEGRAM_API_ROOT,
        adminIds: config.ADMIN_IDS,
        gate: {
          channels: config.REQUIRED_CHANNELS,
          onError: config.GATE_ON_ERROR,
          cacheYesMs: config.GATE_CACHE_YES,
          cacheNoMs: config.GATE_CACHE_NO,
        },
        activityMs: config.ACTIVITY_INTERVAL,
        webhook,
      },
      api: parts.bot,
      users: parts.tables.users,
      bans: parts.tables.bans,
      endBan,
      audit,
      broadcasts: parts.tables.broadcasts,
      panelStore: createPanelStore(parts.redis, parts.keys),
      rooms: parts.rooms,
      waitingSet: parts.waitingSet,
      matchingPause: createMatchingPause({ ...parts, deployment: parts.tables.deployment, audit }),
      departure: parts.departure,
      protectedAs: parts.protectedAs,
      composer: createAppComposer(parts),
      tell: parts.tell,
      clock: systemClock,
      logger,
      events,
    })
    bot.ended.catch((error: unknown) => fail(error instanceof Error ? error : new Error(wordsOf(error))))
    return bot
  }

  if (webhook !== undefined) {
    const bot = create()
    await bot.start()
    const hears = async () => {
      if (!bot.ready()) throw new Error('Telegram does not know the webhook yet')
      return 'by webhook'
    }
    return { name: 'bot', stop: bot.stop, hears }
  }
  let polling: Bot | undefined
  const lease = parts.leases.keep({
    name: leaseNames.poller,
    ttlMs: POLLER_LEASE_MS,
    onHeld: async () => {
      const bot = create()
      polling = bot
      // Not awaited: a Telegram that does not answer must not keep the lease from being renewed.
      bot.start().catch((error: unknown) => fail(error instanceof Error ? error : new Error(wordsOf(error))))
      return {
        stop: async () => {
          polling = undefined
          await bot.stop()
        },
      }
    },
  })
  const hears = async () => {
    if (polling?.ready() === true) return 'by polling'
    if (polling) throw new Error('polling does not go well')
    if ((await parts.leases.holder(leaseNames.poller)) === undefined) throw new Error('no process polls')
    return 'another process polls'
  }
  return { name: 'bot', stop: lease.stop, hears }
}
