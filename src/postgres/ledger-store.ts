import type { ChatId, HostId, RoomId, UserId } from '../ids.js'
import type { CloseReason } from '../mailboxes.js'
import type { Connection, Database } from './database.js'
import { fenced, type FenceToken } from './deployment.js'
import { noRows, oneRow } from './queries.js'

/** The place of a fact in its mailbox. */
export interface Position {
  readonly ms: bigint
  readonly seq: bigint
}

/** Instants are Redis' milliseconds. */
export interface RoomMade {
  readonly a: UserId
  readonly b: UserId
  readonly chat: ChatId
  readonly host: HostId
  readonly at: number
}
export interface RoomMoved {
  invitation?: { link: string; at: number; deadlineAt: number }
  openedAt?: number
  ending?: { reason: CloseReason; by: UserId | null; at: number }
  closedAt?: number
}
export type PersonPlace =
  | { readonly state: 'waiting'; readonly since: number; readonly first: boolean; readonly position: Position }
  | { readonly state: 'paired'; readonly since: number; readonly room: RoomId; readonly position: Position }
  | { readonly state: 'idle'; readonly position: Position }
export interface GroupPlace {
  readonly status: 'stock' | 'held' | 'disposing'
  readonly room: RoomId | null
  readonly position: Position
}

/** A ban that nobody could write down before; null: for good. */
export interface BanMade {
  readonly user: UserId
  readonly until: number | null
  readonly reason: string
  readonly by: string
  readonly at: number
  readonly position: Position
}

/** What a batch of facts comes down to: the last word about each person and group, and all that happened to each room. */
export interface Folded {
  readonly made: ReadonlyMap<RoomId, RoomMade>
  readonly moved: ReadonlyMap<RoomId, RoomMoved>
  readonly entered: readonly { room: RoomId; user: UserId; at: number }[]
  /** Rooms whose people are free, unless something later in the batch places them anew. */
  readonly freed: ReadonlySet<RoomId>
  readonly people: ReadonlyMap<UserId, PersonPlace>
  readonly groups: ReadonlyMap<ChatId, GroupPlace>
  /** In order. */
  readonly bans: readonly BanMade[]
  /** Who was let in again, and when last. */
  readonly unbanned: ReadonlyMap<UserId, { readonly at: number; readonly position: Position }>
  /** The newest fact of the batch; undefined when no fact was legible. */
  readonly upTo: Position | undefined
}

/** The columns of a statement that takes its rows as arrays, one per column. */
type Columns<Row> = { readonly [Name in keyof Row]: readonly Row[Name][] }
type At = { ms: string; seq: string }
interface Move {
  room: RoomId
  invitedAt: number | null
  entryDeadlineAt: number | null
  link: string | null
  openedAt: number | null
  closingAt: number | null
  reason: CloseReason | null
  endedBy: UserId | null
  closedAt: number | null
}
type Placed = At & { user: UserId; state: string; since: number; room: RoomId | null; first: boolean }

const makeRooms = noRows<Columns<RoomMade & { room: RoomId }>>('ledger/make-rooms')
const moveRooms = noRows<Columns<Move>>('ledger/move-rooms')
const enterRooms = noRows<Columns<{ room: RoomId; user: UserId; at: number }>>('ledger/enter-rooms')
const freePeople = noRows<{ rooms: readonly RoomId[] }>('ledger/free-people')
const removePeople = noRows<Columns<At & { user: UserId }>>('ledger/remove-people')
const placePeople = noRows<Columns<Placed>>('ledger/place-people')
const placeGroups = noRows<Columns<At & { chat: ChatId; status: string; room: RoomId | null }>>('ledger/place-groups')
const makeBan = noRows<At & Omit<BanMade, 'position'>>('ledger/make-ban')
const liftBans = noRows<Columns<At & { user: UserId; at: number }>>('ledger/lift-bans')
const advance = noRows<At>('ledger/advance')
const position = oneRow<object, { position: string }>('ledger/position')

