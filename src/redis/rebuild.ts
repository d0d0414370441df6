import { randomUUID } from 'node:crypto'
import { VisavisError } from '../errors.js'
import type { HostId, RoomId } from '../ids.js'
import type { Events } from '../events.js'
import { hostMailbox } from '../mailboxes.js'
import type { ActiveUsersTable } from '../postgres/active-users.js'
import type { BansTable } from '../postgres/bans.js'
import type { DeploymentState, DeploymentTable } from '../postgres/deployment.js'
import type { GroupsTable } from '../postgres/groups.js'
import type { RoomRow, RoomsTable } from '../postgres/rooms.js'
import { compareProgress, lastAnnounced } from './announced.js'
import { runScript, type RedisClient } from './define-script.js'
import type { Keys } from './keys.js'
import { redisNow } from './redis-now.js'
import { goingOn, leaseOf, recordOf, type RestoredLeases } from './restored-room.js'
import {
  beginRebuildScript,
  finishRebuildScript,
  loseRoomScript,
  restoreBanScript,
  restoreGroupScript,
  restoreRoomScript,
  restoreWaitingScript,
  resumeServerScript,
} from './scripts.js'
import { doubtServer } from './server-guard.js'

/** People per script call. */
const BATCH = 200

export interface RebuildTables {
  readonly deployment: Pick<DeploymentTable, 'state' | 'beginEpoch' | 'pausedBy'>
  readonly bans: Pick<BansTable, 'list'>
  readonly activeUsers: Pick<ActiveUsersTable, 'pages'>
  readonly rooms: Pick<RoomsTable, 'livePages'>
  readonly groups: Pick<GroupsTable, 'livePages' | 'setStatus'>
}
export interface RebuildDeps {
  readonly redis: RedisClient
  readonly keys: Keys
  readonly tables: RebuildTables
  readonly settings: RestoredLeases & { readonly waitMaxMs: number }
  readonly events: Pick<Events, 'rebuildBegun' | 'rebuildFinished'>
}

/**
 * What a look found: all is well, it was the first start, Redis restarted without a loss, all stands again, or somebody
 * else is at it.
 */
export type RebuildOutcome = 'whole' | 'first' | 'resumed' | 'rebuilt' | 'overtaken'

type Loss = 'first' | 'missing' | 'different' | 'older'

/**
 * Puts the live state back from Postgres when Redis lost it. Lost means: no epoch, another epoch than Postgres has, or
 * a ledger's mailbox that ends before the last fact Postgres holds (Redis came back with an older copy of itself; what
 * is announced after a restart would hide that, so nothing is before the look: see `server-guard.ts`).
 *
 * A rebuild may die at any step: as long as no epoch stands, every script answers `rebuilding`, and the next look begins
 * again from nothing. Two at once cannot mix their work: scripts obey the one that began last.
 */
