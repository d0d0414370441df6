import type { ChatId } from '../ids.js'
import { LINK_MARGIN_MS } from '../redis/rooms.js'
import { isTelegramError } from '../telegram/errors.js'
import type { RoomActorDeps } from './room-parts.js'

type Deps = Pick<RoomActorDeps, 'bot' | 'logger'> & { settings: Pick<RoomActorDeps['settings'], 'entryMs'> }

/**
 * Makes the link that a room's two people come in by. It is revoked when both are in or their time is over; that
 * Telegram ends it as well, soon after, is for the case that nobody can revoke it. So where Telegram does not take the
 * date, its clock being far from what is known of it, there is a link all the same.
 */
export const createLinkMaker = ({ bot, logger, settings }: Deps): ((chat: ChatId) => Promise<string>) => {
  let warned = false
  return async (chat) => {
    try {
      return await bot.createJoinRequestLink(chat, { livesMs: settings.entryMs + LINK_MARGIN_MS })
    } catch (error) {
      if (!isTelegramError(error, 'telegram_rejected') || !/EXPIRE_DATE_INVALID/.test(error.description)) throw error
      if (!warned)
        logger.warn(
          { event: 'link_without_end', error },
          'Telegram takes no end for a link: see the clocks with "visavis doctor"',
        )
      warned = true
      return bot.createJoinRequestLink(chat)
    }
  }
}
