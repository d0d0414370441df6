import type { HostId, RoomId } from '../../ids.js'
import { hostMailbox } from '../../mailboxes.js'
import type { ActiveUsersTable } from '../../postgres/active-users.js'
import type { BansTable } from '../../postgres/bans.js'
import type { DeploymentTable } from '../../postgres/deployment.js'
import type { GroupsTable } from '../../postgres/groups.js'
import type { RoomsTable } from '../../postgres/rooms.js'
import { runScript, type RedisClient } from '../../redis/define-script.js'
import type { Departure } from '../../redis/departure.js'
import type { Groups } from '../../redis/groups.js'
import type { Keys } from '../../redis/keys.js'
import type { Rooms } from '../../redis/rooms.js'
import { announceScript, disposeGroupScript } from '../../redis/scripts.js'
import type { WaitingSet } from '../../redis/waiting-set.js'
import type { OwnedGroup } from '../../telegram/host-client.js'

/** Something that Redis, Postgres and Telegram do not agree on, or one of them with itself. */
export interface Difference {
  readonly kind: string
  /** Of what: a person, a room or a group, by id. */
  readonly subject: string
  readonly words: string
  /** Whether a run repairs it; the words say why not. */
  readonly repairable: boolean
  /** Whether it was repaired, or a repair is on its way. */
  readonly repaired: boolean
}

/** What may be a difference: it is one when a second look finds the same evidence after Postgres had time to follow. */
export interface Suspect {
  readonly kind: string
  readonly about: 'person' | 'room' | 'group'
  readonly subject: string
  readonly words: string
  /** Everything the suspicion rests on, on both sides. */
  readonly evidence: string
  /** It compares with Postgres, which follows Redis a little later. */
  readonly lags: boolean
  /**
   * Looks again in the same step as it changes anything. False when there was nothing to repair any more, or it cannot be.
   * Undefined where this run is to leave it.
   */
  readonly repair: (() => Promise<boolean>) | undefined
}

/** A host whose groups can be listed now. */
export interface ReachableHost {
  readonly host: HostId
  /** The groups of this deployment, whatever they are called by now. */
  readonly ownGroups: () => Promise<readonly OwnedGroup[]>
}

export interface ReconcilerDeps {
  readonly redis: RedisClient
  readonly keys: Keys
  readonly waitingSet: Pick<WaitingSet, 'liftBan'>
  readonly rooms: Pick<Rooms, 'close'>
  readonly groups: Pick<Groups, 'retire' | 'forget'>
  readonly departure: Departure
  readonly tables: {
    readonly bans: Pick<BansTable, 'list' | 'isBanned'>
    readonly deployment: Pick<DeploymentTable, 'state'>
    readonly activeUsers: Pick<ActiveUsersTable, 'pages' | 'byUsers' | 'removeStale'>
    readonly rooms: Pick<RoomsTable, 'livePages' | 'byIds'>
    readonly groups: Pick<GroupsTable, 'livePages' | 'byChats' | 'setStatus' | 'unfinished' | 'giveUp'>
  }
  /** Hosts that this process has a connection of; without it, Telegram is left out. */
  readonly hosts?: () => Promise<readonly ReachableHost[]>
  readonly settings: { readonly waitMaxMs: number; readonly closingMs: number }
}

/** Those of `subjects` with which something is wrong, by what a repairing script replied about each of them. */
export const faulty = <Id>(subjects: readonly Id[], replies: readonly string[]): [Id, string][] =>
  subjects.flatMap((subject, i): [Id, string][] => (replies[i] ? [[subject, replies[i]]] : []))

/** A script's words for what is wrong, in those for people. */
export const inWords = (faults: string, words: Readonly<Record<string, string>>): string =>
  faults
    .split(' ')
    .map((fault) => words[fault] ?? fault)
    .join('; ')

/** Compares one kind of thing in two places, and gives what differs. */
export type Comparison = (deps: ReconcilerDeps) => AsyncGenerator<Suspect>

/** What the repairs have in common. */
export const createRepairs = ({ redis, keys, rooms }: Pick<ReconcilerDeps, 'redis' | 'keys' | 'rooms'>) => ({
  /** Redis says again what it holds, and the ledger writes it down. */
  announce:
    (what: 'person' | 'room' | 'group', id: string, host: HostId | '' = '') =>
    async (): Promise<boolean> =>
      (await runScript(
        redis,
        announceScript,
        { ...keys, ledgerMailbox: keys.mailbox('ledger') },
        { what, id, host },
      )) === 'announced',
  /** The room ends as lost: both are free and told. */
  lose: (room: RoomId) => async (): Promise<boolean> => (await rooms.close(room, { reason: 'lost' })).tag === 'closed',
  /** The host deletes the group, if its place is still `seen`. */
  dispose: async (chat: string, host: HostId, seen: string): Promise<boolean> =>
    (await runScript(
      redis,
      disposeGroupScript,
      { ...keys, hostMailbox: keys.mailbox(hostMailbox(host)) },
      { chat, host, seen },
    )) === 'disposing',
})
