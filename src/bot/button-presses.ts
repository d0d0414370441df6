import type { Context, MiddlewareFn, NarrowedContext } from 'telegraf'
import type { CallbackQuery, Update } from 'telegraf/types'
import type { Logger } from '../logger.js'
import type { BotApi } from '../telegram/bot-api.js'
import { PANEL_PREFIX } from './admin/actions.js'
import { isAction, type Action } from './buttons.js'
import type { Commands } from './commands/index.js'
import type { Asked, People } from './people.js'
import { textsFor } from './texts/index.js'

export interface ButtonDeps {
  readonly people: People
  readonly commands: Commands
  readonly api: Pick<BotApi, 'answerCallback'>
  readonly logger: Logger
}

type PressContext = NarrowedContext<Context, Update.CallbackQueryUpdate>

/**
 * Button presses. The button says what, never whom or what for: that is looked up. Every press is answered, also those
 * of buttons that no longer exist, and pressing twice does no harm.
 */
export const createButtons = ({ people, commands, api, logger }: ButtonDeps): MiddlewareFn<PressContext> => {
  const { registration, byName } = commands

  const act = async (asked: Asked, action: Action, query: CallbackQuery): Promise<string | undefined> => {
    switch (action) {
      case 'find':
      case 'next':
      case 'stop':
        await byName[action](asked)
        return undefined
      case 'subscribed':
        return (await commands.subscribed(asked)) === 'not_yet'
          ? textsFor(asked.profile.language).say('gate.not_yet')
          : undefined
      case 'gender:female':
        await registration.chooseGender(asked, 'female')
        return undefined
      case 'gender:male':
        await registration.chooseGender(asked, 'male')
        return undefined
      case 'gender:other':
        await registration.chooseGender(asked, 'other')
        return undefined
      case 'name:auto':
        await registration.chooseForThem(asked)
        return undefined
      case 'edit:gender':
        await registration.editGender(asked)
        return undefined
      case 'edit:name':
        await registration.editNickname(asked)
        return undefined
      case 'mailings:on':
      case 'mailings:off':
        await commands.setMailings(asked, action === 'mailings:on')
        return undefined
      case 'admin':
        if (query.message) await commands.panel.refresh(asked.user, query.message.message_id)
        return undefined
    }
  }

  return async (ctx) => {
    const query = ctx.callbackQuery
    let text: string | undefined
    try {
      const isPrivate = query.message?.chat.type === 'private'
      if (isPrivate && 'data' in query && isAction(query.data))
        text = await act(await people.meet(ctx.from, ctx.update.update_id), query.data, query)
      else if (isPrivate && query.message && 'data' in query && query.data.startsWith(PANEL_PREFIX)) {
        const asked = await people.meet(ctx.from, ctx.update.update_id)
        text = await commands.panel.press(asked, query.message.message_id, query.data.slice(PANEL_PREFIX.length))
      }
    } finally {
      // Only stops the button's spinner (or shows the text): nobody's turn waits for it.
      api.answerCallback(query.id, text, text !== undefined).catch((error: unknown) => {
        logger.debug({ event: 'callback_unanswered', error }, 'A button press could not be answered')
      })
    }
  }
}
