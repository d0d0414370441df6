import type { Clock } from '../clock.js'
import type { ChatId, HostId, RoomId } from '../ids.js'
import type { Events } from '../events.js'
import type { Logger } from '../logger.js'
import type { BotIdentity, ConnectHost } from '../telegram/host-client.js'

/** A group of this host as Postgres remembers it. */
export interface HostGroup {
  /** The row's key. */
  readonly group: string
  readonly marker: string
  readonly host: HostId
  /** Null until the group is known to exist. */
  readonly chat: ChatId | null
  readonly accessHash: string | null
}

/** The rows of groups: intents first, so that nothing exists on Telegram that is not written down. */
export interface HostGroups {
  /**
   * Writes an intent and gives the row's key; null when `enough` says that none is needed. It is given the groups that
   * are being prepared already, by this host or another (null for one that may not exist yet), and no other host writes
   * an intent meanwhile. Null without having asked it while another host decides.
   */
  intendUnless(
    host: HostId,
    marker: string,
    enough: (preparing: readonly (ChatId | null)[]) => Promise<boolean>,
  ): Promise<string | null>
  /** The group exists: how to reach it. */
  located(group: string, chat: ChatId, accessHash: string): Promise<unknown>
  setStatus(group: string, status: 'disposing' | 'deleted' | 'lost'): Promise<unknown>
  byChat(chat: ChatId): Promise<HostGroup | null>
  preparing(host: HostId): Promise<readonly HostGroup[]>
  disposing(host: HostId): Promise<readonly HostGroup[]>
  /** Everything that exists on Telegram or is about to. */
  liveOf(host: HostId): Promise<readonly HostGroup[]>
}

/** Where groups are right now: Redis decides. What becomes of a row when a group changes place, the ledger writes. */
export interface GroupStock {
  /** How many groups are ready to hold a room. Like `place`, it throws RebuildingError rather than guess. */
  sizeForSure(): Promise<number>
  /** Puts a prepared (or disposed of and cleaned) group into stock; no harm when it has a place already. */
  add(chat: ChatId, host: HostId): Promise<unknown>
  /** The group is gone from Telegram. */
  forget(chat: ChatId, host: HostId): Promise<unknown>
  place(chat: ChatId): Promise<'stock' | 'disposing' | RoomId | undefined>
  /** The groups in stock, of every host. */
  stocked(): Promise<readonly { chat: ChatId; host: HostId }[]>
  /** Takes a group out of stock to be disposed of; nothing happens when a room took it just now. */
  retire(chat: ChatId, host: HostId): Promise<unknown>
}

/** The rows of host accounts. */
export interface HostAccounts {
  get(host: HostId): Promise<{
    readonly status: 'active' | 'parked' | 'quarantined' | 'draining'
    /** Milliseconds since 1970. */
    readonly parkedUntil: number | null
    /** Until when Telegram itself wants it to rest, whatever operators do. */
    readonly floodUntil: number | null
    /** Quarantined or not: whether anything may be done as it. */
    readonly mayWork: boolean
    /** Groups created on this UTC day. */
    readonly usedToday: number
  } | null>
  /** Counts one more group against today's budget; false when `max` are used up. */
  spendBudget(host: HostId, max: number): Promise<boolean>
  /** Telegram refused to make the group: it does not count. */
  returnBudget(host: HostId): Promise<void>
  /** Telegram wants the account to rest until then. */
  flood(host: HostId, until: number, reason: string): Promise<void>
  /** Takes the account out of work until it is logged in again. */
  quarantine(host: HostId, reason: string): Promise<void>
}

export interface HostSettings {
  /** How many groups are to be ready (GROUP_STOCK). */
  readonly stock: number
  /** The usual pause between two creations, varied by half (GROUP_PACE); 0 for none. */
  readonly paceMs: number
  /** Creations a day (GROUP_BUDGET). */
  readonly budget: number
  readonly disposal: 'delete' | 'recycle'
  /** The deployment's name (REDIS_PREFIX): part of each marker. */
  readonly prefix: string
  /** How long a group whose creation was not confirmed is looked for before its intent counts as lost. */
  readonly intentTimeoutMs: number
  /** The first pause after something failed; doubles up to a minute (an hour for one stubborn group). */
  readonly retryMs: number
  /** How often the account is looked at: what has ended its session or limits it shows at the next call only. */
  readonly accountEveryMs: number
  /** How often groups that nobody knows of are looked for. */
  readonly sweepEveryMs: number
}

/** What the actor of one host works with. */
export interface HostParts {
  readonly host: HostId
  readonly connect: ConnectHost
  readonly bot: BotIdentity
  readonly groups: HostGroups
  readonly stock: GroupStock
  readonly accounts: HostAccounts
  readonly settings: HostSettings
  readonly logger: Logger
  readonly events: Pick<
    Events,
    | 'groupCreated'
    | 'groupDeleted'
    | 'groupRecycled'
    | 'groupNotRecycled'
    | 'groupUnprepared'
    | 'orphanDeleted'
    | 'hostParked'
    | 'hostFull'
    | 'hostQuarantined'
  >
  readonly clock: Clock
  /** From 0 to 1: varies the pace. */
  readonly random: () => number
  /** A group came into stock: people who wait may be matched now. */
  readonly onStocked: () => void
  /** Answers whoever asked through the mailbox, under the name that the question gave. */
  readonly answer: (name: string, json: string) => Promise<void>
}
