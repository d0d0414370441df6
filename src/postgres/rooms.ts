import type { ChatId, HostId, RoomId, UserId } from '../ids.js'
import type { CloseReason } from '../mailboxes.js'
import type { Connection } from './database.js'
import { anyRows, oneRow } from './queries.js'

/** A room as Postgres remembers it. Instants in Redis' milliseconds; null for what has not happened. */
export interface RoomRow {
  readonly room: RoomId
  readonly a: UserId
  readonly b: UserId
  readonly chat: ChatId
  readonly host: HostId
  readonly stage: 'inviting' | 'open' | 'closing' | 'closed'
  readonly madeAt: number
  /** The newest invitation, and the instant until which its two people may enter. */
  readonly invitedAt: number | null
  readonly entryDeadlineAt: number | null
  readonly enteredAAt: number | null
  readonly enteredBAt: number | null
  readonly openedAt: number | null
  readonly closingAt: number | null
  readonly closedAt: number | null
  readonly reason: CloseReason | null
  readonly endedBy: UserId | null
  /** The join-request link, until the room is closed. */
  readonly link: string | null
}

/** One line of a room's story. `user` entered, or ended it. */
export interface RoomEvent {
  readonly at: number
  readonly event: 'made' | 'invited' | 'entered' | 'opened' | 'closing' | 'closed'
  readonly user: UserId | null
}

/** Of a RoomRow. */
const COLUMNS = `
  room_id as "room", a, b, chat_id as "chat", host_id::text as "host", stage, made_at as "madeAt",
  invited_at as "invitedAt", entry_deadline_at as "entryDeadlineAt", entered_a_at as "enteredAAt",
  entered_b_at as "enteredBAt", opened_at as "openedAt", closing_at as "closingAt", closed_at as "closedAt", reason,
  ended_by as "endedBy", link`

const livePage = anyRows<{ after: string; limit: number }, RoomRow>('rooms/page-live', COLUMNS)
const byIds = anyRows<{ rooms: readonly RoomId[] }, RoomRow>('rooms/by-ids', COLUMNS)
const newest = anyRows<{ limit: number }, RoomRow>('rooms/newest', COLUMNS)
const story = anyRows<{ room: RoomId }, RoomEvent>('rooms/story')
const deleteClosed = oneRow<{ before: number; limit: number }, { count: number }>('rooms/delete-closed')

/** Rooms, live and closed. Written by the ledger, and forgotten by retention. */
export const roomsTable = (on: Connection) => ({
  /** Every room that is not closed, page by page in the order of their ids; each page is read when it is asked for. */
  livePages: async function* (limit = 500): AsyncGenerator<readonly RoomRow[]> {
    let after = ''
    for (;;) {
      const rows: RoomRow[] = await livePage(on, { after, limit })
      const last = rows.at(-1)
      if (last === undefined) return
      yield rows
      after = last.room
    }
  },
  /** Those of `rooms` that Postgres knows. */
  byIds: (rooms: readonly RoomId[]): Promise<RoomRow[]> => byIds(on, { rooms }),
  byId: async (room: RoomId): Promise<RoomRow | null> => (await byIds(on, { rooms: [room] }))[0] ?? null,
  newest: (limit: number): Promise<RoomRow[]> => newest(on, { limit }),
  /** What happened to a room, in order; empty when Postgres does not know it. */
  story: (room: RoomId): Promise<RoomEvent[]> => story(on, { room }),
  /** Forgets at most `limit` rooms closed before an instant in milliseconds. Gives how many. */
  deleteClosedBefore: async (before: number, limit: number): Promise<number> =>
    (await deleteClosed(on, { before, limit })).count,
})
export type RoomsTable = ReturnType<typeof roomsTable>
