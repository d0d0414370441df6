import { roomId, type RoomId } from '../../ids.js'
import type { RoomRow } from '../../postgres/rooms.js'
import { runScript } from '../../redis/define-script.js'
import { recordOf } from '../../redis/restored-room.js'
import { STAGES, type Room } from '../../redis/rooms.js'
import { fieldsOf, scoresOf } from '../../redis/scan.js'
import { loseRoomScript, repairRoomsScript } from '../../redis/scripts.js'
import { createRepairs, faulty, inWords, type Comparison, type ReconcilerDeps, type Suspect } from './difference.js'

const FAULTS: Readonly<Record<string, string>> = {
  no_record: 'has a deadline without a record',
  illegible: 'has a record that cannot be read',
  stage_sets: 'is not in exactly one set of deadlines, that of its stage',
  group_not_held: 'does not hold its group',
  group_elsewhere: 'has a group that is elsewhere',
  person_elsewhere: 'has a person who is elsewhere',
}
/** What no script can mend from inside: the room has to end. */
const FATAL = /group_elsewhere|person_elsewhere/

async function* roomPages({ redis, keys }: ReconcilerDeps): AsyncGenerator<RoomId[]> {
  for await (const page of fieldsOf(redis, keys.rooms)) yield page.map(([room]) => roomId(room))
  for (const stage of STAGES)
    for await (const page of scoresOf(redis, keys[stage])) yield page.map(([room]) => roomId(room))
}

/** Whether what Redis keeps about each room agrees with itself. */
export const compareRooms: Comparison = async function* (deps) {
  const { redis, keys } = deps
  const { lose } = createRepairs(deps)
  const scriptKeys = { ...keys, roomMailbox: keys.mailbox('room') }
  const look = (dry: '1' | '', rooms: readonly RoomId[]) =>
    runScript(redis, repairRoomsScript, scriptKeys, { dry }, rooms)
  for await (const page of roomPages(deps))
    for (const [room, faults] of faulty(page, await look('1', page)))
      yield {
        kind: `room_${faults.replaceAll(' ', '_')}`,
        about: 'room',
        subject: room,
        words: inWords(faults, FAULTS),
        evidence: faults,
        lags: false,
        repair: async () => {
          const [found = ''] = await look('', [room])
          return FATAL.test(found) ? lose(room)() : found !== ''
        },
      }
}

const suspect = (kind: string, room: RoomId, words: string, evidence: unknown, repair: Suspect['repair']): Suspect => ({
  kind,
  about: 'room',
  subject: room,
  words,
  evidence: JSON.stringify(evidence),
  lags: true,
  repair,
})

const rank = (stage: RoomRow['stage']): number => ['inviting', 'open', 'closing', 'closed'].indexOf(stage)

/** Whether Postgres lacks something that happened to the room. */
const isBehind = (row: RoomRow, room: Room): boolean =>
  rank(row.stage) < rank(room.stage) ||
  (row.enteredAAt === null && room.enteredA !== undefined) ||
  (row.enteredBAt === null && room.enteredB !== undefined) ||
  (row.link === null && room.link !== undefined)

const parse = (json: string | null | undefined): Room | undefined => {
  try {
    return json === null || json === undefined ? undefined : (JSON.parse(json) as Room)
  } catch {
    return undefined // `compareRooms` tells of it.
  }
}

/** Rooms that live in Postgres: does Redis know them? */
async function* lostRooms(deps: ReconcilerDeps): AsyncGenerator<Suspect> {
  const { redis, keys, tables, settings } = deps
  const loseLost = (row: RoomRow) => async (): Promise<boolean> => {
    const record = recordOf(row, Date.now())
    const reply = await runScript(
      redis,
      loseRoomScript,
      {
        ...keys,
        roomLease: keys.roomLease(row.room),
        roomMailbox: keys.mailbox('room'),
        courierMailbox: keys.mailbox('courier'),
        ledgerMailbox: keys.mailbox('ledger'),
      },
      {
        token: '',
        room: row.room,
        json: JSON.stringify(record),
        closingMs: settings.closingMs,
        // The people of a closing room were told when it began to close.
        tell: record.stage === 'closing' ? '' : '1',
      },
    )
    return reply === 'lost'
  }
  for await (const rows of tables.rooms.livePages()) {
    const records = await redis.hmget(keys.rooms, ...rows.map(({ room }) => room))
    for (const [i, row] of rows.entries())
      if (records[i] === null)
        yield suspect('room_lost', row.room, `${row.stage} in Postgres, but Redis lost it`, row, loseLost(row))
  }
}

/** Rooms that live in Redis: does Postgres know all that happened to them? */
async function* unwrittenRooms(deps: ReconcilerDeps): AsyncGenerator<Suspect> {
  const { redis, keys, tables } = deps
  const { announce, lose } = createRepairs(deps)
  for await (const page of fieldsOf(redis, keys.rooms)) {
    const live = page.flatMap(([, json]) => parse(json) ?? [])
    const rows = new Map((await tables.rooms.byIds(live.map(({ id }) => id))).map((row) => [row.room, row]))
    const paired = live.filter(({ stage }) => stage !== 'closing').flatMap(({ a, b }) => [a, b])
    const people = new Map((await tables.activeUsers.byUsers(paired)).map((row) => [row.user, row]))
    for (const room of live) {
      const row = rows.get(room.id)
      const evidence = [row ?? null, { ...room, deadline: 0, activeAt: 0, claim: '', claimUntil: 0 }]
      const tellAgain = announce('room', room.id)
      if (row === undefined)
        yield suspect('room_unknown', room.id, `${room.stage}, but Postgres does not know it`, evidence, tellAgain)
      else if (room.stage !== 'closing' && rank(row.stage) > rank(room.stage))
        yield suspect('room_ended', room.id, `${room.stage}, but ${row.stage} in Postgres`, evidence, lose(room.id))
      else if (row.stage !== 'closed' && isBehind(row, room))
        yield suspect('room_outdated', room.id, `${room.stage}, but Postgres is behind`, evidence, tellAgain)
      else if (room.stage !== 'closing' && (!people.has(room.a) || !people.has(room.b)))
        yield suspect('row_missing', room.id, 'Postgres does not know where its people are', evidence, tellAgain)
    }
  }
}

/** Whether Postgres remembers of each room what Redis decided, and Redis all that Postgres remembers. */
export const compareRowsOfRooms: Comparison = async function* (deps) {
  yield* lostRooms(deps)
  yield* unwrittenRooms(deps)
}
