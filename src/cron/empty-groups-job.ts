import { VisavisError, wordsOf } from '../errors.js'
import type { Logger } from '../logger.js'
import type { GroupsTable, GroupToEmpty } from '../postgres/groups.js'
import type { Groups } from '../redis/groups.js'
import type { BotApi } from '../telegram/bot-api.js'
import type { Job } from './job.js'

/** People were told that their group disappears: so soon it is looked whether it did. */
const EVERY_MS = 3_000
/** A host that works deletes a group within this time, unless Telegram or a queue keeps it from doing so. */
const PATIENCE_MS = 15_000
/** Each takes a handful of calls, of which the bot has only so many a second. */
const AT_ONCE = 20
/** The group is gone, or the bot has no rights there any more: nobody but the host can do anything. */
const REFUSALS: ReadonlySet<string> = new Set(['telegram_gone', 'telegram_rejected', 'telegram_forbidden'])

/**
 * Empties the groups whose rooms are over and that their host does not delete: frozen, logged out, resting, or nobody
 * works as it. The people of the last room are shown out by the bot, once for each room; the group itself waits for
 * its host.
 */
export const createEmptyGroupsJob = (deps: {
  bot: Pick<BotApi, 'memberStatus' | 'removeMember' | 'liftBan'>
  groups: Pick<Groups, 'place'>
  tables: { readonly groups: Pick<GroupsTable, 'toEmpty' | 'noteEmptied'> }
  logger: Logger
}): Job => {
  const { bot, groups, tables, logger } = deps

  const empty = async ({ chat, room, a, b }: GroupToEmpty): Promise<void> => {
    let removed = 0
    for (const user of [a, b]) {
      if ((await bot.memberStatus(chat, user)) !== 'in') continue
      await bot.removeMember(chat, user)
      // Recycled after all, the group may be made for the same person one day.
      await bot.liftBan(chat, user)
      removed++
    }
    if (removed > 0)
      logger.info({ event: 'group_emptied', room, removed }, 'Emptied a group that its host does not delete')
  }

  return {
    name: 'empty-groups',
    schedule: { everyMs: EVERY_MS },
    run: async (signal) => {
      for (const group of await tables.groups.toEmpty(PATIENCE_MS, AT_ONCE)) {
        if (signal.aborted) return
        // Back in stock or in use again: the row only says so a moment later.
        if (((await groups.place(group.chat)) ?? 'disposing') !== 'disposing') continue
        try {
          await empty(group)
        } catch (error) {
          if (!(error instanceof VisavisError && REFUSALS.has(error.code))) throw error
          logger.warn(
            { event: 'group_not_emptied', room: group.room, error: wordsOf(error) },
            'Could not empty a group',
          )
        }
        await tables.groups.noteEmptied(group.group, group.room)
      }
    },
  }
}
