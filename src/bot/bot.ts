import { Telegraf } from 'telegraf'
import type { Clock } from '../clock.js'
import type { Events } from '../events.js'
import type { UserId } from '../ids.js'
import type { Logger } from '../logger.js'
import type { AuditTable } from '../postgres/audit.js'
import type { BansTable } from '../postgres/bans.js'
import type { BroadcastsTable } from '../postgres/broadcasts.js'
import type { UsersTable } from '../postgres/users.js'
import type { Departure } from '../redis/departure.js'
import type { MatchingPause } from '../redis/matching-pause.js'
import type { PanelStore } from '../redis/panel.js'
import type { Rooms } from '../redis/rooms.js'
import type { WaitingSet } from '../redis/waiting-set.js'
import type { BotApi } from '../telegram/bot-api.js'
import { isTelegramError } from '../telegram/errors.js'
import { createActivity } from './activity.js'
import type { PanelAction } from './admin/actions.js'
import type { PanelDeps } from './admin/panel.js'
import { announceCommands } from './announce.js'
import { createCommands, type CommandDeps } from './commands/index.js'
import type { Composer } from './composer.js'
import { createFailed } from './failures.js'
import { createGate, type GateApi, type GateSettings } from './gate.js'
import { createMemberships } from './memberships.js'
import { createPeople } from './people.js'
import { startPolling } from './polling.js'
import { createRoutes } from './routes.js'
import { createSay, type Tell } from './say.js'
import { createUpdates } from './updates.js'
import { startWebhook, type WebhookSettings } from './webhook.js'

export interface BotSettings {
  readonly token: string
  readonly apiRoot?: string | undefined
  readonly adminIds: readonly UserId[]
  readonly gate: GateSettings
  /** How often a room's lease is renewed at most while people write. */
  readonly activityMs: number
  /** Present: updates come by webhook; absent: by long polling. */
  readonly webhook?: WebhookSettings | undefined
}

export interface BotDeps {
  readonly settings: BotSettings
  readonly api: BotApi & GateApi
  readonly users: UsersTable
  readonly rooms: Rooms
  readonly waitingSet: WaitingSet
  readonly matchingPause: MatchingPause
  readonly departure: Departure
  readonly protectedAs: PanelDeps['protectedAs']
  readonly bans: BansTable
  readonly endBan: CommandDeps['endBan']
  readonly audit: AuditTable
  readonly broadcasts: BroadcastsTable
  readonly panelStore: PanelStore<PanelAction>
  readonly composer: Composer
  readonly tell: Tell
  readonly clock: Clock
  readonly logger: Logger
  readonly events: Pick<Events, 'registered'>
}

/** How long a batch of updates waits for its slowest handler before the next one is asked for. */
const PATIENCE_MS = 3_000
/** Beyond everything a handler waits for; Telegraf's own limit would end the polling. */
const HANDLER_TIMEOUT_MS = 60_000
const LONGEST_PAUSE_MS = 15_000

/**
 * The bot as an edge: turns updates into scripts and messages. `start` resolves when updates may come in; with long
 * polling only the holder of the bot's lease may call it. `ended` rejects with TelegramError `telegram_unauthorized`
 * when Telegram refuses the token: nothing but another token helps then.
 */
export const createBot = (deps: BotDeps) => {
  const { settings, api, clock, logger } = deps
  const say = createSay(deps.tell)
  const gate = createGate({ api, settings: settings.gate, logger })
  const commands = createCommands({ ...deps, adminIds: settings.adminIds, gate, say })
  const failed = createFailed({ say, logger })
  const updates = createUpdates({ clock, patienceMs: PATIENCE_MS, failed })

  const bot = new Telegraf(settings.token, {
    handlerTimeout: HANDLER_TIMEOUT_MS,
    telegram: {
      ...(settings.apiRoot === undefined ? {} : { apiRoot: settings.apiRoot }),
      // Answers to a webhook carry no method calls: whether those worked could not be seen.
      webhookReply: false,
    },
  })
  bot.catch(failed)
  bot.use(updates.middleware)
  bot.use(
    createRoutes({
      people: createPeople(deps.users),
      commands,
      memberships: createMemberships({ tell: deps.tell, gate, users: deps.users, departure: deps.departure }),
      activity: createActivity({ rooms: deps.rooms, intervalMs: settings.activityMs }),
      say,
      api,
      logger,
    }),
  )

  const stopping = new AbortController()
  let ready = false
  const setReady = (well: boolean) => {
    ready = well
  }
  let end: { resolve: () => void; reject: (error: unknown) => void }
  const ended = new Promise<void>((resolve, reject) => (end = { resolve, reject }))
  // Whoever does not listen learns of it from `start` or not at all; a rejection must not end the process.
  ended.catch(() => undefined)
  let transport: { ended: Promise<void>; stop: () => Promise<void> } | undefined

  /** Who the bot is; asks until Telegram answers. */
  const introduce = async (): Promise<void> => {
    for (let pauseMs = 500; !stopping.signal.aborted; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        const { id, username } = await api.me()
        bot.botInfo = {
          id: Number(id),
          is_bot: true,
          first_name: username,
          username,
          can_join_groups: true,
          can_read_all_group_messages: false,
          supports_inline_queries: false,
        }
        return
      } catch (error) {
        if (isTelegramError(error, 'telegram_unauthorized')) throw error
        logger.warn({ event: 'telegram_unreachable', error, pauseMs }, 'Telegram does not answer; trying again')
        await clock.wait(pauseMs, stopping.signal)
      }
    }
  }

  const start = async (): Promise<void> => {
    await introduce()
    if (stopping.signal.aborted) return
    const { webhook } = settings
    const common = { bot, clock, logger }
    const started = webhook
      ? await startWebhook({ ...common, settings: webhook, serving: setReady })
      : startPolling({ ...common, polling: setReady })
    transport = started
    // With a webhook this ends as soon as Telegram knows the address, and serving goes on.
    started.ended.catch((error: unknown) => end.reject(error))
    void announceCommands({ bot, api, logger })
    void gate.checkChannels()
    logger.info(
      { event: 'bot_started', bot: bot.botInfo?.username, by: webhook ? 'webhook' : 'polling' },
      'The bot takes updates',
    )
  }

  return {
    /** Rejects when the token is refused or the webhook's port is taken. */
    start,
    /** Takes no more updates; resolves when everything taken is handled. */
    stop: async (): Promise<void> => {
      stopping.abort()
      await transport?.stop()
      await updates.idle()
      end.resolve()
    },
    ended,
    /** Whether updates come in, for /readyz. */
    ready: (): boolean => ready,
    gate,
    /** For tests and for other sources of updates. */
    handleUpdate: (update: Parameters<Telegraf['handleUpdate']>[0]): Promise<void> => bot.handleUpdate(update),
  }
}
export type Bot = ReturnType<typeof createBot>
