import type { Connection } from '../../../src/postgres/database.js'
import type { LiveSnapshot } from './read-redis.js'

interface ActiveRow {
  user_id: string
  state: 'waiting' | 'paired'
  room_id: string | null
  first_in_line: boolean
}
interface RoomRow {
  room_id: string
  a: string
  b: string
  chat_id: string
  stage: 'inviting' | 'open' | 'closing' | 'closed'
  reason: string | null
  closed: boolean
  closing: boolean
}
interface GroupRow {
  chat_id: string | null
  marker: string
  status: string
  room_id: string | null
}

/** What Postgres remembers wrongly, once the ledger has written everything. Where a group is, gone ones left out. */
export async function checkPostgres(db: Connection, live: LiveSnapshot): Promise<string[]> {
  const [active, rooms, groups, deployment] = await Promise.all([
    db.any<ActiveRow>('SELECT user_id::text, state, room_id, first_in_line FROM active_users'),
    db.any<RoomRow>(
      `SELECT room_id, a::text, b::text, chat_id::text, stage, reason, closed_at IS NOT NULL AS closed,
              closing_at IS NOT NULL AS closing
         FROM rooms`,
    ),
    db.any<GroupRow>(
      `SELECT chat_id::text, marker, status, room_id FROM groups WHERE status NOT IN ('deleted', 'lost')`,
    ),
    db.oneOrNone<{ epoch: string | null }>('SELECT epoch FROM deployment'),
  ])
  return [
    ...checkActive(active, live),
    ...checkRooms(rooms, live),
    ...checkGroups(groups, live),
    ...(deployment?.epoch === live.epoch
      ? []
      : [`I9: the epoch is "${live.epoch ?? ''}" in Redis and "${deployment?.epoch ?? ''}" in Postgres`]),
  ]
}

function checkActive(rows: readonly ActiveRow[], live: LiveSnapshot): string[] {
  const found: string[] = []
  const wanted = new Map<string, string>()
  for (const user of live.waiting) wanted.set(user, 'waiting')
  for (const user of live.first) wanted.set(user, 'waiting, first in line')
  for (const [user, { where }] of live.people)
    if (!['', '+', '!'].includes(where)) wanted.set(user, `paired in ${where}`)
  for (const row of rows) {
    const remembered =
      row.state === 'paired'
        ? `paired in ${row.room_id ?? ''}`
        : row.first_in_line
          ? 'waiting, first in line'
          : 'waiting'
    const is = wanted.get(row.user_id)
    wanted.delete(row.user_id)
    if (is !== remembered) found.push(`I9: ${row.user_id} is ${is ?? 'idle'}, but Postgres says ${remembered}`)
  }
  for (const [user, is] of wanted) found.push(`I9: ${user} is ${is}, but Postgres says idle`)
  return found
}

function checkRooms(rows: readonly RoomRow[], live: LiveSnapshot): string[] {
  const found: string[] = []
  const known = new Set<string>()
  for (const row of rows) {
    known.add(row.room_id)
    const room = live.rooms.get(row.room_id)
    if (row.closing !== (row.reason !== null) && !row.closed)
      found.push(`I6: Postgres has room ${row.room_id} ${row.stage} with the reason "${row.reason ?? ''}"`)
    if (row.closed && row.reason === null) found.push(`I6: Postgres has room ${row.room_id} closed for no reason`)
    if (row.stage === 'closed') {
      if (room) found.push(`I6: room ${row.room_id} is closed in Postgres, but ${room.stage} in Redis`)
    } else if (!room) found.push(`I9: room ${row.room_id} is ${row.stage} in Postgres, but unknown to Redis`)
    else if (room.stage !== row.stage)
      found.push(`I9: room ${row.room_id} is ${room.stage}, but Postgres says ${row.stage}`)
    else if (room.a !== row.a || room.b !== row.b || room.chat !== row.chat_id)
      found.push(`I9: Postgres has other people or another group in room ${row.room_id}`)
    else if (room.stage === 'closing' && room.reason !== row.reason)
      found.push(`I6: room ${row.room_id} ends for "${room.reason}", but Postgres says "${row.reason ?? ''}"`)
  }
  for (const [id, room] of live.rooms)
    if (!known.has(id)) found.push(`I9: room ${id} is ${room.stage}, but unknown to Postgres`)
  return found
}

function checkGroups(rows: readonly GroupRow[], live: LiveSnapshot): string[] {
  const found: string[] = []
  const known = new Set<string>()
  for (const row of rows) {
    if (row.chat_id === null) continue
    known.add(row.chat_id)
    const place = live.groups.get(row.chat_id)
    const remembered = row.status === 'held' ? (row.room_id ?? 'held by no room') : row.status
    // A group becomes known to Redis when it comes into stock.
    if (place === undefined && row.status === 'preparing') continue
    if (place !== remembered)
      found.push(`I4: group ${row.chat_id} is at "${place ?? 'nowhere'}", but Postgres says "${remembered}"`)
  }
  for (const [chat, place] of live.groups)
    if (!known.has(chat)) found.push(`I4: group ${chat} is at "${place}", but unknown to Postgres`)
  return found
}
