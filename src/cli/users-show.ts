import type { UserId } from '../ids.js'
import { bansTable } from '../postgres/bans.js'
import { usersTable, type Profile } from '../postgres/users.js'
import type { Whereabouts } from '../redis/waiting-set.js'
import { writeAudit } from './acting.js'
import type { Context } from './context.js'
import { NotFoundError } from './failures.js'
import { table } from './table.js'
import { instant, span } from './words.js'

const ROOMS = 10

const whereWords = (where: Whereabouts, now: number): string => {
  switch (where.state) {
    case 'idle':
      return where.cooldownUntil > now ? `idle, may search again in ${span(where.cooldownUntil - now)}` : 'idle'
    case 'waiting':
      return `waiting for ${span(now - where.since)}${where.firstInLine ? ', first in line' : ''}`
    case 'paired':
      return `in room ${where.room}`
    case 'banned':
      return 'banned'
  }
}

/** What is shown of a profile. The end of a ban is told with the ban. */
const shownProfile = ({ username, nickname, gender, language, createdAt, seenAt, reachable, mailings }: Profile) => ({
  username,
  nickname,
  gender,
  language,
  createdAt,
  seenAt,
  reachable,
  mailings,
})

/** `users show`: the profile and the ban from Postgres, where the person is from Redis. */
export const show = async (context: Context, user: UserId, options: { json?: boolean }): Promise<void> => {
  const db = await context.database()
  const { waitingSet, whole } = await context.live()
  const users = usersTable(db)
  const [profile, ban, rooms, now] = await Promise.all([
    users.profile(user),
    bansTable(db).isBanned(user),
    users.rooms(user, ROOMS),
    waitingSet.now(),
  ])
  const where = whole ? await waitingSet.whereabouts(user) : null
  if (profile === null && ban === null && rooms.length === 0 && (where === null || where.state === 'idle'))
    throw new NotFoundError(`There is nobody with the id ${user}; people are found by name with: users find`)
  await writeAudit(context, 'users show', user)
  const lines: [string, string][] = [
    ['person', user],
    ['username', profile?.username == null ? '-' : `@${profile.username}`],
    ['nickname', profile?.nickname ?? '-'],
    ['gender', profile?.gender ?? '-'],
    ['language', profile?.language ?? '-'],
    ['since', profile === null ? '-' : `${instant(profile.createdAt)} UTC, last seen ${instant(profile.seenAt)} UTC`],
    ['reachable', profile === null ? '-' : profile.reachable ? 'yes' : 'no: blocked the bot, or deleted the account'],
    ['announcements', profile === null ? '-' : profile.mailings ? 'yes' : 'switched off'],
    ['now', where === null ? 'unknown: Redis is being rebuilt' : whereWords(where, now)],
    [
      'ban',
      ban === null
        ? where?.state === 'banned'
          ? 'none in force: it has just come to its end, or Postgres has not heard of it yet'
          : 'none'
        : `${ban.until === null ? 'for good' : `until ${instant(ban.until)} UTC`}: ${ban.reason} ` +
          `(by ${ban.by}, ${instant(ban.at)} UTC)`,
    ],
  ]
  const past =
    rooms.length === 0
      ? ''
      : `\n${table(
          [{ title: 'ROOM' }, { title: 'MADE (UTC)' }, { title: 'STAGE' }, { title: 'REASON', spare: 1 }],
          rooms.map(({ room, madeAt, stage, reason }) => [room, instant(madeAt), stage, reason ?? '']),
          context.terminal.columns,
        )}`
  context.show(
    options,
    { user, profile: profile === null ? null : shownProfile(profile), ban, where, rooms },
    `${lines.map(([name, value]) => `${name.padEnd(15)}${value}\n`).join('')}${past}`,
  )
}
