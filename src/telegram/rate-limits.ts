import { systemClock, type Clock } from '../clock.js'

export interface RateLimitSettings {
  /** Messages a second to everybody together (COURIER_RATE). */
  overallPerSecond: number
  /** Messages a second to one person (COURIER_PERSON_RATE). */
  personPerSecond: number
  /** Messages a minute to one group (COURIER_GROUP_RATE). */
  groupPerMinute: number
}

export interface RateLimits {
  /**
   * Resolves when a message may go to this chat (negative ids are groups); in order per chat, and first come, first
   * served among chats. Rejects with the signal's reason when that is aborted first.
   */
  turn(chat: string, signal?: AbortSignal): Promise<void>
  /**
   * Telegram refused a message to this chat (429) without saying which limit it was. That chat waits the full time, and
   * everybody a moment; when another chat is refused as well right then, everybody waits the full time. Gives for how
   * many milliseconds everybody waits.
   */
  refused(retryAfterMs: number, chat: string): number
  /** How many messages stand in line for their turn among all chats. */
  waiting(): number
  /** How many chats are remembered. */
  lanes(): number
}

/** Telegram tolerates a few messages in a row to one person as long as the steady rate is kept. */
const PERSON_BURST = 3
/** A room's first messages (who is who, the rules) come at once. They count: no minute has more than the limit. */
const GROUP_BURST = 5
/** How long everybody waits when one chat was refused. */
const CAUTION_MS = 2_000
/** Refusals of several chats within so much time of sending mean the limit of the whole bot. */
const TOGETHER_MS = 1_000
/** The overall rate is evened out over this part of a second. */
const OVERALL_BURST_SHARE = 0.1
/** How many chats are remembered before those that are idle are dropped. */
const LANES_BEFORE_SWEEP = 1_000

/** Lets one through each `intervalMs`, and `burst` at once after a rest. Waits in line: one at a time, in order. */
class Lane {
  private nextAt = 0
  private pausedUntil = 0
  private tail: Promise<void> = Promise.resolve()
  waiting = 0

  constructor(
    private readonly clock: Clock,
    private readonly intervalMs: number,
    private readonly burst: number,
  ) {}

  /** In order of calling: waits for its turn in this lane, then goes through `next` before the one behind may start. */
  async pass(signal: AbortSignal | undefined, next?: () => Promise<void>): Promise<void> {
    const before = this.tail
    let leave = (): void => undefined
    this.tail = new Promise((resolve) => {
      leave = resolve
    })
    this.waiting++
    try {
      await before
      await this.reach(signal)
      this.nextAt = Math.max(this.nextAt, this.clock.now()) + this.intervalMs
      await next?.()
    } finally {
      this.waiting--
      leave()
    }
  }

  pause(untilMs: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, untilMs)
  }

  /** Whether forgetting this lane would change nothing. */
  idle(): boolean {
    const now = this.clock.now()
    return this.waiting === 0 && this.nextAt <= now && this.pausedUntil <= now
  }

  private async reach(signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      signal?.throwIfAborted()
      const readyAt = Math.max(this.nextAt - (this.burst - 1) * this.intervalMs, this.pausedUntil)
      const waitMs = readyAt - this.clock.now()
      if (waitMs <= 0) return
      await this.clock.wait(waitMs, signal)
    }
  }
}

/** An evenly paced lane that lets through at most `limit` in any `windowMs`, of which up to `burst` at once. */
const windowLane = (clock: Clock, limit: number, windowMs: number, burst: number): Lane => {
  const atOnce = Math.max(1, Math.min(burst, Math.floor(limit / 4)))
  return new Lane(clock, windowMs / (limit - atOnce + 1), atOnce)
}

const isGroup = (chat: string): boolean => chat.startsWith('-')

/** Telegram's limits on sending messages (TELEGRAM: 30/s overall, 1/s per person, 20/min per group), as settings. */
export const createRateLimits = (settings: RateLimitSettings, clock: Clock = systemClock): RateLimits => {
  const overall = new Lane(
    clock,
    1_000 / settings.overallPerSecond,
    Math.max(1, Math.floor(settings.overallPerSecond * OVERALL_BURST_SHARE)),
  )
  const lanes = new Map<string, Lane>()
  let sweepAtSize = LANES_BEFORE_SWEEP

  const laneOf = (chat: string): Lane => {
    let lane = lanes.get(chat)
    if (lane === undefined) {
      if (lanes.size >= sweepAtSize) {
        for (const [key, known] of lanes) if (known.idle()) lanes.delete(key)
        // Sweeping again only after that many more chats keeps its cost small per message.
        sweepAtSize = Math.max(LANES_BEFORE_SWEEP, lanes.size * 2)
      }
      lane = isGroup(chat)
        ? windowLane(clock, settings.groupPerMinute, 60_000, GROUP_BURST)
        : new Lane(clock, 1_000 / settings.personPerSecond, PERSON_BURST)
      lanes.set(chat, lane)
    }
    return lane
  }

  /** The last refusal, and until when another one belongs to it: in the pause that it causes, nothing is sent. */
  let last = { chat: '', until: -Infinity }

  return {
    turn: (chat, signal) => laneOf(chat).pass(signal, () => overall.pass(signal)),
    refused: (retryAfterMs, chat) => {
      const now = clock.now()
      const another = last.chat !== chat && now <= last.until
      const everybodyMs = another ? retryAfterMs : Math.min(retryAfterMs, CAUTION_MS)
      laneOf(chat).pause(now + retryAfterMs)
      overall.pause(now + everybodyMs)
      last = { chat, until: now + everybodyMs + TOGETHER_MS }
      return everybodyMs
    },
    waiting: () => overall.waiting,
    lanes: () => lanes.size,
  }
}
