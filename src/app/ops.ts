import { MAILBOX_ALARM_MS, readBacklog } from '../mailbox/backlog.js'
import { hostMailbox } from '../mailboxes.js'
import { processMetrics } from '../metrics.js'
import { readGauges } from '../ops/gauges.js'
import { liveView } from '../ops/live.js'
import { startOpsServer } from '../ops/server.js'
import { checkDatabase } from '../postgres/database.js'
import { unreadMailboxes } from '../postgres/hosts.js'
import { whyWritesRefused } from '../redis/refused-writes.js'
import type { RunningBot } from './bot.js'
import type { Parts } from './parts.js'

/** How old what Telegram answered may be. */
const TELEGRAM_MS = 10_000

/** What `GET /metrics` answers: how things stand, what this process counted, and how it is itself. */
const metricsOf = (parts: Parts) => async (): Promise<string> => {
  const { config, events } = parts
  const gauges = await readGauges({
    ...parts,
    unreadMailboxes,
    settings: { stock: config.GROUP_STOCK, budget: config.GROUP_BUDGET },
  })
  const texts = [gauges, events.metrics.registry, processMetrics()].map((registry) => registry.metrics())
  return (await Promise.all(texts)).join('\n')
}

/**
 * `/healthz` and `/readyz`: Redis, Postgres, Telegram, the mailboxes and, where the bot runs, whether updates come in,
 * each by name. `/live`: what is going on.
 */
export const startOps = async (parts: Parts, bot?: Pick<RunningBot, 'hears'>) => {
  const { config, redis, keys, db, tables, checkTelegram } = parts
  let telegram: { at: number; words: Promise<string> } | undefined
  const live = liveView({
    ...parts,
    listHosts: () => tables.hosts.list(),
    stockTarget: config.GROUP_STOCK,
    hostBudget: config.GROUP_BUDGET,
    // A local Telegram has a page for people who look; elsewhere they cost nothing until they do.
    remember: config.TELEGRAM_MTPROTO !== undefined,
  })
  const server = await startOpsServer({
    host: config.OPS_HOST,
    port: config.OPS_PORT,
    live: live.read,
    metrics: metricsOf(parts),
    checks: {
      redis: async () => {
        if ((await redis.exists(keys.epoch)) === 0) throw new Error('Redis answers, but is being rebuilt from Postgres')
        await redis.set(keys.probe, Date.now()).catch((error: unknown) => {
          const words = whyWritesRefused(error)
          throw words === undefined ? error : new Error(words)
        })
        return 'answers'
      },
      postgres: async () => {
        await checkDatabase(db)
        return 'answers'
      },
      telegram: () => {
        if (telegram === undefined || Date.now() - telegram.at > TELEGRAM_MS) {
          const words = checkTelegram()
          telegram = { at: Date.now(), words }
          words.catch(() => (telegram = undefined))
        }
        return telegram.words
      },
      ...(bot === undefined ? {} : { updates: bot.hears }),
      mailboxes: async () => {
        const rows = await tables.hosts.list()
        const hosts = rows.map(({ host }) => hostMailbox(host))
        const names = ['room', 'courier', 'ledger', ...hosts] as const
        const backlog = await readBacklog(redis, keys, names, unreadMailboxes(rows))
        const slow = backlog.filter(({ lateMs }) => lateMs > MAILBOX_ALARM_MS)
        if (slow.length > 0)
          throw new Error(
            slow.map(({ mailbox, lateMs }) => `${mailbox} waits for ${Math.round(lateMs / 1_000)} s`).join('; '),
          )
        return backlog.map(({ mailbox, length }) => `${mailbox} ${length}`).join(', ')
      },
    },
  })
  return {
    url: server.url,
    stop: async () => {
      await server.stop()
      await live.stop()
    },
  }
}
