import type { Telegraf } from 'telegraf'
import type { Logger } from '../logger.js'
import type { BotApi } from '../telegram/bot-api.js'
import { classifyBotApiError } from '../telegram/bot-api-errors.js'
import { LANGUAGES, textsFor, type LanguageCode } from './texts/index.js'

/** Telegram shows the texts without a language to everybody whose language has none of its own. */
const DEFAULT_LANGUAGE: LanguageCode = 'en'
const SHOWN = ['find', 'next', 'stop', 'profile', 'help', 'privacy'] as const

/** Gives Telegram the list of commands and the bot's description in every language. What fails is only logged. */
export const announceCommands = async (deps: {
  bot: Telegraf
  api: Pick<BotApi, 'setCommands'>
  logger: Logger
}): Promise<void> => {
  const { bot, api, logger } = deps
  for (const language of Object.keys(LANGUAGES) as LanguageCode[]) {
    const texts = textsFor(language)
    const commands = SHOWN.map((command) => ({ command, description: texts.say(`command.${command}`) }))
    const code = language === DEFAULT_LANGUAGE ? undefined : language
    try {
      await api.setCommands(commands, code === undefined ? {} : { language: code })
      await bot.telegram.setMyDescription(texts.say('about.long'), code)
      await bot.telegram.setMyShortDescription(texts.say('about.short'), code)
    } catch (error) {
      const failure = classifyBotApiError(error, 'setMyCommands')
      logger.warn(
        { event: 'commands_not_announced', language, error: failure },
        'The list of commands could not be set',
      )
    }
  }
}
