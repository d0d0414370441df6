import type { Connection } from '../../src/postgres/database.js'
import type { RoomId } from '../../src/ids.js'

/** Ends a room in Postgres, past Redis and the ledger, as a restored backup of another moment might have it. */
export const closeInPostgres = (on: Connection, room: RoomId): Promise<null> =>
  on.none(
    `with closed as (
       update rooms
       set closing_at = coalesce(closing_at, now()), closed_at = now(), reason = coalesce(reason, 'lost'), link = null
       where room_id = $1
       returning room_id
     )
     delete from active_users using closed where active_users.room_id = closed.room_id`,
    [room],
  )
