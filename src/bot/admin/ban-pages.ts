import type { UserId } from '../../ids.js'
import type { Reader } from '../notices/notice.js'
import type { PanelPage } from './actions.js'
import { nameOf, namesOf } from './pages.js'

interface Ban {
  readonly user: UserId
  /** Absent: for good. */
  readonly forMs?: number
}

const DAY_MS = 86_400_000
const SPANS_MS = [DAY_MS, 7 * DAY_MS, 30 * DAY_MS] as const
/** What stands in the ban's row where nobody wrote more. */
const REASONS = ['spam', 'abuse', 'other'] as const

const wordsOf = async (reader: Reader, { user, forMs }: Ban) => ({
  name: nameOf(await namesOf(reader, [user]), user),
  time: forMs === undefined ? 'ever' : reader.texts.duration(forMs),
})

const backTo = ({ texts }: Reader, user: UserId) =>
  ({ text: texts.say('button.back'), action: { show: 'person', user } }) as const

/** First: for how long. */
export const ban = async (reader: Reader, { user }: Ban): Promise<PanelPage> => {
  const { texts } = reader
  const { name } = await wordsOf(reader, { user })
  return {
    text: texts.say('admin.ban', { name }),
    rows: [
      SPANS_MS.map((forMs) => ({ text: texts.duration(forMs), action: { show: 'ban_reason', user, forMs } })),
      [{ text: texts.say('button.ban_for_good'), action: { show: 'ban_reason', user } }],
      [backTo(reader, user)],
    ],
  }
}

/** Then: why. It may be written, too. */
export const banReason = async (reader: Reader, chosen: Ban): Promise<PanelPage> => {
  const { texts } = reader
  const { user, forMs } = chosen
  const span = forMs === undefined ? {} : { forMs }
  return {
    text: texts.say('admin.ban.reason', await wordsOf(reader, chosen)),
    rows: [
      REASONS.map((reason) => ({
        text: texts.say(`button.ban_reason.${reason}`),
        action: { show: 'ban_sure', user, ...span, reason },
      })),
      [backTo(reader, user)],
    ],
  }
}

/** At last: whether it is meant. */
export const banSure = async (reader: Reader, chosen: Ban & { reason: string }): Promise<PanelPage> => {
  const { texts } = reader
  const { user, forMs, reason } = chosen
  const span = forMs === undefined ? {} : { forMs }
  return {
    text: texts.say('admin.ban.sure', { ...(await wordsOf(reader, chosen)), reason }),
    rows: [
      [{ text: texts.say('button.ban_sure'), action: { do: 'ban', user, ...span, reason } }],
      [backTo(reader, user)],
    ],
  }
}
