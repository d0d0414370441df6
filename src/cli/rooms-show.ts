import type { RoomId } from '../ids.js'
import { roomsTable, type RoomEvent, type RoomRow } from '../postgres/rooms.js'
import type { Room } from '../redis/rooms.js'
import type { Context } from './context.js'
import { NotFoundError, wordsFor } from './failures.js'
import { table } from './table.js'
import { instant, personWords, span, until } from './words.js'

const EVENTS: Readonly<Record<RoomEvent['event'], string>> = {
  made: 'the pair was made',
  invited: 'both were invited',
  entered: 'entered',
  opened: 'both are inside: the room is open',
  closing: 'the room ends: both people are free',
  closed: 'the room is closed: nothing of it is left',
}

/** What is shown of a room. Not its link: whoever reads it could ask to come in. */
export const shownRoom = ({ id, stage, a, b, chat, host, at, since, deadline, ...rest }: Room) => ({
  room: id,
  stage,
  a,
  b,
  chat,
  host,
  madeAt: at,
  stageSince: since,
  deadlineAt: deadline,
  enteredAAt: rest.enteredA ?? null,
  enteredBAt: rest.enteredB ?? null,
  activeAt: rest.activeAt ?? null,
  reason: rest.reason ?? null,
  endedBy: rest.by === undefined || rest.by === '' ? null : rest.by,
})

/** Of two sources either may be away: what the other one knows is shown, with a remark. */
const settled = async <T>(what: string, work: Promise<T>) => {
  try {
    return { found: await work }
  } catch (error) {
    return { failure: error, remark: `${what}: ${wordsFor(error)}\n` }
  }
}

const liveText = (room: Room, now: number): string => {
  const entered = [room.a, room.b].filter((_, index) => (index === 0 ? room.enteredA : room.enteredB) !== undefined)
  const lines: [string, string][] = [
    ['stage', `${room.stage}, for ${span(now - room.since)}`],
    ['deadline', until(room.deadline - now)],
    ['people', `${room.a} and ${room.b}`],
    ['inside', entered.length === 0 ? 'nobody has entered' : entered.join(' and ')],
    ['group', `${room.chat}, of host ${room.host}`],
    ...(room.reason === undefined
      ? []
      : ([['ends because', endWords(room.reason, room.by || null)]] as [string, string][])),
  ]
  return lines.map(([name, value]) => `${name.padEnd(14)}${value}\n`).join('')
}

const endWords = (reason: string | null, by: string | null): string =>
  `${reason ?? 'unknown'}${by === null ? '' : ` (by ${personWords(by)})`}`

const storyText = (row: RoomRow, story: readonly RoomEvent[], width: number | undefined): string =>
  table(
    [{ title: 'TIME (UTC)' }, { title: 'AFTER', align: 'right' }, { title: 'WHAT' }],
    story.map(({ at, event, user }, index) => [
      instant(at),
      index === 0 ? '' : span(at - row.madeAt),
      event === 'entered'
        ? `${user === null ? 'somebody' : personWords(user)} entered`
        : event === 'closing'
          ? `${EVENTS.closing}; reason: ${endWords(row.reason, user)}`
          : EVENTS[event],
    ]),
    width,
  )

/** `rooms show`: the live record from Redis, the story from Postgres. */
export const show = async (context: Context, id: RoomId, options: { json?: boolean }): Promise<void> => {
  const fromRedis = context.live().then(async ({ rooms, waitingSet }) => ({
    room: await rooms.get(id),
    now: await waitingSet.now(),
  }))
  const fromPostgres = context.database().then(async (db) => {
    const table = roomsTable(db)
    return { row: await table.byId(id), story: await table.story(id) }
  })
  const [live, record] = await Promise.all([
    settled('The live state is missing here', fromRedis),
    settled('The story is missing here', fromPostgres),
  ])
  const room = live.found?.room
  const row = record.found?.row ?? undefined
  if (room === undefined && row === undefined) {
    // Without both answers nobody knows that there is no such room.
    for (const { failure } of [live, record]) if (failure instanceof Error) throw failure
    throw new NotFoundError(`There is no room ${id}, and there was none (closed rooms are kept for RETENTION_ROOMS).`)
  }
  for (const { remark } of [live, record]) if (remark !== undefined) context.terminal.note(remark)
  const story = record.found?.story ?? []
  const head = room && live.found ? liveText(room, live.found.now) : ''
  const people =
    !room && row
      ? `${'stage'.padEnd(14)}${row.stage}${row.reason === null ? '' : `; reason: ${endWords(row.reason, row.endedBy)}`}\n${'people'.padEnd(14)}${personWords(row.a)} and ${personWords(row.b)}\n${'group'.padEnd(14)}${row.chat}, of host ${row.host}\n`
      : ''
  const past = row ? storyText(row, story, context.terminal.columns) : ''
  context.show(
    options,
    {
      room: id,
      live: room ? shownRoom(room) : null,
      record: row
        ? {
            stage: row.stage,
            a: row.a,
            b: row.b,
            chat: row.chat,
            host: row.host,
            reason: row.reason,
            endedBy: row.endedBy,
          }
        : null,
      story,
    },
    `${`room`.padEnd(14)}${id}\n${head}${people}${past === '' ? '' : `\n${past}`}`,
  )
}
