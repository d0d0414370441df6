import { TelegramError as TelegrafError } from 'telegraf'
import { TelegramError, type TelegramErrorCode } from './errors.js'

/** 403 texts that speak about a group; every other 403 is about a person who cannot be written to. */
const GONE_403 = /kicked|not a member|group chat was deleted|chat was deleted|CHANNEL_PRIVATE/i
const GONE_400 = /chat not found|CHANNEL_PRIVATE|CHANNEL_INVALID|chat was deleted|group chat was deactivated/i
/** 400 texts that mean that a person is out of reach for good. */
const UNREACHABLE_400 = /user is deactivated|USER_DEACTIVATED|INPUT_USER_DEACTIVATED|user not found|PEER_ID_INVALID/i

const isPrivateChat = (chat: unknown): boolean => Number(chat) > 0

const codeOf = (status: number, description: string, chat: unknown): TelegramErrorCode => {
  if (status === 429) return 'telegram_rate_limited'
  if (status >= 500) return 'telegram_unavailable'
  // An unknown token answers a bare "Not Found"; an unknown method says so.
  if (status === 401 || (status === 404 && !/method/i.test(description))) return 'telegram_unauthorized'
  if (status === 403) return GONE_403.test(description) ? 'telegram_gone' : 'telegram_forbidden'
  if (isPrivateChat(chat) && (GONE_400.test(description) || UNREACHABLE_400.test(description)))
    return 'telegram_forbidden'
  if (GONE_400.test(description)) return 'telegram_gone'
  return 'telegram_rejected'
}

/** Fallback when Telegram says 429 without saying how long: its shortest usual answer. */
const DEFAULT_RETRY_AFTER_S = 1

/**
 * What a failed call through Telegraf means. `chat` is the call's chat_id, which tells a person who is out of reach
 * from a group that is gone. Network errors carry the address with the token in their words, so those words are not kept.
 */
export const classifyBotApiError = (error: unknown, method: string, chat?: unknown): TelegramError => {
  if (error instanceof TelegramError) return error
  if (error instanceof TelegrafError) {
    const { code: status, description } = error
    const code = codeOf(status, description, chat)
    const retryAfterMs = (error.parameters?.retry_after ?? DEFAULT_RETRY_AFTER_S) * 1000
    return new TelegramError(code, method, description, code === 'telegram_rate_limited' ? retryAfterMs : 0)
  }
  const { name, code } = (typeof error === 'object' ? error : {}) as { name?: string; code?: string }
  const words = name === 'AbortError' ? 'no answer in time' : `the network failed (${code ?? name ?? 'unknown'})`
  return new TelegramError('telegram_unavailable', method, words)
}
