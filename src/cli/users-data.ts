import { systemClock } from '../clock.js'
import { VisavisError } from '../errors.js'
import type { UserId } from '../ids.js'
import { deploymentTable } from '../postgres/deployment.js'
import { usersTable } from '../postgres/users.js'
import { compareProgress, lastAnnounced } from '../redis/announced.js'
import { confirm, wholeLive, writeAudit } from './acting.js'
import type { Context } from './context.js'
import { NotFoundError } from './failures.js'
import type { Meant } from './person.js'
import { counted } from './words.js'

/** How long the service has to clear up the room of a person who is to be forgotten. */
const PATIENCE_MS = 10_000
const LOOK_MS = 100

/** `users export`: always JSON, for the person it is about. */
export const exportUser = async (context: Context, user: UserId): Promise<void> => {
  const { redis, keys } = await context.live()
  const stored = await usersTable(await context.database()).export(user)
  const [record, penalties] = await Promise.all([redis.hget(keys.people, user), redis.hget(keys.penalties, user)])
  const nothing = stored.profile === null && stored.rooms.length === 0 && stored.ban === null && record === null
  if (nothing) throw new NotFoundError(`Nothing is stored about ${user}.`)
  await writeAudit(context, 'users export', user)
  context.terminal.out(`${JSON.stringify({ user, ...stored, live: { record, penalties } })}\n`)
}

/** Whether the ledger has written everything, and none of the person's rooms is left open. */
const isQuiet = async (context: Context, user: UserId, fact: string): Promise<boolean> => {
  const db = await context.database()
  if (compareProgress(await deploymentTable(db).state(), fact) < 0) return false
  return (await usersTable(db).countLiveRooms(user)) === 0
}

/** `users forget`: the person leaves, and nothing personal stays but a ban that is in force. */
export const forget = async (
  context: Context,
  { user, words }: Meant,
  options: { json?: boolean; yes?: boolean },
): Promise<void> => {
  const { departure, waitingSet, redis, keys } = await wholeLive(context)
  const table = usersTable(await context.database())
  if ((await table.profile(user)) === null && (await table.rooms(user, 1)).length === 0)
    throw new NotFoundError(`Nothing is stored about ${user}.`)
  const who = words === undefined ? '' : `${words}. `
  await confirm(context, `${who}Delete everything that is stored about ${user}? This cannot be undone.`, options.yes)
  await writeAudit(context, 'users forget', user)
  await departure(user, { reason: 'left' })
  const fact = await lastAnnounced(redis, keys)
  const until = performance.now() + PATIENCE_MS
  while (!(await isQuiet(context, user, fact))) {
    if (performance.now() > until)
      throw new VisavisError(
        'not_quiet',
        `${user} has left, but the service has not cleared up their room yet, so nothing was deleted. Does it run? Repeat this then.`,
      )
    await systemClock.wait(LOOK_MS)
  }
  if ((await waitingSet.forget(user)) === 'busy')
    throw new VisavisError('busy', `${user} has just begun to search again. Nothing was deleted; repeat this.`)
  const { profile, rooms, banned } = await table.forget(user)
  context.show(
    options,
    { user, profile, rooms, banned },
    `${user} is forgotten: ${profile ? 'the profile is deleted' : 'there was no profile'}, ` +
      `${counted(rooms, 'past room is', 'past rooms are')} anonymous now.\n` +
      (banned ? 'The ban that is in force stays; lift it with: users unban\n' : ''),
  )
}
