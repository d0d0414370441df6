import { LRUCache } from 'lru-cache'
import type { ChatId, UserId } from '../ids.js'
import { wordsOf } from '../errors.js'
import type { Logger } from '../logger.js'
import type { BotRights, MemberStatus } from '../telegram/bot-api.js'
import type { ShownChannel } from './notices/answers.js'

/** A required channel as configured: @name or -100… id. */
export type Channel = ChatId | `@${string}`

export interface GateApi {
  memberStatus(chat: Channel, user: UserId): Promise<MemberStatus>
  botRights(chat: Channel): Promise<BotRights>
  chatInfo(chat: Channel): Promise<{ title: string; username: string | undefined; inviteLink?: string | undefined }>
}

export interface GateSettings {
  readonly channels: readonly Channel[]
  /** Who may pass while Telegram does not answer. */
  readonly onError: 'open' | 'closed'
  readonly cacheYesMs: number
  readonly cacheNoMs: number
}

export type GateAnswer =
  | { state: 'open' }
  | { state: 'missing'; channels: readonly ShownChannel[] }
  /** Telegram did not answer, and the policy is to let nobody in then. */
  | { state: 'unavailable' }

const REMEMBERED = 50_000
const TITLES_FOR_MS = 3_600_000

/** Lets those search who subscribed to every required channel. Answers are remembered for a while, in this process. */
export const createGate = ({ api, settings, logger }: { api: GateApi; settings: GateSettings; logger: Logger }) => {
  const missingOf = new LRUCache<UserId, readonly Channel[]>({ max: REMEMBERED })
  const shown = new LRUCache<Channel, ShownChannel>({ max: 100, ttl: TITLES_FOR_MS })
  /** Grows when Telegram reports a change: an answer asked for before that is not remembered. */
  let changes = 0

  const show = async (channel: Channel): Promise<ShownChannel> => {
    const known = shown.get(channel)
    if (known) return known
    const byName = channel.startsWith('@') ? { url: `https://t.me/${channel.slice(1)}` } : {}
    try {
      const { title, username, inviteLink } = await api.chatInfo(channel)
      const url = username === undefined ? inviteLink : `https://t.me/${username}`
      const answer = { title: title || channel, ...(url === undefined ? byName : { url }) }
      shown.set(channel, answer)
      return answer
    } catch {
      return { title: channel, ...byName }
    }
  }

  const askTelegram = async (user: UserId): Promise<readonly Channel[]> => {
    const before = changes
    const statuses = await Promise.all(settings.channels.map((channel) => api.memberStatus(channel, user)))
    const missing = settings.channels.filter((_, index) => statuses[index] !== 'in')
    const ttl = missing.length === 0 ? settings.cacheYesMs : settings.cacheNoMs
    if (before === changes) missingOf.set(user, missing, { ttl })
    return missing
  }

  return {
    /** `afresh`: the person says that they have subscribed now, so a remembered no is asked again. */
    check: async (user: UserId, { afresh = false } = {}): Promise<GateAnswer> => {
      if (settings.channels.length === 0) return { state: 'open' }
      try {
        const known = missingOf.get(user)
        const usable = known !== undefined && !(afresh && known.length > 0)
        const missing = usable ? known : await askTelegram(user)
        if (missing.length === 0) return { state: 'open' }
        return { state: 'missing', channels: await Promise.all(missing.map(show)) }
      } catch (error) {
        logger.warn(
          { event: 'gate_error', error, policy: settings.onError },
          'A subscription could not be checked; the policy for errors decides',
        )
        return { state: settings.onError === 'open' ? 'open' : 'unavailable' }
      }
    },

    /** Somebody's membership of a channel changed; without a person, the bot's own. Other channels are ignored. */
    changed: (channel: { id: ChatId; username?: string | undefined }, user?: UserId): void => {
      const name = channel.username === undefined ? undefined : `@${channel.username.toLowerCase()}`
      if (!settings.channels.some((own) => own === channel.id || own.toLowerCase() === name)) return
      changes++
      if (user === undefined) missingOf.clear()
      else missingOf.delete(user)
    },

    /**
     * Looks whether the bot is an administrator of each channel: otherwise Telegram's answers about subscribers are not
     * reliable. Says so in the log, and gives the channels where something is wrong.
     */
    checkChannels: async (): Promise<readonly Channel[]> => {
      const faulty: Channel[] = []
      for (const channel of settings.channels) {
        try {
          const { admin } = await api.botRights(channel)
          if (admin) {
            logger.info({ event: 'gate_channel', channel }, 'The bot is an administrator of the required channel')
            continue
          }
          logger.error(
            { event: 'gate_channel', channel },
            'The bot is not an administrator of this required channel: make it one, or subscriptions cannot be checked',
          )
        } catch (error) {
          logger.error(
            { event: 'gate_channel', channel, reason: wordsOf(error) },
            'This required channel could not be checked: is its name right, and is the bot an administrator there?',
          )
        }
        faulty.push(channel)
      }
      return faulty
    },
  }
}
export type Gate = ReturnType<typeof createGate>
