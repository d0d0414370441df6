import { systemClock } from '../clock.js'
import { createBot } from '../bot/bot.js'
import { wordsOf } from '../errors.js'
import { auditTable } from '../postgres/audit.js'
import { broadcastsTable } from '../postgres/broadcasts.js'
import { createPanelStore } from '../redis/panel.js'
import { createAppComposer } from './composer.js'
import type { Parts } from './parts.js'
import type { Running } from './role.js'

/** By long polling only one process may ask for updates. */
const POLLER_LEASE_MS = 5_000

/** Updates from Telegram: by webhook in every process with this role, by long polling in one at a time. */
export const startBot = async (parts: Parts, fail: (error: Error) => void): Promise<Running> => {
  const { config, logger, events } = parts
  const webhook =
    config.BOT_WEBHOOK_URL === undefined || config.BOT_WEBHOOK_SECRET === undefined
      ? undefined
      : {
          url: config.BOT_WEBHOOK_URL,
          secret: config.BOT_WEBHOOK_SECRET,
          host: config.BOT_WEBHOOK_HOST,
          port: config.BOT_WEBHOOK_PORT,
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
      deployment: parts.tables.deployment,
      audit: auditTable(parts.db),
      broadcasts: broadcastsTable(parts.db),
      panelStore: createPanelStore(parts.redis, parts.keys),
      rooms: parts.rooms,
      waitingSet: parts.waitingSet,
      departure: parts.departure,
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
    return { name: 'bot', stop: bot.stop }
  }
  const lease = parts.leases.keep({
    name: 'poller',
    ttlMs: POLLER_LEASE_MS,
    onHeld: async () => {
      const bot = create()
      // Not awaited: a Telegram that does not answer must not keep the lease from being renewed.
      bot.start().catch((error: unknown) => fail(error instanceof Error ? error : new Error(wordsOf(error))))
      return { stop: bot.stop }
    },
  })
  return { name: 'bot', stop: lease.stop }
}
