import type { Profile, UsersTable } from '../../postgres/users.js'
import type { BroadcastsTable } from '../../postgres/broadcasts.js'
import type { GroupsTable } from '../../postgres/groups.js'
import type { HostRow } from '../../postgres/hosts.js'
import type { ChatId, RoomId, UserId } from '../../ids.js'
import type { Room, Rooms } from '../../redis/rooms.js'
import type { Run } from '../../redis/reconciled.js'
import type { PanelStore } from '../../redis/panel.js'
import type { Shortage } from '../../redis/shortage.js'
import type { WaitingSet } from '../../redis/waiting-set.js'
import type { OutgoingMessage } from '../../telegram/bot-api.js'
import type { PanelAction } from '../admin/actions.js'
import type { Texts } from '../texts/index.js'

/** What notices are composed from. */
export interface NoticeSources {
  readonly users: Pick<UsersTable, 'profile' | 'names' | 'find' | 'markInformed' | 'countByGender'>
  readonly rooms: Pick<Rooms, 'get' | 'countByStage'>
  readonly waitingSet: Pick<
    WaitingSet,
    'whereabouts' | 'count' | 'countFirst' | 'oldestSince' | 'now' | 'list' | 'paused'
  >
  readonly groups: { size(): Promise<number> }
  readonly shortage: Pick<Shortage, 'look'>
  /** Who cannot be banned, and why. */
  readonly protectedAs: (user: UserId) => Promise<'bot' | 'admin' | 'host' | undefined>
  readonly hosts: { list(): Promise<readonly HostRow[]> }
  /** For the pages of the administrator's panel. */
  readonly panel: {
    readonly store: Pick<PanelStore<PanelAction>, 'issue'>
    readonly rooms: Pick<Rooms, 'list'>
    readonly broadcasts: Pick<BroadcastsTable, 'get' | 'newest' | 'counts' | 'audience'>
    /** How many there are, and when the oldest was buried. */
    readonly deadLetters: () => Promise<{ count: number; oldestAt: number | null }>
    readonly health: () => Promise<Health>
    readonly groupCounts: GroupsTable['countByStatus']
  }
  readonly settings: NoticeSettings
}

/** How the service is. Spans in milliseconds. */
export interface Health {
  readonly instances: readonly {
    readonly roles: readonly string[]
    readonly startedAt: number | undefined
    readonly leases: readonly string[]
  }[]
  /** Leases that somebody should hold and nobody does. */
  readonly unheld: readonly string[]
  readonly redisMs: number
  /** Undefined: Postgres does not answer, and nothing is known of hosts, their leases and mailboxes. */
  readonly postgresMs: number | undefined
  /** Undefined: Telegram does not answer. */
  readonly telegramMs: number | undefined
  readonly mailboxes: readonly { readonly mailbox: string; readonly length: number; readonly oldestMs: number }[]
  /** Rooms past their deadline. */
  readonly late: number
  readonly reconciled: Run | undefined
}

export interface NoticeSettings {
  readonly adminIds: readonly UserId[]
  readonly idleMs: number
  readonly maxAgeMs: number
  /** For how long what is stored about people stays. */
  readonly kept: { readonly roomsMs: number; readonly auditMs: number; readonly deadLettersMs: number }
  /** Whom people may write to about their data: an @name or an address. */
  readonly contact: string | undefined
  /** How many groups a host may create a day. */
  readonly groupBudget: number
}

/** What a notice knows about the one it goes to. */
export interface Reader extends NoticeSources {
  readonly to: UserId
  readonly texts: Texts
  readonly profile: Profile | null
}

/** What a group's notice knows about where it goes. */
export interface GroupReader extends NoticeSources {
  readonly chat: ChatId
  readonly room: RoomId
}

/**
 * Gives what to say, or undefined when it is not true any more. A notice is composed when it is about to be sent, from
 * the state of that moment: what the screen says is what the store says (I8).
 */
export type Notice<Args extends object> = (reader: Reader, args: Args) => Promise<OutgoingMessage | undefined>
export type GroupNotice<Args extends object> = (reader: GroupReader, args: Args) => Promise<OutgoingMessage | undefined>

export type NoArgs = Record<string, never>

/** Paragraphs, those that there are, with a blank line between. */
export const paragraphs = (...parts: readonly (string | false | undefined)[]): string =>
  parts.filter((part) => typeof part === 'string' && part !== '').join('\n\n')

/** How many others wait beside this person, who waits too. */
export const othersWaiting = async ({ waitingSet }: NoticeSources): Promise<number> =>
  Math.max(0, (await waitingSet.count()) - 1)

/**
 * Why nobody is paired at the moment, for somebody who searches since `since`; undefined while pairs are made. Who waited
 * already when that was told to all reads it again only where they `asked`.
 */
export const whyNoPairs = async (reader: Reader, since: number, asked = false): Promise<string | undefined> => {
  const { texts, waitingSet, shortage } = reader
  if (await waitingSet.paused()) return texts.say('searching.paused')
  const standing = await shortage.look()
  if (!standing) return undefined
  // Nobody is told of an end of what may pass in a moment: that is not promised.
  if (standing.at === 0) return texts.say('searching.no_rooms_now')
  return asked || since >= standing.at ? texts.say('searching.no_rooms') : ''
}

/**
 * For how many milliseconds a ban goes on; undefined for one without an end. `said`: its end, as those who made it said:
 * Postgres may be away, and hear of it later.
 */
export const banLeft = async (
  { profile, waitingSet }: Reader,
  said: number | undefined,
): Promise<number | undefined> => {
  const until = profile?.bannedUntil ?? said ?? Infinity
  // Of one that has just ended somebody is told all the same: it was in force when they asked, or left the room.
  return until === Infinity ? undefined : Math.max(1_000, until - (await waitingSet.now()))
}

/** The room of a notice, unless it ended or the reader does not belong to it. */
export const roomOf = async ({ rooms, to }: Reader, room: RoomId): Promise<Room | undefined> => {
  const found = await rooms.get(room)
  return found && found.stage !== 'closing' && (found.a === to || found.b === to) ? found : undefined
}
