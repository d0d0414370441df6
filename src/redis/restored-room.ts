import type { RoomRow } from '../postgres/rooms.js'
import { LINK_MARGIN_MS, type Room, type Stage } from './rooms.js'

/** How long each stage may take, from now on, after a room was put back. */
export interface RestoredLeases {
  readonly prepareMs: number
  readonly entryMs: number
  readonly idleMs: number
  readonly maxAgeMs: number
  readonly closingMs: number
}

/** A record without what the script sets itself: version, since, deadline. */
export type RestoredRoom = Omit<Room, 'version' | 'since' | 'deadline'>

/** A room that opened longer ago has its title and its welcome line for sure; nobody wants them twice. */
const DRESSED_AFTER_MS = 60_000

const stageOf = (row: RoomRow): Stage => {
  if (row.reason !== null || row.closingAt !== null) return 'closing'
  return row.enteredAAt !== null && row.enteredBAt !== null ? 'open' : 'inviting'
}

/** The record of a room as Redis had it, as far as Postgres knows. `now` by Redis' clock. */
export const recordOf = (row: RoomRow, now: number): RestoredRoom => ({
  id: row.room,
  stage: stageOf(row),
  a: row.a,
  b: row.b,
  chat: row.chat,
  host: row.host,
  at: row.madeAt,
  ...(row.link !== null && { link: row.link }),
  ...(row.enteredAAt !== null && { enteredA: row.enteredAAt }),
  ...(row.enteredBAt !== null && { enteredB: row.enteredBAt }),
  ...(row.openedAt !== null && now - row.openedAt > DRESSED_AFTER_MS && { dressed: true }),
  ...(row.reason !== null && { reason: row.reason, by: row.endedBy ?? '' }),
})

/**
 * The record with which a room goes on. It gets the whole time of its stage again; a link that does not live so long
 * is left out, and both are invited anew.
 */
export const goingOn = (row: RoomRow, leases: RestoredLeases, now: number): RestoredRoom => {
  const { link, ...record } = recordOf(row, now)
  const outlived = record.stage === 'inviting' && (row.entryDeadlineAt ?? 0) + LINK_MARGIN_MS < now + leases.entryMs
  return link === undefined || outlived ? record : { ...record, link }
}

/** Milliseconds that a room put back now has for its stage; an open one never outlives its greatest age. */
export const leaseOf = (record: RestoredRoom, leases: RestoredLeases, now: number): number => {
  if (record.stage === 'closing') return leases.closingMs
  if (record.stage === 'open') return Math.max(1, Math.min(leases.idleMs, record.at + leases.maxAgeMs - now))
  return record.link === undefined ? leases.prepareMs : leases.entryMs
}
