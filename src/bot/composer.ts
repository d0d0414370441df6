import { ofPostgres, VisavisError } from '../errors.js'
import type { ChatId, RoomId, UserId } from '../ids.js'
import type { OutgoingMessage } from '../telegram/bot-api.js'
import { GROUP_NOTICES, NOTICES } from './notices/index.js'
import type { GroupNotice, Notice, NoticeSources } from './notices/notice.js'
import { textsFor } from './texts/index.js'

export type { NoticeSettings, NoticeSources } from './notices/notice.js'

const parseArgs = (args: string): object => {
  const value: unknown = args === '' ? {} : JSON.parse(args)
  return typeof value === 'object' && value !== null ? value : {}
}

const unknown = (notice: string) =>
  new VisavisError('notice_unknown', `No text belongs to the notice "${notice}"; was it sent by a newer version?`)

const own = <Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

/**
 * Puts the courier's notices into words, in the language of the one they go to. Both give undefined when what the notice
 * says is not true any more: then it is skipped. `args` is the JSON object of the message. They throw VisavisError
 * `notice_unknown`, RebuildingError while Redis is being rebuilt, and whatever the stores throw.
 */
export const createComposer = (sources: NoticeSources) => ({
  compose: async (to: UserId, notice: string, args: string): Promise<OutgoingMessage | undefined> => {
    const write = own(NOTICES as unknown as Record<string, Notice<object>>, notice)
    if (!write) throw unknown(notice)
    const profile = await sources.users.profile(to).catch((error: unknown) => {
      // These say that something is out of order, which may be just this: then in the language of those who have said none.
      if ((notice !== 'trouble' && notice !== 'admin') || !ofPostgres(error)) throw error
      return null
    })
    return write({ ...sources, to, profile, texts: textsFor(profile?.language) }, parseArgs(args))
  },

  composeForGroup: async (
    chat: ChatId,
    room: RoomId,
    notice: string,
    args: string,
  ): Promise<OutgoingMessage | undefined> => {
    const write = own(GROUP_NOTICES as unknown as Record<string, GroupNotice<object>>, notice)
    if (!write) throw unknown(notice)
    return write({ ...sources, chat, room }, parseArgs(args))
  },
})
export type Composer = ReturnType<typeof createComposer>
