import type { Logger } from '../logger.js'
import type { RoomsTable } from '../postgres/rooms.js'
import type { Job } from './job.js'

/** Forgets rooms that closed longer ago than RETENTION_ROOMS. By Postgres' day-scale, so this process' clock is good enough. */
export const createForgetRoomsJob = (deps: {
  rooms: Pick<RoomsTable, 'deleteClosedBefore'>
  retentionMs: number
  logger: Logger
}): Job => ({
  name: 'forget-rooms',
  schedule: '17 * * * *',
  run: async () => {
    const rooms = await deps.rooms.deleteClosedBefore(Date.now() - deps.retentionMs)
    if (rooms > 0) deps.logger.info({ event: 'rooms_forgotten', rooms }, 'Forgot rooms that closed long ago')
  },
})
