import { createBotApi, type BotApi } from '../telegram/bot-api.js'
import type { Context } from './context.js'
import { wordsFor } from './failures.js'

/** Somebody waits at a terminal. */
const TIMEOUT_MS = 2_500

/** What Telegram says to the bot's token. */
export interface BotAnswer {
  /** `skipped`: no token is set where the command runs. */
  readonly state: 'ok' | 'bad' | 'skipped'
  readonly words: string
}

/** The Bot API with the token of the settings; undefined when none is set here. */
export const openBot = (context: Context): BotApi | undefined => {
  if (!context.settings.has('BOT_TOKEN')) return undefined
  const config = context.settings.read('BOT_TOKEN', 'TELEGRAM_API_ROOT')
  return createBotApi({ token: config.BOT_TOKEN, apiRoot: config.TELEGRAM_API_ROOT, timeoutMs: TIMEOUT_MS })
}

/** Asks Telegram whether the token works. Never rejects. */
export const askBot = async (context: Context): Promise<BotAnswer> => {
  try {
    const bot = openBot(context)
    if (bot === undefined) return { state: 'skipped', words: 'not asked: BOT_TOKEN is not set here' }
    return { state: 'ok', words: `answers as @${(await bot.me()).username}` }
  } catch (error) {
    return { state: 'bad', words: wordsFor(error) }
  }
}
