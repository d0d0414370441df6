import { userId, type RoomId, type UserId } from '../../ids.js'
import type { ActiveUser } from '../../postgres/active-users.js'
import { runScript } from '../../redis/define-script.js'
import { parsePerson } from '../../redis/records.js'
import { fieldsOf, membersOf, scoresOf } from '../../redis/scan.js'
import { repairPeopleScript } from '../../redis/scripts.js'
import { createRepairs, faulty, inWords, type Comparison, type ReconcilerDeps } from './difference.js'

/** How many rows are compared at once. */
const PAGE = 1_000

const FAULTS: Readonly<Record<string, string>> = {
  points_nowhere: 'points at a room that does not exist or is not theirs',
  waits_in_room: 'waits while sitting in a room',
  waits_banned: 'waits while banned',
  waits_twice: 'waits twice',
  no_deadline: 'waits without a deadline',
  no_beginning: 'waits since nobody knows when',
  deadline_only: 'has a deadline without waiting',
}

/** Everybody who is in `sources`, once, page by page. Holds their ids meanwhile. */
async function* once(...sources: readonly AsyncGenerator<string[]>[]): AsyncGenerator<string[]> {
  const seen = new Set<string>()
  for (const source of sources)
    for await (const page of source) {
      const fresh = page.filter((user) => !seen.has(user))
      for (const user of fresh) seen.add(user)
      if (fresh.length > 0) yield fresh
    }
}

async function* withDeadline({ redis, keys }: ReconcilerDeps): AsyncGenerator<string[]> {
  for await (const page of scoresOf(redis, keys.waits)) yield page.map(([user]) => user)
}

async function* inRooms({ redis, keys }: ReconcilerDeps): AsyncGenerator<string[]> {
  for await (const page of fieldsOf(redis, keys.people))
    yield page.filter(([, record]) => parsePerson(record).room !== undefined).map(([user]) => user)
}

/** Everybody who waits or sits in a room. */
const activePages = (deps: ReconcilerDeps): AsyncGenerator<string[]> => {
  const { redis, keys } = deps
  return once(membersOf(redis, keys.waiting), membersOf(redis, keys.first), withDeadline(deps), inRooms(deps))
}

/** Whether what Redis keeps about each person agrees with itself. */
export const comparePeople: Comparison = async function* (deps) {
  const { redis, keys, settings } = deps
  const scriptKeys = { ...keys, courierMailbox: keys.mailbox('courier'), ledgerMailbox: keys.mailbox('ledger') }
  const look = (dry: '1' | '', users: readonly string[]) =>
    runScript(redis, repairPeopleScript, scriptKeys, { waitMaxMs: settings.waitMaxMs, dry }, users)
  for await (const page of activePages(deps))
    for (const [user, faults] of faulty(page, await look('1', page)))
      yield {
        kind: `person_${faults.replaceAll(' ', '_')}`,
        about: 'person',
        subject: user,
        words: inWords(faults, FAULTS),
        evidence: faults,
        lags: false,
        repair: async () => (await look('', [user]))[0] !== '',
      }
}

interface Place {
  readonly state: 'waiting' | 'paired' | 'idle'
  readonly room: RoomId | null
  readonly first: boolean
  readonly record: string
}

const placesOf = async ({ redis, keys }: ReconcilerDeps, users: readonly UserId[]): Promise<Place[]> => {
  const replies = await redis
    .multi()
    .hmget(keys.people, ...users)
    .smismember(keys.waiting, ...users)
    .smismember(keys.first, ...users)
    .exec()
  const [records = [], waiting = [], first = []] = (replies ?? []).map(([error, value]) => {
    if (error) throw error
    return value as (string | number | null)[]
  })
  return users.map((_, i) => {
    const record = String(records[i] ?? '')
    const room = parsePerson(record).room ?? null
    const state = room !== null ? 'paired' : waiting[i] === 1 || first[i] === 1 ? 'waiting' : 'idle'
    return { state, room, first: first[i] === 1, record }
  })
}

const agrees = (row: ActiveUser, place: Place): boolean =>
  row.state === place.state && row.room === place.room && row.first === (place.state === 'waiting' && place.first)

/** Whether Postgres remembers of each person what Redis decided. */
export const compareRowsOfPeople: Comparison = async function* (deps) {
  const { redis, keys, tables } = deps
  const { announce } = createRepairs(deps)

  const seen = new Set<UserId>()
  for await (const rows of tables.activeUsers.pages(PAGE)) {
    const users = rows.map(({ user }) => user)
    for (const user of users) seen.add(user)
    for (const [i, place] of (await placesOf(deps, users)).entries()) {
      const row = rows[i]
      if (row === undefined || agrees(row, place)) continue
      const common = {
        about: 'person',
        subject: row.user,
        evidence: JSON.stringify([row, place]),
        lags: true,
      } as const
      if (place.state === 'idle')
        yield {
          ...common,
          kind: 'row_not_backed',
          words: `Postgres says ${row.state}, but Redis knows nothing of it`,
          repair: async () => (await tables.activeUsers.removeStale([row])).length > 0,
        }
      else
        yield {
          ...common,
          kind: 'row_outdated',
          words: `Postgres says ${row.state}, Redis says ${place.state}`,
          repair: place.room === null ? announce('person', row.user) : announce('room', place.room),
        }
    }
  }

  for (const key of [keys.waiting, keys.first])
    for await (const page of membersOf(redis, key)) {
      const users = page.map(userId).filter((user) => !seen.has(user))
      if (users.length === 0) continue
      const known = new Set((await tables.activeUsers.byUsers(users)).map(({ user }) => user))
      for (const user of users.filter((one) => !known.has(one)))
        yield {
          kind: 'row_missing',
          about: 'person',
          subject: user,
          words: 'waits, but Postgres knows nothing of it',
          evidence: (await redis.hget(keys.people, user)) ?? '',
          lags: true,
          repair: announce('person', user),
        }
    }
}
