import { systemClock, type Clock } from '../clock.js'
import { VisavisError, wordsOf } from '../errors.js'
import type { UserId } from '../ids.js'
import type { Logger } from '../logger.js'
import type { GroupId, GroupsTable, GroupToEmpty } from '../postgres/groups.js'
import type { Groups } from '../redis/groups.js'
import type { BotApi } from '../telegram/bot-api.js'
import type { Job } from './job.js'

/** People were told that their group disappears: so soon it is looked whether it did. */
const EVERY_MS = 3_000
/** A host that works deletes a group within this time, unless Telegram or a queue keeps it from doing so. */
const PATIENCE_MS = 15_000
/** Each takes a handful of calls, of which the bot has only so many a second. */
const AT_ONCE = 20
/** Whom Telegram refuses to remove is tried again after pauses that double, up to this. */
const MOST_PAUSE_MS = 3_600_000
/** The group is gone, or the bot is not in it. */
const OUT_OF_REACH: ReadonlySet<string> = new Set(['telegram_gone', 'telegram_forbidden'])
/**
 * Empties the groups whose rooms are over and that their host does not delete: frozen, logged out, resting, or nobody
 * works as it. The people of the last room are shown out by the bot, once for each room; the group itself waits for
 * its host.
 */
export const createEmptyGroupsJob = (deps: {
  bot: Pick<BotApi, 'memberStatus' | 'removeMember' | 'liftBan'>
  groups: Pick<Groups, 'place'>
  tables: { readonly groups: Pick<GroupsTable, 'toEmpty' | 'noteEmptied'> }
  clock?: Clock
  logger: Logger
}): Job => {
  const { bot, groups, tables, clock = systemClock, logger } = deps
  /** Groups with somebody in them whom Telegram refuses to remove, and when they are tried again. */
  const stubborn = new Map<GroupId, { readonly pauseMs: number; readonly dueAt: number }>()

  /** Whether the person was inside. */
  const remove = async (chat: GroupToEmpty['chat'], user: UserId): Promise<boolean> => {
    if ((await bot.memberStatus(chat, user)) !== 'in') return false
    await bot.removeMember(chat, user)
    // Recycled after all, the group may be made for the same person one day.
    await bot.liftBan(chat, user)
    return true
  }

  /** Whether nobody of its last room is left inside. */
  const empty = async ({ group, chat, room, a, b }: GroupToEmpty): Promise<boolean> => {
    let removed = 0
    let refused = 0
    for (const user of [a, b]) {
      // In a closed room such numbers stand for people who were forgotten: nobody knows who they were.
      if (Number(user) <= 0) continue
      try {
        if (await remove(chat, user)) removed++
      } catch (error) {
        const code = error instanceof VisavisError ? error.code : ''
        if (OUT_OF_REACH.has(code)) break
        if (code !== 'telegram_rejected') throw error
        refused++
        logger.warn({ event: 'group_not_emptied', room, error: wordsOf(error) }, 'Could not empty a group')
      }
    }
    if (removed > 0)
      logger.info({ event: 'group_emptied', room, removed }, 'Emptied a group that its host does not delete')
    if (refused === 0) return true
    const pauseMs = Math.min((stubborn.get(group)?.pauseMs ?? EVERY_MS) * 2, MOST_PAUSE_MS)
    stubborn.set(group, { pauseMs, dueAt: clock.now() + pauseMs })
    return false
  }

  return {
    name: 'empty-groups',
    schedule: { everyMs: EVERY_MS },
    run: async (signal) => {
      const found = await tables.groups.toEmpty(PATIENCE_MS, AT_ONCE + stubborn.size)
      const there = new Set(found.map(({ group }) => group))
      for (const group of stubborn.keys()) if (!there.has(group)) stubborn.delete(group)
      for (const group of found) {
        if (signal.aborted) return
        if ((stubborn.get(group.group)?.dueAt ?? 0) > clock.now()) continue
        // Back in stock or in use again: the row only says so a moment later.
        if (((await groups.place(group.chat)) ?? 'disposing') !== 'disposing') continue
        if (await empty(group)) await tables.groups.noteEmptied(group.group, group.room)
      }
    },
  }
}
