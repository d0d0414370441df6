import type { UserId } from '../ids.js'
import { bansTable } from '../postgres/bans.js'
import { usersTable } from '../postgres/users.js'
import type { Left } from '../redis/departure.js'
import { confirm, reasonOf, wholeLive, writeAudit } from './acting.js'
import type { Context } from './context.js'
import { NotFoundError } from './failures.js'
import type { Meant } from './person.js'
import { instant } from './words.js'

export interface BanOptions {
  readonly json?: boolean
  readonly reason: string
  /** Milliseconds. */
  readonly for?: number
  readonly yes?: boolean
}

const ENDED: Readonly<Record<Left['tag'], string>> = {
  left: 'The room is ended, and both are being told.',
  stopped: 'The search is ended, and they are being told.',
  idle: 'There was no search and no room to end.',
  stale: '',
  repeat: '',
}

const UNSEEN =
  'Nothing is stored about a person with this id: is it right? (users find looks it up.) The ban holds if they ever come.'

/** Whether anything at all is stored about a person. */
const isKnown = async (context: Context, user: UserId): Promise<boolean> => {
  const [{ redis, keys }, db] = await Promise.all([context.live(), context.database()])
  const users = usersTable(db)
  const [profile, rooms, record] = await Promise.all([
    users.profile(user),
    users.rooms(user, 1),
    redis.hexists(keys.people, user),
  ])
  return profile !== null || rooms.length > 0 || record === 1
}

/** `users ban`: first the table, which outlives Redis, then the live state; repeating it mends what was cut off between. */
export const ban = async (context: Context, { user, words }: Meant, options: BanOptions): Promise<void> => {
  const { departure, waitingSet, tell } = await wholeLive(context)
  const db = await context.database()
  const until = options.for === undefined ? null : (await waitingSet.now()) + options.for
  const reason = reasonOf(options.reason)
  const known = await isKnown(context, user)
  if (words !== undefined) await confirm(context, `${words}. Ban them?`, options.yes)
  await writeAudit(context, 'users ban', user, { reason, until })
  await bansTable(db).ban({ user, until, reason, by: 'cli' })
  const left = await departure(user, { reason: 'banned' })
  // Whoever sat in a room is told by its ending; whoever searched must not go on reading that they search.
  if (left.tag === 'stopped') await tell('courier', { type: 'notice', to: user, notice: 'banned', args: '{}' })
  const room = left.tag === 'left' ? left.room : null
  context.show(
    options,
    {
      user,
      until,
      reason,
      ended: left.tag === 'left' ? 'room' : left.tag === 'stopped' ? 'search' : null,
      room,
      known,
    },
    `${user} is banned ${until === null ? 'for good' : `until ${instant(until)} UTC`}. ${known ? ENDED[left.tag] : UNSEEN}\n`,
  )
}

/** `users unban`: in both places; what only one of them knew counts as a ban too. Whoever can be reached is told. */
export const unban = async (context: Context, user: UserId, options: { json?: boolean }): Promise<void> => {
  const { waitingSet, tell } = await wholeLive(context)
  const db = await context.database()
  const bans = bansTable(db)
  const inRedis = (await waitingSet.whereabouts(user)).state === 'banned'
  if (!inRedis && (await bans.isBanned(user)) === null) throw new NotFoundError(`${user} is not banned.`)
  await writeAudit(context, 'users unban', user)
  const lifted = await Promise.all([bans.unban(user), waitingSet.liftBan(user)])
  if (!lifted[0] && lifted[1] !== 'lifted') throw new NotFoundError(`${user} is not banned any more.`)
  const told = (await usersTable(db).profile(user))?.reachable === true
  if (told) await tell('courier', { type: 'notice', to: user, notice: 'unbanned', args: '{}' })
  context.show(
    options,
    { user, outcome: 'unbanned', told },
    `${user} may search again${told ? ', and is being told' : ''}.\n`,
  )
}
