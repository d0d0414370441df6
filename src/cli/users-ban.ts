import { createProtection, type ProtectedAs } from '../app/protected.js'
import { VisavisError } from '../errors.js'
import type { UserId } from '../ids.js'
import { bansTable } from '../postgres/bans.js'
import type { Database } from '../postgres/database.js'
import { isPostgresAway } from '../postgres/errors.js'
import { hostsTable } from '../postgres/hosts.js'
import { usersTable } from '../postgres/users.js'
import type { Left } from '../redis/departure.js'
import { ACTOR, confirm, reasonOf, wholeLive, writeAudit } from './acting.js'
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

const endedWords = (tag: Left['tag'], told: boolean): string => {
  switch (tag) {
    case 'left':
      return 'The room is ended, and both are being told.'
    case 'stopped':
      return 'The search is ended, and they are being told.'
    default:
      return `There was no search and no room to end${told ? '; they are being told' : ''}.`
  }
}

const UNSEEN =
  'Nothing is stored about a person with this id: is it right? (users find looks it up.) The ban holds if they ever come.'

const UNWRITTEN =
  'Postgres is not answering: the ban is in force, and the service writes it and its reason down once Postgres is back. ' +
  'Look then, with: users show\n'

const PROTECTED: Readonly<Record<ProtectedAs, string>> = {
  bot: 'is the bot itself',
  admin: 'is an administrator; take the id out of ADMIN_IDS first',
  host: 'is the account of a host; that is kept from work with: hosts park, hosts drain',
}

/**
 * Whom nobody may ban. Without Postgres it is not known who is a host.
 * @throws VisavisError that says as what the person is protected
 */
const refuseProtected = async (context: Context, user: UserId, db: Database | undefined): Promise<void> => {
  const botToken = context.settings.has('BOT_TOKEN') ? context.settings.read('BOT_TOKEN').BOT_TOKEN : ''
  const hosts = db === undefined ? { list: async () => [] } : hostsTable(db, '')
  const { served } = await context.live()
  const who = await createProtection({ adminIds: served.ADMIN_IDS, botToken, hosts })(user)
  if (who !== undefined) throw new VisavisError('protected', `${user} ${PROTECTED[who]}: they were not banned.`)
}

/** Whether anything at all is stored about a person, as far as the stores that answer know, and whether the bot may write to them. */
const acquaintance = async (context: Context, user: UserId, db: Database | undefined) => {
  const { redis, keys } = await context.live()
  const inRedis = (await redis.hexists(keys.people, user)) === 1
  if (db === undefined) return { known: inRedis, reachable: inRedis }
  const users = usersTable(db)
  const [profile, rooms] = await Promise.all([users.profile(user), users.rooms(user, 1)])
  return { known: profile !== null || rooms.length > 0 || inRedis, reachable: profile?.reachable === true }
}

/** Postgres; undefined while it is away. */
const databaseIfThere = async (context: Context): Promise<Database | undefined> => {
  try {
    return await context.database()
  } catch (error) {
    if (isPostgresAway(error)) return undefined
    throw error
  }
}

/**
 * `users ban`: first the table, which outlives Redis, then the live state; repeating it mends what was cut off between.
 * While Postgres is away the live state, which tells the ledger in the same step.
 */
export const ban = async (context: Context, { user, words }: Meant, options: BanOptions): Promise<void> => {
  const { departure, waitingSet } = await wholeLive(context)
  const db = await databaseIfThere(context)
  await refuseProtected(context, user, db)
  const reason = reasonOf(options.reason)
  const { known, reachable: tell } = await acquaintance(context, user, db)
  if (words !== undefined) await confirm(context, `${words}. Ban them?`, options.yes)
  // Behind the question: a ban lasts from the answer on.
  const now = await waitingSet.now()
  const until = options.for === undefined ? null : now + options.for
  if (db !== undefined) {
    await writeAudit(context, 'users ban', user, { reason, until })
    await bansTable(db).ban({ user, until, reason, by: ACTOR, at: now })
  }
  const unwritten = db === undefined && { unwritten: { reason, by: ACTOR } }
  // Whoever is to be told is told by the step that keeps them out.
  const left = await departure(user, { reason: 'banned', ban: { until, tell, ...unwritten } })
  const room = left.tag === 'left' ? left.room : null
  if (unwritten) context.terminal.note(UNWRITTEN)
  context.show(
    options,
    {
      user,
      until,
      reason,
      ended: left.tag === 'left' ? 'room' : left.tag === 'stopped' ? 'search' : null,
      room,
      known,
      written: db !== undefined,
    },
    `${user} is banned ${until === null ? 'for good' : `until ${instant(until)} UTC`}. ` +
      `${known || unwritten ? endedWords(left.tag, tell) : UNSEEN}\n`,
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