/** Turns rows into columns and runs the statement, if there is anything to write. */
const write = async <Row extends object>(
  tx: Connection,
  statement: (on: Connection, columns: Columns<Row>) => Promise<void>,
  rows: readonly Row[],
): Promise<void> => {
  const [first] = rows
  if (first === undefined) return
  const names = Object.keys(first) as (keyof Row)[]
  const columns: Partial<Record<keyof Row, unknown[]>> = {}
  for (const name of names) columns[name] = rows.map((row) => row[name])
  await statement(tx, columns as Columns<Row>)
}

// Rows are written in the order of their keys: two transactions that meet cannot wait for each other.
const sorted = <Key extends string, Value>(map: ReadonlyMap<Key, Value>): [Key, Value][] =>
  [...map].sort(([one], [other]) => (one < other ? -1 : 1))

const at = ({ ms, seq }: Position): At => ({ ms: String(ms), seq: String(seq) })

const moveOf = ([room, { invitation, openedAt, ending, closedAt }]: [RoomId, RoomMoved]): Move => ({
  room,
  invitedAt: invitation?.at ?? null,
  entryDeadlineAt: invitation?.deadlineAt ?? null,
  link: invitation?.link ?? null,
  openedAt: openedAt ?? null,
  closingAt: ending?.at ?? null,
  reason: ending?.reason ?? null,
  endedBy: ending?.by ?? null,
  closedAt: closedAt ?? null,
})

const writeFolded = async (tx: Connection, folded: Folded): Promise<void> => {
  await write(
    tx,
    makeRooms,
    sorted(folded.made).map(([room, rest]) => ({ room, ...rest })),
  )
  await write(tx, moveRooms, sorted(folded.moved).map(moveOf))
  await write(tx, enterRooms, folded.entered)
  if (folded.freed.size > 0) await freePeople(tx, { rooms: [...folded.freed] })
  const idle: (At & { user: UserId })[] = []
  const placed: Placed[] = []
  for (const [user, place] of sorted(folded.people)) {
    const { state, position } = place
    if (state === 'idle') idle.push({ user, ...at(position) })
    else {
      const { room, first } =
        state === 'paired' ? { room: place.room, first: false } : { room: null, first: place.first }
      placed.push({ user, state, since: place.since, room, first, ...at(position) })
    }
  }
  await write(tx, removePeople, idle)
  await write(tx, placePeople, placed)
  const groups = sorted(folded.groups).map(([chat, { position, ...place }]) => ({ chat, ...place, ...at(position) }))
  await write(tx, placeGroups, groups)
  // Few, and only after Postgres was away.
  for (const { position, ...ban } of folded.bans) await makeBan(tx, { ...ban, ...at(position) })
  await write(
    tx,
    liftBans,
    sorted(folded.unbanned).map(([user, { position, ...lifted }]) => ({ user, ...lifted, ...at(position) })),
  )
  if (folded.upTo) await advance(tx, at(folded.upTo))
}

/**
 * What the ledger writes with. Everything a batch says, and how far the ledger has come with it, is one transaction.
 *
 * Why a position is enough. A row of somebody idle is deleted, so nothing would be left to tell a repeated, older fact
 * from news. But facts have one order (their stream ids), one writer (the fence: its row stays locked until the
 * transaction ends, and a former holder is refused), and that writer takes them in order. So whatever is not past the position
 * has been written already, and is passed over where it speaks of people and groups. What it says about rooms is
 * merged in any case: there every column keeps the first that was said, so repetition changes nothing.
 *
 * When Redis loses its data, perhaps to another server's clock, the rebuild moves the position past everything that was
 * announced before, and has the streams go on behind it. A batch read before the loss and written after it is no news
 * then; what it says about rooms is merged all the same, and what the rebuild did not see of them, the reconciler finds.
 */
export const createLedgerStore = (db: Database) => ({
  /**
   * Writes a folded batch, all or nothing. Giving the same batch again changes nothing.
   * @throws LeaseLostError when another holder has written since; PostgresError (retryable) when Postgres is away
   */
  write: (folded: Folded, token: FenceToken): Promise<void> =>
    fenced(db, 'ledger', token, (tx) => writeFolded(tx, folded)),
  /** The id of the newest fact written in this epoch, `0-0` before the first. */
  position: async (): Promise<string> => (await position(db, {})).position,
})
export type LedgerStore = ReturnType<typeof createLedgerStore>
