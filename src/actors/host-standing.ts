import {
  HostFloodError,
  HostFullError,
  HostQuarantineError,
  HostSessionError,
  type HostError,
} from '../telegram/errors.js'
import type { AccountVerdict } from '../telegram/host-client.js'
import type { HostParts } from './host-parts.js'

/**
 * `working`; `limited`: reported as spam, makes no groups any more but still deletes what it owns; `halted`: frozen,
 * deactivated or logged out, nothing is tried any more; `draining`: an operator wants it to give up all its groups.
 */
export type HostMode = 'working' | 'limited' | 'halted' | 'draining'

/** What Telegram answers to an account that it restricts, to whatever that may not do any more. */
const LIMITED = 'USER_RESTRICTED'
/** What a frozen account is answered to whatever it does. */
const FROZEN = 'FROZEN_METHOD_INVALID'
/** An account that is full, or fails to prepare groups, is tried again so much later. */
const REST_MS = 3_600_000
/** How often a used-up budget is looked at again: it is new at midnight UTC. */
const BUDGET_LOOK_MS = 60_000

/** What Telegram thinks of this account, and so what it may do now. Parking and quarantine outlive the process. */
export class HostStanding {
  mode: HostMode = 'working'
  /** Groups made on this UTC day, when it was last looked at. */
  usedToday = 0
  /** Why nothing is made, in a word; undefined when groups may be made. */
  private obstacle: { why: 'parked' | 'full' | 'resting' | 'budget'; untilMs: number } | undefined
  /** Postgres says that it is parked: when it does not any more, an operator has ended that. */
  private parkedInStore = false
  /** Telegram did not restrict the account everywhere at some look of this actor. */
  private wasUnrestricted = false

  constructor(private readonly parts: HostParts) {}

  /** Reads what is stored about the account: how it was left, or what an operator changed. */
  async load(): Promise<void> {
    const account = await this.parts.accounts.get(this.parts.host)
    this.mode = 'working'
    this.usedToday = account?.usedToday ?? 0
    if (account === null) this.mode = 'halted'
    else if (account.status === 'quarantined') this.mode = account.mayWork ? 'limited' : 'halted'
    else if (account.status === 'draining') this.mode = 'draining'
    const parkedUntil = account?.status === 'parked' ? account.parkedUntil : null
    const restMs = Math.max(parkedUntil ?? 0, account?.floodUntil ?? 0) - Date.now()
    if (restMs > 0) this.block('parked', restMs)
    else if (this.parkedInStore && this.obstacle?.why === 'parked') this.obstacle = undefined
    this.parkedInStore = restMs > 0
  }

  /** Milliseconds until groups may be made again; 0 for now, Infinity for never. */
  createInMs(): number {
    if (this.mode !== 'working') return Infinity
    return this.obstacle === undefined ? 0 : Math.max(0, this.obstacle.untilMs - this.parts.clock.now())
  }

  why(): string | undefined {
    if (this.mode !== 'working') return this.mode
    return this.createInMs() > 0 ? this.obstacle?.why : undefined
  }

  budgetUsedUp(): void {
    this.block('budget', BUDGET_LOOK_MS)
  }

  /** Preparing a group failed for good: the next one would fail as well. */
  rest(): void {
    this.block('resting', REST_MS)
  }

  /** A group was deleted: there is room for another. */
  groupDeleted(): void {
    if (this.obstacle?.why === 'full') this.obstacle = undefined
  }

  /**
   * Throws what a refusal would say about an account that Telegram has frozen, or begins to restrict on all platforms.
   * With a restriction that was there when this actor began, somebody has logged in all the same: it works until
   * Telegram refuses it something.
   */
  judge({ frozen, restrictions }: AccountVerdict): void {
    if (frozen !== null) throw new HostQuarantineError(FROZEN)
    if (!restrictions.some(({ platform }) => platform === 'all')) this.wasUnrestricted = true
    // Whoever is draining makes no groups anyway.
    else if (this.wasUnrestricted && this.mode === 'working') throw new HostQuarantineError(LIMITED)
  }

  /** Takes note of what an error says about the account. False when it says nothing about it. */
  async learn(error: HostError, disposing: boolean): Promise<boolean> {
    const { accounts, host, events } = this.parts
    if (error instanceof HostFloodError) {
      this.block('parked', error.waitMs)
      events.hostParked(host, error.waitMs, error)
      await accounts.flood(host, Date.now() + error.waitMs, error.message)
      return true
    }
    if (error instanceof HostFullError) {
      this.block('full', REST_MS)
      events.hostFull(host, error)
      return true
    }
    if (error instanceof HostQuarantineError || error instanceof HostSessionError) {
      this.mode = 'halted'
      events.hostQuarantined(host, error)
      await accounts.quarantine(host, error.reason)
      // It may still be good for deleting, unless that is what was refused.
      if (!disposing) await this.load()
      return true
    }
    return false
  }

  private block(why: 'parked' | 'full' | 'resting' | 'budget', forMs: number): void {
    const untilMs = this.parts.clock.now() + forMs
    if (this.obstacle === undefined || untilMs > this.obstacle.untilMs) this.obstacle = { why, untilMs }
  }
}
