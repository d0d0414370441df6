import type { HostId } from '../ids.js'
import { STAGES, type Room, type Stage } from '../redis/rooms.js'
import type { Context, Live } from './context.js'

/** Which rooms an operator means. */
export interface RoomChoice {
  readonly stage?: Stage
  readonly host?: HostId
  /** Made longer ago than so many milliseconds. */
  readonly olderThan?: number
}

const PAGE = 500

export const stagesOf = ({ stage }: RoomChoice): readonly Stage[] => (stage === undefined ? STAGES : [stage])

/**
 * The rooms that are meant, nearest deadline first within a stage, page by page; `now` is by Redis' clock. Says
 * on stderr which could not be read.
 */
export async function* chosenRooms(
  { terminal }: Pick<Context, 'terminal'>,
  { rooms }: Live,
  choice: RoomChoice,
  now: number,
): AsyncGenerator<Room> {
  const { host, olderThan } = choice
  for (const stage of stagesOf(choice))
    for (let offset = 0; ; offset += PAGE) {
      let seen = 0
      const page = await rooms.list(stage, offset, PAGE, (room, why) => {
        seen++
        if (why === 'unreadable')
          terminal.note(`Room ${room} is left out: its record cannot be read. Mend that with: reconcile\n`)
      })
      seen += page.length
      for (const room of page)
        if ((host === undefined || room.host === host) && (olderThan === undefined || now - room.at > olderThan))
          yield room
      if (seen < PAGE) break
    }
}
