import { RebuildingError } from '../errors.js'
import type { RoomId } from '../ids.js'
import { auditTable } from '../postgres/audit.js'
import { roomsTable } from '../postgres/rooms.js'
import type { Context } from './context.js'
import { NotFoundError, wordsFor } from './failures.js'
import { instant } from './words.js'

/** The audit table tells who did something: an administrator by id, or the command line. */
const ACTOR = 'cli'
const REASON_LENGTH = 200

/** What Postgres remembers of a room that Redis does not have. */
const goneWords = async (context: Context, id: RoomId): Promise<string> => {
  const row = await context
    .database()
    .then((db) => roomsTable(db).byId(id))
    .catch(() => null)
  if (row === null) return `There is no room ${id}; see: rooms list`
  if (row.closedAt === null) return `Room ${id} has ended a moment ago.`
  return `Room ${id} was closed already, at ${instant(row.closedAt)} UTC (${row.reason ?? 'reason unknown'}).`
}

/** A room that is ended must not stay because Postgres is away: then only its line in the audit table is missing. */
const audit = async (context: Context, id: RoomId, reason: string): Promise<boolean> => {
  try {
    const details = { reason: reason.slice(0, REASON_LENGTH) }
    await auditTable(await context.database()).add({ actor: ACTOR, action: 'rooms close', subject: id, details })
    return true
  } catch (error) {
    context.terminal.note(`This is missing in the audit table: ${wordsFor(error)}\n`)
    return false
  }
}

/** `rooms close`: by the same script as every other ending, so it needs no process of the service. */
export const close = async (
  context: Context,
  id: RoomId,
  options: { json?: boolean; reason: string },
): Promise<void> => {
  const { rooms, whole } = await context.live()
  if (!whole) throw new RebuildingError()
  const reply = await rooms.close(id, { reason: 'operator' })
  switch (reply.tag) {
    case 'closed': {
      const audited = await audit(context, id, options.reason)
      return context.show(
        options,
        { room: id, outcome: 'closed', audited },
        `Room ${id} is ended: both people are free and are being told. The service clears up its group.\n`,
      )
    }
    case 'closing':
      return context.show(
        options,
        { room: id, outcome: 'closing', audited: false },
        `Room ${id} had been ended already: its people are free, its group is being cleared up.\n`,
      )
    case 'gone':
    case 'changed':
    case 'stale':
    case 'repeat':
      throw new NotFoundError(await goneWords(context, id))
  }
}
