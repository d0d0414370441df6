import { adminAlertNotices } from './admin-alerts.js'
import { adminNotices } from './admin.js'
import { answerNotices } from './answers.js'
import { broadcastNotices } from './broadcast.js'
import { closedNotices } from './closed.js'
import { groupNotices } from './group.js'
import type { GroupNotice, Notice } from './notice.js'
import { registrationNotices } from './registration.js'
import { roomNotices } from './rooms.js'
import { searchNotices } from './searching.js'

/** Everything that the bot says to a person, by the name that stands in the courier's message. */
export const NOTICES = {
  ...searchNotices,
  ...roomNotices,
  ...closedNotices,
  ...registrationNotices,
  ...answerNotices,
  ...adminNotices,
  ...adminAlertNotices,
  ...broadcastNotices,
}
export type NoticeName = keyof typeof NOTICES
export type NoticeArgs<Name extends NoticeName> = (typeof NOTICES)[Name] extends Notice<infer Args> ? Args : never

/** What the bot says in a room's group. */
export const GROUP_NOTICES = { ...groupNotices }
export type GroupNoticeName = keyof typeof GROUP_NOTICES
export type GroupNoticeArgs<Name extends GroupNoticeName> =
  (typeof GROUP_NOTICES)[Name] extends GroupNotice<infer Args> ? Args : never
