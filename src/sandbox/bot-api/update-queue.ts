import { conflict } from './errors.js'

/** One thing that happened, as the Bot API numbers and delivers it; `[type]` carries the object. */
export interface QueuedUpdate {
  update_id: number
  [type: string]: unknown
}

/** All kinds of updates that Telegram knows, also those that never come here. */
export const updateKinds = [
  ...['message', 'edited_message', 'channel_post', 'edited_channel_post', 'inline_query', 'chosen_inline_result'],
  ...['callback_query', 'shipping_query', 'pre_checkout_query', 'poll', 'poll_answer', 'my_chat_member', 'chat_member'],
  ...['chat_join_request', 'chat_boost', 'removed_chat_boost', 'message_reaction', 'message_reaction_count'],
  ...['business_connection', 'business_message', 'edited_business_message', 'deleted_business_messages'],
  'purchased_paid_media',
]

/** Kinds that a bot must list in `allowed_updates` before it is sent any. */
const onlyWhenListed = new Set(['chat_member', 'chat_join_request', 'message_reaction', 'message_reaction_count'])

/** A bot that works through a batch does not poll meanwhile. */
const attendedForMs = 2_000

export interface PollRequest {
  offset: number
  limit: number
  timeoutMs: number
  /** Aborted when the caller hangs up. */
  signal: AbortSignal
}

/** A queue as plain JSON. */
export interface SavedQueue {
  nextId: number
  updates: QueuedUpdate[]
  listed?: string[] | undefined
}

/**
 * The updates that wait for one bot. They stay until confirmed: by a larger offset, or by the webhook's 2xx answer.
 * Only one poll waits at a time; a second one ends the first with 409, as with Telegram.
 */
export class UpdateQueue {
  private updates: QueuedUpdate[] = []
  private listed: string[] | undefined
  private waiting: { wake: () => void; fail: (error: Error) => void } | undefined
  private listener: (() => void) | undefined
  private polledAt = -Infinity

  /** @param nextId the number of the first update; numbers only grow. */
  constructor(private nextId: number) {}

  save(): SavedQueue {
    return { nextId: this.nextId, updates: this.updates, listed: this.listed }
  }

  /** Takes over what an earlier run left, in front of what there is. Numbers go on from there. */
  restore({ nextId, updates, listed }: SavedQueue): void {
    this.nextId = Math.max(this.nextId, nextId)
    this.updates = [...updates, ...this.updates]
    this.listed ??= listed
  }

  get pending(): number {
    return this.updates.length
  }

  /** True while a `getUpdates` waits for something to happen. */
  get polling(): boolean {
    return this.waiting !== undefined
  }

  /** True while updates are fetched: a poll waits, or was there a moment ago. */
  get attended(): boolean {
    return this.polling || performance.now() - this.polledAt < attendedForMs
  }

  /** The list the bot has given, or undefined for Telegram's default. */
  get allowed(): string[] | undefined {
    return this.listed
  }

  /** Remembers `allowed_updates`; an empty list restores the default. It concerns updates from now on only. */
  allow(types: string[]): void {
    this.listed = types.length > 0 ? types : undefined
  }

  wants(type: string): boolean {
    return this.listed ? this.listed.includes(type) : !onlyWhenListed.has(type)
  }

  /** Adds an update if the bot wants its kind; `copies` above 1 deliver the same number again, 0 loses it. */
  push(type: string, payload: unknown, copies = 1): void {
    if (!this.wants(type)) return
    const update = { update_id: this.nextId++, [type]: payload }
    for (let copy = 0; copy < copies; copy++) this.updates.push(update)
    this.waiting?.wake()
    this.listener?.()
  }

  /** Everything that waits, oldest first. */
  all(): readonly QueuedUpdate[] {
    return this.updates
  }

  /** The oldest update, for a webhook. */
  first(): QueuedUpdate | undefined {
    return this.updates[0]
  }

  /** Forgets the oldest update. */
  shift(): void {
    this.updates.shift()
  }

  drop(): void {
    this.updates = []
  }

  /** Calls `listener` whenever an update was added; one at a time. */
  onPush(listener: (() => void) | undefined): void {
    this.listener = listener
  }

  /** Ends a waiting poll with 409. */
  interrupt(reason: string): void {
    this.waiting?.fail(conflict(reason))
  }

  /**
   * Confirms everything below the offset, then gives what is left, waiting up to `timeoutMs` for something.
   * A negative offset keeps only that many of the newest. Rejects with 409 when another poll takes over.
   */
  async poll({ offset, limit, timeoutMs, signal }: PollRequest): Promise<QueuedUpdate[]> {
    this.interrupt('terminated by other getUpdates request; make sure that only one bot instance is running')
    this.polledAt = performance.now()
    if (offset < 0) this.updates = this.updates.slice(offset)
    else this.updates = this.updates.filter((update) => update.update_id >= offset)
    if (this.updates.length === 0 && timeoutMs > 0) await this.wait(timeoutMs, signal)
    return this.updates.slice(0, limit)
  }

  private wait(timeoutMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', wake)
        if (this.waiting === entry) this.waiting = undefined
        this.polledAt = performance.now()
        settle()
      }
      const wake = end(resolve)
      const entry = { wake, fail: (error: Error) => end(() => reject(error))() }
      const timer = setTimeout(wake, timeoutMs)
      signal.addEventListener('abort', wake)
      this.waiting = entry
      if (signal.aborted) wake()
    })
  }
}
