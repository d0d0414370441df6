import type { ChatId, UserId } from '../ids.js'

/** A group as its host needs to know it. Access hashes belong to one account and may be unknown. */
export interface GroupRef {
  readonly chat: ChatId
  /** Decimal text; undefined (or outdated) means that the list of dialogs is searched for it. */
  readonly accessHash?: string | undefined
}

/** A group that this account owns, as the list of dialogs shows it. */
export interface OwnedGroup {
  readonly chat: ChatId
  readonly accessHash: string
  readonly title: string
}

export interface GroupMember {
  readonly user: UserId
  readonly admin: boolean
}

/** What Telegram has against the account, as far as it shows without a refusal. Instants in milliseconds. */
export interface AccountVerdict {
  /** A frozen account may look, and do nothing; what it has not got lifted by then, it loses. */
  readonly frozen: { readonly until: number | null; readonly appealUrl: string | null } | null
  /**
   * On which platforms the account is kept from view (`all`, `ios`, …), and why. Another thing than the limit for spam,
   * which shows only in a refused creation (USER_RESTRICTED).
   */
  readonly restrictions: readonly { readonly platform: string; readonly reason: string }[]
}

/** What Telegram says about the account itself. */
export interface AccountStanding extends AccountVerdict {
  /** When this session was logged in; soon afterwards an account may not promote anybody. */
  readonly loginAt: number | null
}

/** The bot that groups are prepared for. */
export interface BotIdentity {
  readonly id: UserId
  /** Without the @. */
  readonly username: string
}

/**
 * One connection of one Telegram user account. It is used once: after HostUnavailableError or `close` every call
 * rejects with HostUnavailableError, and another client must be made. Each call has its own timeout and rejects with
 * one of the host errors of `errors.ts`.
 */
export interface HostClient {
  /** Connects and signs in with the session. */
  connect(): Promise<void>
  /** Cuts the connection; what is in flight rejects. Never throws. */
  close(): Promise<void>
  /** Whether calls can be made. */
  alive(): boolean
  /** This account. Known after `connect`. */
  me(): UserId
  /** What Telegram has against this account: cheap enough for every minute. */
  verdict(): Promise<AccountVerdict>
  /** The same and more, for somebody who asks. */
  standing(): Promise<AccountStanding>
  /** Not idempotent: after HostUnavailableError look with `findGroup` before repeating. `marker` becomes the title and the description. */
  createGroup(marker: string): Promise<OwnedGroup>
  /** The group with exactly this title that this account owns, from the list of dialogs. */
  findGroup(marker: string): Promise<OwnedGroup | undefined>
  /** All groups that this account owns, also those that are none of ours. */
  ownGroups(): Promise<OwnedGroup[]>
  /** What a group says of itself, '' for nothing; not in the list of dialogs, so it takes a call. '' too when it is gone. */
  description(group: GroupRef): Promise<string>
  /**
   * Hides the history from newcomers, forbids members to invite, pin and change info, adds and promotes the bot.
   * Every step may be repeated. Resolves with the access hash that worked.
   */
  prepareGroup(group: GroupRef, bot: BotIdentity): Promise<string>
  members(group: GroupRef): Promise<GroupMember[]>
  /** Removes (bans) everybody except these people; nobody else is left when it resolves. */
  removeOthers(group: GroupRef, keep: readonly UserId[]): Promise<void>
  /** Lets everybody who was removed come back some day. */
  liftBans(group: GroupRef): Promise<void>
  /** Deletes the history for everyone and looks that nothing is left; HostRejectedError when something is. */
  clean(group: GroupRef): Promise<void>
  setTitle(group: GroupRef, title: string): Promise<void>
  /** Deletes the group for everyone. `gone`: it was not there any more. May be repeated. */
  deleteGroup(group: GroupRef): Promise<'deleted' | 'gone'>
}

/** Makes a client that is not connected yet, from a stored session. */
export type ConnectHost = () => HostClient | Promise<HostClient>
