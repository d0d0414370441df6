import type { ChatId, HostId, RoomId, UserId } from '../ids.js'
import { inTransaction, type Connection } from './database.js'
import { anyRows, maybeRow, noRows, oneRow } from './queries.js'

/** The primary key of `groups`, in decimal. */
export type GroupId = string & { readonly groupId: unique symbol }

/** Where a group is in its life (I4). `lost`: its creation was never confirmed, and no group with its marker exists. */
export type GroupStatus = LiveGroupStatus | 'deleted' | 'lost'
/** Of the groups that exist on Telegram, or are about to. */
export const LIVE_STATUSES = ['preparing', 'stock', 'held', 'disposing'] as const
export type LiveGroupStatus = (typeof LIVE_STATUSES)[number]

/** A Telegram group of one host. Instants in milliseconds. */
export interface GroupRow {
  readonly group: GroupId
  /** The first title, unique: what a group of unconfirmed creation is found by. */
  readonly marker: string
  readonly host: HostId
  /** Null until the group is known to exist on Telegram. */
  readonly chat: ChatId | null
  /** What the host's own client needs to address the group: a signed 64-bit number in decimal. */
  readonly accessHash: string | null
  readonly status: GroupStatus
  readonly room: RoomId | null
  readonly createdAt: number
  readonly changedAt: number
}

/** A group that has been in preparation for long. `hostMayWork`: its host is not out of work. */
export interface UnfinishedGroup extends GroupRow {
  readonly hostMayWork: boolean
}

/** A group that is to go, with the last room that it held and that room's people. */
export interface GroupToEmpty {
  readonly group: GroupId
  readonly chat: ChatId
  readonly room: RoomId
  readonly a: UserId
  readonly b: UserId
}

/** How many groups one host has in one part of their life. */
export interface GroupCount {
  readonly host: HostId
  readonly status: LiveGroupStatus
  readonly count: number
}

/** Of Postgres' advisory locks: any number that nothing else takes. */
const INTENTS_LOCK = 722_511_302

/** Of a GroupRow. */
const COLUMNS = `
  group_id as "group", marker, host_id::text as "host", chat_id as "chat", access_hash as "accessHash", status,
  room_id as "room", created_at as "createdAt", changed_at as "changedAt"`

const intend = oneRow<{ host: HostId; marker: string }, { group: GroupId }>('groups/intend')
const lockIntents = oneRow<{ lock: number }, { locked: boolean }>('groups/lock-intents')
const beingPrepared = anyRows<{ host: HostId }, { chat: ChatId | null }>('groups/being-prepared')
const locate = maybeRow<{ group: GroupId; chat: ChatId; accessHash: string }, object>('groups/locate')
const setStatus = maybeRow<{ group: GroupId; status: GroupStatus }, object>('groups/set-status')
const ofHost = anyRows<{ host: HostId; statuses: readonly GroupStatus[] }, GroupRow>('groups/of-host', COLUMNS)
const livePage = anyRows<{ after: GroupId | '0'; limit: number }, GroupRow>('groups/page-live', COLUMNS)
const byChats = anyRows<{ chats: readonly ChatId[] }, GroupRow>('groups/by-chats', COLUMNS)
const giveUp = maybeRow<{ group: GroupId }, object>('groups/give-up')
const unfinished = anyRows<{ forMs: number }, UnfinishedGroup>('groups/unfinished', COLUMNS)
const toEmpty = anyRows<{ patienceMs: number; limit: number }, GroupToEmpty>('groups/to-empty')
const noteEmptied = noRows<{ group: GroupId; room: RoomId }>('groups/note-emptied')
const deleteGone = oneRow<{ before: number; limit: number }, { count: number }>('groups/delete-gone')
const countByStatus = anyRows<object, GroupCount>('groups/count-by-status')

/** The groups that hosts own, from the intent to create them to their deletion. */
export const groupsTable = (on: Connection) => ({
  /**
   * Writes the intent to create a group, before it is created; the same marker gives the same row. Null when `enough`
   * says that none is needed: it is given the groups that are being prepared, and no other host's `intendUnless` comes
   * in between. Null also, without having asked, while another host decides: nobody waits here with a connection in
   * hand, so `enough` must not take long either. Belongs into a transaction or begins one.
   */
  intendUnless: (
    host: HostId,
    marker: string,
    enough: (preparing: readonly (ChatId | null)[]) => Promise<boolean>,
  ): Promise<GroupId | null> =>
    inTransaction(on, async (tx) => {
      if (!(await lockIntents(tx, { lock: INTENTS_LOCK })).locked) return null
      const rows = await beingPrepared(tx, { host })
      if (await enough(rows.map(({ chat }) => chat))) return null
      return (await intend(tx, { host, marker })).group
    }),
  /** The group exists: stores its id and access hash. False when it is not being prepared any more. */
  located: async (group: GroupId, chat: ChatId, accessHash: string): Promise<boolean> =>
    (await locate(on, { group, chat, accessHash })) !== null,
  /** Moves a group on, for what the ledger does not hear of. False when it is unknown or deleted: that is final. */
  setStatus: async (group: GroupId, status: Exclude<GroupStatus, 'held'>): Promise<boolean> =>
    (await setStatus(on, { group, status })) !== null,
  byChat: async (chat: ChatId): Promise<GroupRow | null> => (await byChats(on, { chats: [chat] }))[0] ?? null,
  preparing: (host: HostId): Promise<GroupRow[]> => ofHost(on, { host, statuses: ['preparing'] }),
  disposing: (host: HostId): Promise<GroupRow[]> => ofHost(on, { host, statuses: ['disposing'] }),
  /** Everything of one host that exists on Telegram or is about to. */
  liveOf: (host: HostId): Promise<GroupRow[]> => ofHost(on, { host, statuses: LIVE_STATUSES }),
  /** Everything that exists or is about to, page by page, oldest first; each page is read when it is asked for. */
  livePages: async function* (limit = 500): AsyncGenerator<readonly GroupRow[]> {
    let after: GroupId | '0' = '0'
    for (;;) {
      const rows: GroupRow[] = await livePage(on, { after, limit })
      const last = rows.at(-1)
      if (last === undefined) return
      yield rows
      after = last.group
    }
  },
  /** Those of `chats` that Postgres knows. */
  byChats: (chats: readonly ChatId[]): Promise<GroupRow[]> => byChats(on, { chats }),
  /** Those that nothing has happened to for so long while they are prepared. */
  unfinished: (forMs: number): Promise<UnfinishedGroup[]> => unfinished(on, { forMs }),
  /** One of those is to be deleted. False when it is not in preparation any more. */
  giveUp: async (group: GroupId): Promise<boolean> => (await giveUp(on, { group })) !== null,
  /** Groups that are to go, in which people of the last room may still be; where the host works, only after `patienceMs`. */
  toEmpty: (patienceMs: number, limit: number): Promise<GroupToEmpty[]> => toEmpty(on, { patienceMs, limit }),
  /** The people of that room were removed from the group. */
  noteEmptied: (group: GroupId, room: RoomId): Promise<void> => noteEmptied(on, { group, room }),
  /** Forgets at most `limit` groups that were gone from Telegram before an instant in milliseconds. Gives how many. */
  deleteGoneBefore: async (before: number, limit: number): Promise<number> =>
    (await deleteGone(on, { before, limit })).count,
  countByStatus: (): Promise<GroupCount[]> => countByStatus(on, {}),
})
export type GroupsTable = ReturnType<typeof groupsTable>
