import type { RoomId } from '../ids.js'
import { roomsTable } from '../postgres/rooms.js'
import { reasonOf, tryAudit, wholeLive } from './acting.js'
import type { Context } from './context.js'
import { NotFoundError } from './failures.js'
import { instant } from './words.js'

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

/** `rooms close`: by the same script as every other ending, so it needs no process of the service. */
export const close = async (
  context: Context,
  id: RoomId,
  options: { json?: boolean; reason: string },
): Promise<void> => {
  const { rooms } = await wholeLive(context)
  const reply = await rooms.close(id, { reason: 'operator' })
  switch (reply.tag) {
    case 'closed': {
      const audited = await tryAudit(context, 'rooms close', id, { reason: reasonOf(options.reason) })
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
