import type { ChatId, UserId } from '../ids.js'
import { hasEntered, isMember } from '../redis/rooms.js'
import { isTelegramError } from '../telegram/errors.js'
import type { RoomActorDeps } from './room-parts.js'

/**
 * Who comes into a group, who leaves it, and who must not be there (I7). The group says which room it is about; what
 * a person's membership is now, Telegram is asked.
 */
export const createDoor = ({ rooms, groups, bot, tell, hostUser, logger }: RoomActorDeps) => {
  /** A group that vanished is not this message's business: its room is told by its own messages. */
  const unlessGone = async (work: Promise<unknown>): Promise<void> => {
    try {
      await work
    } catch (error) {
      if (!isTelegramError(error, 'telegram_gone')) throw error
    }
  }

  /** Out, but not banned: the same group may be made for that person one day. */
  const showOut = async (chat: ChatId, user: UserId): Promise<void> => {
    await bot.removeMember(chat, user)
    await bot.liftBan(chat, user)
  }

  return {
    /** Somebody asks to come in. The link may have been forwarded: only the two are approved, by their ids. */
    knock: async (chat: ChatId, user: UserId): Promise<void> => {
      // Not a group of ours: whoever runs it decides.
      if ((await groups.place(chat)) === undefined) return
      const room = await rooms.roomIn(chat)
      if (!room || room.stage === 'closing' || !isMember(room, user)) {
        logger.info({ event: 'knock_declined', room: room?.id }, 'Declined somebody at the door of a group')
        return unlessGone(bot.decline(chat, user))
      }
      await unlessGone(
        bot.approve(chat, user).then(async (outcome) => {
          // Who was let in has come, also when they are gone again before anybody looks.
          if (outcome === 'approved' || outcome === 'already') {
            const reply = await rooms.enter(room.id, user)
            // The room ended while the door was open, and its group may be in stock again.
            if (reply === 'gone' || reply === 'closing' || reply === 'stranger') await showOut(chat, user)
          } else if (outcome === 'full') {
            // While a request is pending, pressing the button again would ask nothing new.
            await bot.decline(chat, user)
            await tell('courier', { type: 'notice', to: user, notice: 'too_many_groups', args: '{}' })
          }
        }),
      )
    },

    member: async (chat: ChatId, user: UserId): Promise<void> => {
      const place = await groups.place(chat)
      // Not a group of ours, or one whose people are being removed already.
      if (place === undefined || place === 'disposing') return
      const room = await rooms.roomIn(chat)
      if (room?.stage === 'closing') return
      let status
      try {
        status = await bot.memberStatus(chat, user)
      } catch (error) {
        if (isTelegramError(error, 'telegram_gone')) return
        throw error
      }
      if (room && isMember(room, user)) {
        if (status === 'in') await rooms.enter(room.id, user)
        else if (hasEntered(room, user)) await rooms.close(room.id, { reason: 'left', by: user })
        return
      }
      if (status !== 'in') return
      const { id: self } = await bot.me()
      const host = room?.host ?? (await groups.stocked()).find((group) => group.chat === chat)?.host
      if (user === self || (host !== undefined && user === (await hostUser(host)))) return
      logger.warn({ event: 'unexpected_member', room: room?.id }, 'Removed an unexpected member from a group')
      await unlessGone(showOut(chat, user))
    },

    /** The bot was removed from a group or lost rights there: what it cannot run, it closes. */
    botRights: async (chat: ChatId): Promise<void> => {
      const place = await groups.place(chat)
      if (place === undefined || place === 'disposing') return
      const rights = await bot.botRights(chat)
      if (rights.member && rights.missing.length === 0) return
      const room = await rooms.roomIn(chat)
      logger.warn({ event: 'bot_rights_lost', room: room?.id, missing: rights.missing }, 'The bot lost a group')
      if (room) {
        await rooms.close(room.id, { reason: 'bot_removed' })
        return
      }
      const host = (await groups.stocked()).find((group) => group.chat === chat)?.host
      if (host !== undefined) await groups.retire(chat, host)
    },
  }
}
