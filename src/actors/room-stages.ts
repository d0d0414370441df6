import { wordsOf } from '../errors.js'
import type { UserId } from '../ids.js'
import { hostMailbox } from '../mailboxes.js'
import { hasEntered, type Room, type Stage } from '../redis/rooms.js'
import { isTelegramError } from '../telegram/errors.js'
import { createLinkMaker } from './room-link.js'
import type { Look, RoomActorDeps } from './room-parts.js'

/** For so long a closing room waits for Telegram to answer; then its group is disposed of without that. */
const CLEAR_UP_MS = 120_000
/**
 * The host and the bot. More are in a group whose room was forgotten in the moment in which Redis lost its data:
 * Postgres still had it in stock.
 */
const EMPTY_GROUP = 2
/** How Telegram says that the bot may not do something in a group. */
const LOST_RIGHTS = /not enough rights|CHAT_ADMIN_REQUIRED/i
/** Telegram's limit for a member's tag. */
const TAG_LENGTH = 16
/** How much of a nickname a group's title takes. */
const TITLE_NICKNAME_LENGTH = 40

/** What is done with a room in each of its stages: see `docs/architecture.md` for the arrows between them. */
export const createStages = (deps: RoomActorDeps): Record<Stage, (look: Look) => Promise<void>> => {
  const { rooms, waitingSet, bot, tell, nicknames, hostLives, logger, events, settings } = deps
  const makeLink = createLinkMaker(deps)

  /** Which of the two are in the group now. Events drive, but this decides. */
  const present = async (room: Room): Promise<UserId[]> => {
    const users = [room.a, room.b]
    const statuses = await Promise.all(users.map((user) => bot.memberStatus(room.chat, user)))
    return users.filter((_, index) => statuses[index] === 'in')
  }

  /** Runs work in the group; where the group or the bot's rights are gone, the room ends instead. */
  const inGroup = async (room: Room, work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      const lost = isTelegramError(error, 'telegram_gone') || LOST_RIGHTS.test(wordsOf(error))
      if (!lost) throw error
      logger.warn({ event: 'group_lost', room: room.id, error: wordsOf(error) }, 'A room lost its group')
      await rooms.close(room.id, { reason: 'bot_removed', version: room.version })
    }
  }

  const makeInvitation = async ({ room, now }: Look) => {
    const lookedAt = performance.now()
    let link
    try {
      if ((await bot.memberCount(room.chat)) > EMPTY_GROUP) {
        logger.error(
          { event: 'group_not_empty', room: room.id },
          'A group from stock was not empty; its room is closed',
        )
        return void (await rooms.close(room.id, { reason: 'lost', version: room.version }))
      }
      link = await makeLink(room.chat)
    } catch (error) {
      if (!isTelegramError(error, 'telegram_rejected') || LOST_RIGHTS.test(error.description)) throw error
      logger.error({ event: 'no_link', room: room.id, error }, 'Telegram makes no link for a group; its room is closed')
      return void (await rooms.close(room.id, { reason: 'lost', version: room.version }))
    }
    const reply = await rooms.invite(room.id, room.version, link)
    if (reply === 'invited') events.invited(room.id, Math.round(now - room.at + performance.now() - lookedAt))
    else await bot.revokeLink(room.chat, link)
    await tell(hostMailbox(room.host), { type: 'fill' })
  }

  /**
   * Who asked to come in may not have been heard, or is being let in just now: at the deadline everybody's request is
   * looked for once more, and then Telegram is asked again.
   */
  const letInLate = async (room: Room, inside: readonly UserId[]): Promise<UserId[]> => {
    const late: UserId[] = []
    for (const user of [room.a, room.b]) {
      if (inside.includes(user) || hasEntered(room, user)) continue
      const outcome = await bot.approve(room.chat, user)
      if (outcome === 'approved' || outcome === 'already') late.push(user)
      else if (outcome === 'missing' && (await bot.memberStatus(room.chat, user)) === 'in') late.push(user)
    }
    return late
  }

  const inviting = async ({ room, now }: Look): Promise<void> => {
    const overdue = room.deadline < now
    if (room.link === undefined) {
      if (overdue) return void (await rooms.close(room.id, { reason: 'lost', version: room.version }))
      return inGroup(room, () => makeInvitation({ room, now }))
    }
    await inGroup(room, async () => {
      const inside = await present(room)
      if (overdue) inside.push(...(await letInLate(room, inside)))
      for (const user of inside) if (!hasEntered(room, user)) await rooms.enter(room.id, user)
      const left = [room.a, room.b].find((user) => hasEntered(room, user) && !inside.includes(user))
      if (left !== undefined) await rooms.close(room.id, { reason: 'left', by: left, version: room.version })
      else if (overdue && inside.length < 2)
        await rooms.close(room.id, {
          reason: 'no_show',
          version: room.version,
          absent: [room.a, room.b].filter((user) => !inside.includes(user)),
        })
    })
  }

  /** Both are inside: nobody else comes in, and everybody sees who is who. */
  const dress = async (room: Room) => {
    if (room.link !== undefined) await bot.revokeLink(room.chat, room.link)
    const names = await nicknames([room.a, room.b])
    const name = (user: UserId) => names.get(user) ?? '…'
    const short = (user: UserId) => [...name(user)].slice(0, TITLE_NICKNAME_LENGTH).join('')
    await bot.setTitle(room.chat, `${short(room.a)} & ${short(room.b)}`).catch((error: unknown) => {
      if (!isTelegramError(error, 'telegram_rejected') || LOST_RIGHTS.test(error.description)) throw error
      logger.warn({ event: 'no_title', room: room.id, error }, 'Telegram refuses the title of a group; it goes without')
    })
    for (const user of [room.a, room.b])
      await bot.setTag(room.chat, user, [...name(user)].slice(0, TAG_LENGTH).join(''))
    await rooms.dress(room.id, room.version)
  }

  const open = async ({ room, now }: Look): Promise<void> => {
    if (room.deadline < now) {
      const reason = now >= room.at + settings.maxAgeMs ? 'max_age' : 'idle'
      return void (await rooms.close(room.id, { reason, version: room.version }))
    }
    await inGroup(room, async () => {
      if (room.dressed !== true) await dress(room)
      const inside = await present(room)
      const left = [room.a, room.b].find((user) => !inside.includes(user))
      if (left !== undefined) await rooms.close(room.id, { reason: 'left', by: left, version: room.version })
    })
  }

  /** Whether the group is as it came from stock: nobody was ever in it, and the bot still runs it. */
  const untouched = async ({ room }: Look): Promise<boolean> => {
    if (room.enteredA !== undefined || room.enteredB !== undefined || room.reason === 'bot_removed') return false
    if ((await bot.memberCount(room.chat)) > EMPTY_GROUP) return false
    const rights = await bot.botRights(room.chat)
    if (!rights.member || rights.missing.length > 0) return false
    // A room that never had a link may have been lost for its group: the next one must not fail in the same way.
    if (room.reason === 'lost' && room.link === undefined) await bot.revokeLink(room.chat, await makeLink(room.chat))
    return true
  }

  const clearUp = async (look: Look): Promise<'stock' | 'disposing'> => {
    const { room } = look
    if (room.link !== undefined) await bot.revokeLink(room.chat, room.link)
    if (await untouched(look)) return 'stock'
    if (!(await hostLives(room.host))) {
      // Its host cannot delete the group soon: at least nobody stays in it.
      for (const user of [room.a, room.b]) await bot.removeMember(room.chat, user)
    }
    return 'disposing'
  }

  const closing = async ({ room, now }: Look): Promise<void> => {
    let fate: 'stock' | 'disposing' = 'disposing'
    try {
      fate = await clearUp({ room, now })
    } catch (error) {
      const patient = now - room.since < CLEAR_UP_MS
      if (patient && !isTelegramError(error, 'telegram_gone', 'telegram_rejected')) throw error
      logger.info({ event: 'clear_up_cut_short', room: room.id, error: wordsOf(error) }, 'Left clearing up to the host')
    }
    if ((await rooms.finish(room, fate)) === 'finished' && fate === 'stock') await waitingSet.match()
  }

  return { inviting, open, closing }
}