export const createRebuild = ({ redis, keys, tables, settings, events }: RebuildDeps) => {
  const fixed = {
    ...keys,
    ledgerMailbox: keys.mailbox('ledger'),
    roomMailbox: keys.mailbox('room'),
    roomLater: keys.later('room'),
    courierMailbox: keys.mailbox('courier'),
    courierLater: keys.later('courier'),
  }
  const ofRoom = (room: RoomId) => ({ ...fixed, roomLease: keys.roomLease(room) })

  const restoreBans = async (token: string): Promise<number> => {
    const bans = await tables.bans.list()
    for (let i = 0; i < bans.length; i += BATCH)
      await runScript(
        redis,
        restoreBanScript,
        keys,
        { token },
        bans.slice(i, i + BATCH).map(({ user }) => user),
      )
    return bans.length
  }

  const restoreWaiting = async (token: string): Promise<number> => {
    let restored = 0
    for await (const page of tables.activeUsers.pages(BATCH)) {
      const waiting = page.filter(({ state }) => state === 'waiting')
      if (waiting.length === 0) continue
      const people = waiting.flatMap(({ user, since, first }) => [user, since, first ? '1' : '0'])
      restored += await runScript(redis, restoreWaitingScript, fixed, { token, waitMaxMs: settings.waitMaxMs }, people)
    }
    return restored
  }

  const restoreRoom = async (token: string, row: RoomRow, now: number): Promise<'restored' | 'lost'> => {
    const record = goingOn(row, settings, now)
    const reply = await runScript(
      redis,
      restoreRoomScript,
      { ...ofRoom(row.room), stage: keys[record.stage] },
      { token, room: row.room, json: JSON.stringify(record), leaseMs: leaseOf(record, settings, now) },
    )
    if (reply === 'restored') return 'restored'
    await runScript(redis, loseRoomScript, ofRoom(row.room), {
      token,
      room: row.room,
      json: JSON.stringify(recordOf(row, now)),
      closingMs: settings.closingMs,
      tell: '1',
    })
    return 'lost'
  }

  const restoreRooms = async (token: string): Promise<{ restored: number; lost: number }> => {
    const now = await redisNow(redis)
    const counts = { restored: 0, lost: 0 }
    for await (const page of tables.rooms.livePages())
      for (const row of page) counts[await restoreRoom(token, row, now)]++
    return counts
  }

  /** After the rooms: what they hold is theirs; what a room held that is gone must go too. */
  const restoreGroups = async (token: string): Promise<number> => {
    let restored = 0
    const restore = (chat: string, host: HostId, place: 'stock' | 'disposing') =>
      runScript(
        redis,
        restoreGroupScript,
        { ...keys, hostMailbox: keys.mailbox(hostMailbox(host)) },
        { token, chat, host, place },
      )
    for await (const page of tables.groups.livePages())
      for (const { group, chat, host, status } of page) {
        // One that is being prepared is its host's until it comes into stock.
        if (chat === null || status === 'preparing') continue
        const reply = await restore(chat, host, status === 'stock' ? 'stock' : 'disposing')
        if (reply === 'restored') restored++
        if (reply === 'restored' && status === 'held') await tables.groups.setStatus(group, 'disposing')
      }
    return restored
  }

  const rebuild = async (seen: string | null, state: DeploymentState, loss: Loss): Promise<RebuildOutcome> => {
    const token = randomUUID()
    const begun = await runScript(redis, beginRebuildScript, fixed, {
      seen: seen ?? '',
      token,
      ledgerMs: state.ledgerMs,
      stale: loss === 'different' || loss === 'older' ? '1' : '',
    })
    if (begun.tag === 'changed' || !(await tables.deployment.beginEpoch(token, begun.floorMs))) return 'overtaken'
    if (loss !== 'first') events.rebuildBegun(loss)
    const banned = await restoreBans(token)
    const waiting = await restoreWaiting(token)
    const rooms = await restoreRooms(token)
    const groups = await restoreGroups(token)
    const pausedBy = (await tables.deployment.pausedBy()) ?? ''
    await runScript(redis, finishRebuildScript, keys, { value: token, pausedBy })
    if (loss === 'first') return 'first'
    events.rebuildFinished({ banned, waiting, rooms, groups })
    return 'rebuilt'
  }

  return {
    /**
     * Looks whether Redis still has its data, and puts it back when it has not: some commands and one row when it has.
     * Throws what Redis and Postgres throw; the next look goes on from there.
     */
    check: async (): Promise<RebuildOutcome> => {
      await doubtServer(redis, keys)
      // Postgres first: facts reach it through Redis, so it can never be ahead of a Redis that is asked later.
      const state = await tables.deployment.state()
      const [seen, suspended, last] = await Promise.all([
        redis.get(keys.epoch),
        redis.get(keys.suspended),
        lastAnnounced(redis, keys),
      ])
      const came = seen ?? suspended
      const lossOf = (): Loss | undefined => {
        if (came === null) return state.epoch === null ? 'first' : 'missing'
        if (came !== state.epoch) return 'different'
        return compareProgress(state, last) > 0 ? 'older' : undefined
      }
      const loss = lossOf()
      if (loss === undefined) {
        if (seen !== null) return 'whole'
        const reply = await runScript(redis, resumeServerScript, keys, { value: came ?? '' })
        return reply === 'resumed' ? 'resumed' : 'overtaken'
      }
      try {
        return await rebuild(seen, state, loss)
      } catch (error) {
        if (error instanceof VisavisError && error.code === 'not_rebuilding') return 'overtaken'
        throw error
      }
    },
  }
}
export type Rebuild = ReturnType<typeof createRebuild>
