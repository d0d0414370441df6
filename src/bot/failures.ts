import type { Context } from 'telegraf'
import { RebuildingError, VisavisError } from '../errors.js'
import { userId } from '../ids.js'
import type { Logger } from '../logger.js'
import type { Say } from './say.js'

/** Whether somebody waits for an answer: wrote in private, pressed a button, or gave a command in a group. */
const isAsked = (ctx: Context): boolean => {
  if (ctx.callbackQuery) return true
  const message = ctx.message
  if (!message || !ctx.chat) return false
  return ctx.chat.type === 'private' || ('text' in message && message.text.startsWith('/'))
}

/**
 * What happens when a handler fails. Never throws: an error that reached Telegraf would end the polling and confirm the
 * whole batch. The person is told, if they wait for an answer.
 */
export const createFailed =
  ({ say, logger }: { say: Say; logger: Logger }) =>
  async (error: unknown, ctx: Context): Promise<void> => {
    try {
      const rebuilding = error instanceof RebuildingError
      const entry = { event: 'update_failed', kind: ctx.updateType, update: ctx.update.update_id, error }
      if (rebuilding) logger.info(entry, 'An update came while Redis is being rebuilt')
      else if (error instanceof VisavisError && error.retryable) logger.warn(entry, 'An update could not be handled')
      else logger.error(entry, 'An update could not be handled')
      if (ctx.from && !ctx.from.is_bot && isAsked(ctx))
        await say(userId(ctx.from.id), rebuilding ? 'rebuilding' : 'trouble')
    } catch (second) {
      logger.error({ event: 'update_failed', error: second }, 'A failed update could not be answered either')
    }
  }
