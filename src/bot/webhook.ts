import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Telegraf } from 'telegraf'
import type { Clock } from '../clock.js'
import { VisavisError } from '../errors.js'
import type { Logger } from '../logger.js'
import { classifyBotApiError } from '../telegram/bot-api-errors.js'
import { limitCalls } from './call-limits.js'
import { ALLOWED_UPDATES } from './updates.js'

export interface WebhookSettings {
  /** The public address; its path is the one that is served here. */
  readonly url: string
  readonly secret: string
  readonly host: string
  readonly port: number
}

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 15_000
/** Telegram's greatest number of connections to one webhook: replicas share them. */
const CONNECTIONS = 100

/**
 * Serves the webhook, then tells Telegram where it is. Any number of replicas may do this side by side. Requests without
 * the secret token are refused. Rejects when the port is taken; `ended` rejects when the token is refused.
 */
export const startWebhook = async (deps: {
  bot: Telegraf
  settings: WebhookSettings
  clock: Clock
  logger: Logger
  serving: (well: boolean) => void
}) => {
  const { bot, settings, clock, logger, serving } = deps
  const { pathname, search } = new URL(settings.url)
  const handle = bot.webhookCallback(pathname + search, { secretToken: settings.secret })
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      logger.warn({ event: 'webhook_failed', error }, 'A request of the webhook failed')
      if (!response.headersSent) response.statusCode = 500
      response.end()
    })
  })

  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE'
      reject(
        new VisavisError(
          'webhook_port',
          `The webhook cannot listen on ${settings.host}:${settings.port}: ${taken ? 'the port is taken; set BOT_WEBHOOK_PORT to a free one' : cause.message}.`,
          { cause },
        ),
      )
    })
    server.listen(settings.port, settings.host, resolve)
  })

  const stopping = new AbortController()
  limitCalls(bot, stopping.signal)
  const announce = async () => {
    let pauseMs = FIRST_PAUSE_MS
    while (!stopping.signal.aborted) {
      try {
        await bot.telegram.setWebhook(settings.url, {
          secret_token: settings.secret,
          allowed_updates: [...ALLOWED_UPDATES],
          max_connections: CONNECTIONS,
        })
        logger.info({ event: 'webhook_set' }, 'Telegram sends updates to the webhook')
        return serving(true)
      } catch (error) {
        if (stopping.signal.aborted) return
        const failure = classifyBotApiError(error, 'setWebhook')
        if (failure.code === 'telegram_unauthorized') throw failure
        logger.warn({ event: 'webhook_failed', error: failure, pauseMs }, 'The webhook could not be set; trying again')
        await clock.wait(Math.max(pauseMs, failure.retryAfterMs), stopping.signal)
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
      }
    }
  }
  const announced = announce()

  return {
    ended: announced,
    port: (server.address() as AddressInfo).port,
    /** Answers what is being handled, then closes. The webhook stays set: other replicas serve it. */
    stop: async (): Promise<void> => {
      stopping.abort()
      serving(false)
      await announced.catch(() => undefined)
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
      })
    },
  }
}
