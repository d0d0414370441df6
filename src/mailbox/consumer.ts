import { systemClock } from '../clock.js'
import { VisavisError, wordsOf } from '../errors.js'
import { masked } from '../logger.js'
import type { MailboxName, MessageOf } from '../mailboxes.js'
import { runScript } from '../redis/define-script.js'
import { buryMessageScript, deliverDueScript, finishMessageScript, postponeMessageScript } from '../redis/scripts.js'
import {
  CONSUMER_GROUP,
  ensureGroup,
  parseMessage,
  readMailbox,
  toldAt,
  type ConsumerDeps,
  type Entry,
} from './read-mailbox.js'
import { fieldsOf } from './tell.js'

/** A message as it came out of a mailbox. */
export interface Delivery<Message> {
  /** The stream entry's id: `ms-seq`. */
  readonly entry: string
  readonly message: Message
  /** How often it failed before. */
  readonly attempts: number
  /** It may have been handled before: its last holder died, or this process restarted. */
  readonly redelivered: boolean
}

/** What a handler wants done with a message instead of finishing it. */
export interface Postpone {
  readonly postponeMs: number
}

export interface ConsumerSettings<Name extends MailboxName> {
  readonly mailbox: Name
  /** Handles one message. Throwing counts as a failed attempt: it comes again later, and is buried after the last. */
  readonly handle: (delivery: Delivery<MessageOf<Name>>) => Promise<void | Postpone>
  /** How many messages are handled at once. */
  readonly concurrency: number
  /** Messages of one lane are handled one after another, in order. */
  readonly lane?: (message: MessageOf<Name>) => string
  /** After how many failed attempts a message becomes a dead letter. */
  readonly attempts: number
}

/** How often a consumer looks for postponed messages at least: other workers put them aside too. */
const LOOK_MS = 1_000
/** How soon a holder in doubt asks again whether it may read: it is about to renew its lease, or to be stopped. */
const DOUBT_MS = 20
/** What is no message's fault and passes for all of them: such a failure never buries a message. */
const OUTAGES: ReadonlySet<string> = new Set([
  'rebuilding',
  'lease_lost',
  'postgres_unreachable',
  'postgres_refused',
  'postgres_tls',
  'telegram_unavailable',
  'telegram_rate_limited',
])
/** How seldom such a message comes again at last: often enough to recover within seconds, and bearable for thousands. */
const OUTAGE_MS = 2_000
/** So many real attempts are left to a message after an outage of any length. */
const ATTEMPTS_KEPT = 3
const backoffMs = (attempts: number): number => Math.min(60_000, 250 * 2 ** attempts)

/**
 * Handles the messages of one mailbox: each is acknowledged and deleted in one step when its handler is done. Works
 * on what its name was given before and did not finish, before it reads anything new.
 * `quiet` stops reading; `stop` also waits for what is being handled.
 */
export const consume = <Name extends MailboxName>(deps: ConsumerDeps, settings: ConsumerSettings<Name>) => {
  const { redis, keys, logger, events } = deps
  const { mailbox, concurrency } = settings
  const stream = keys.mailbox(mailbox)
  const mailboxKeys = { mailbox: stream, later: keys.later(mailbox), deadLetters: keys.deadLetters }
  const blocking = deps.openBlocking()
  blocking.on('ready', () => (lookBack = true))
  const lanes = new Map<string, Promise<void>>()
  const handling = new Set<Promise<void>>()
  const inFlight = new Set<string>()
  /** What was settled while a look back was under way, whose answer may still have it. */
  const settledMeanwhile = new Set<string>()
  let lookingBack = false
  const stopping = new AbortController()
  let quieted = false
  // Something may have been handed out to this consumer and is not being handled: at the start, after a lost connection
  // (which can swallow the answer of a read), and when Redis failed while a message was being settled.
  let lookBack = true
  let roomForMore: () => void = () => undefined
  let dueTimer: NodeJS.Timeout | undefined
  let dueTimerAt = Infinity

  const bury = async (entry: string, fields: readonly string[], attempts: number, error: unknown) => {
    events.messageBuried(mailbox, entry, attempts, error)
    await runScript(
      redis,
      buryMessageScript,
      mailboxKeys,
      { group: CONSUMER_GROUP, entry, name: mailbox, attempts, error: masked(wordsOf(error)).slice(0, 500) },
      fields,
    )
  }

  const settle = async (entry: string, fields: string[], redelivered: boolean) => {
    let attempts = 0
    try {
      const parsed = parseMessage<MessageOf<Name>>(fields)
      attempts = parsed.attempts
      const outcome = await settings.handle({ entry, message: parsed.message, attempts, redelivered })
      if (outcome) await postpone(entry, parsed.message, outcome.postponeMs, attempts)
      else {
        await runScript(redis, finishMessageScript, mailboxKeys, { group: CONSUMER_GROUP }, [entry])
        events.messageDone(mailbox, toldAt(entry))
      }
    } catch (error) {
      // While stopping, what could not be finished stays with this name: whoever reads next finds it.
      if (quieted) return
      // Where Telegram says how long to wait, coming sooner would only prolong that.
      const retryAfterMs = (error instanceof VisavisError && error.retryAfterMs) || 0
      const patient = retryAfterMs > 0 || (error instanceof VisavisError && OUTAGES.has(error.code))
      const hopeless = error instanceof VisavisError && !error.retryable && !patient
      if (hopeless || (!patient && attempts + 1 >= settings.attempts)) return bury(entry, fields, attempts + 1, error)
      events.messageFailed(mailbox, entry, attempts + 1, error)
      const { message } = parseMessage<object>(fields)
      const counted = patient
        ? Math.max(attempts, Math.min(attempts + 1, settings.attempts - ATTEMPTS_KEPT))
        : attempts + 1
      const pauseMs = Math.min(backoffMs(attempts), patient ? OUTAGE_MS : Infinity)
      await postpone(entry, message, Math.max(pauseMs, retryAfterMs), counted)
    }
  }

  const postpone = async (entry: string, message: object, delayMs: number, attempts: number) => {
    await runScript(
      redis,
      postponeMessageScript,
      mailboxKeys,
      { group: CONSUMER_GROUP, entry, delayMs, attempts },
      fieldsOf(message),
    )
    scheduleDue(delayMs)
  }

  /** Postponed messages come back on time while this consumer lives, and at the latest with the next slow look. */
  const scheduleDue = (inMs: number) => {
    const at = performance.now() + Math.min(Math.max(inMs, 5), LOOK_MS)
    // Never later than planned: where messages fail all the time, the look for those that are due would never come.
    if (quieted || at >= dueTimerAt) return
    clearTimeout(dueTimer)
    dueTimerAt = at
    dueTimer = setTimeout(() => {
      dueTimerAt = Infinity
      void deliverDue()
    }, at - performance.now())
  }
  const deliverDue = async () => {
    try {
      const { nextAt } = await runScript(redis, deliverDueScript, mailboxKeys, { limit: 200 })
      scheduleDue(nextAt < 0 ? LOOK_MS : 50)
    } catch (error) {
      logger.debug(
        { event: 'deliver_due_failed', mailbox, error: wordsOf(error) },
        'Could not look for postponed messages',
      )
      scheduleDue(LOOK_MS)
    }
  }

  const begin = ([entry, fields]: Entry, redelivered: boolean) => {
    let lane: string | undefined
    try {
      lane = settings.lane?.(parseMessage<MessageOf<Name>>(fields).message)
    } catch {
      // Unreadable: `settle` buries it.
    }
    const before = lane === undefined ? undefined : lanes.get(lane)
    const work = (before ?? Promise.resolve())
      .then(() => settle(entry, fields, redelivered))
      .catch((error: unknown) => {
        // Redis itself failed: the entry stays pending and is taken up again by whoever reads next.
        logger.warn(
          { event: 'message_unsettled', mailbox, entry, error },
          'Could not settle a message; it stays pending',
        )
        lookBack = true
      })
    if (lane !== undefined) lanes.set(lane, work)
    handling.add(work)
    inFlight.add(entry)
    void work.finally(() => {
      handling.delete(work)
      inFlight.delete(entry)
      if (lookingBack) settledMeanwhile.add(entry)
      if (lane !== undefined && lanes.get(lane) === work) lanes.delete(lane)
      roomForMore()
    })
  }

  const read = (count: number, from: string) => readMailbox(deps, blocking, stream, count, from, stopping.signal)

  const loop = async () => {
    let cursor: string | undefined
    while (!quieted) {
      try {
        if (lookBack) {
          lookBack = false
          cursor = '0'
        }
        const free = concurrency - handling.size
        if (free <= 0) {
          await new Promise<void>((resolve) => (roomForMore = resolve))
          continue
        }
        if (deps.holding?.() === false) {
          await systemClock.wait(DOUBT_MS)
          continue
        }
        if (cursor !== undefined) {
          lookingBack = true
          const pending = await read(free, cursor).finally(() => (lookingBack = false))
          for (const entry of pending)
            if (!inFlight.has(entry[0]) && !settledMeanwhile.has(entry[0])) begin(entry, true)
          settledMeanwhile.clear()
          cursor = pending.at(-1)?.[0]
        } else {
          const entries = await read(free, '>')
          // The connection was lost meanwhile and may have swallowed older messages: the look back finds all in order.
          if (!lookBack) for (const entry of entries) begin(entry, false)
        }
      } catch (error) {
        if (quieted) return
        if (wordsOf(error).includes('NOGROUP')) await ensureGroup(redis, stream).catch(() => undefined)
        else {
          logger.debug({ event: 'mailbox_unreadable', mailbox, error: wordsOf(error) }, 'Could not read a mailbox')
          await systemClock.wait(100)
        }
      }
    }
  }

  const running = ensureGroup(redis, stream)
    .catch(() => undefined)
    .then(loop)
  scheduleDue(5)

  const quiet = () => {
    quieted = true
    stopping.abort()
    clearTimeout(dueTimer)
    roomForMore()
    // Ends a blocked read at once; an entry that Redis hands out just then stays pending and is taken up later.
    blocking.disconnect()
  }
  return {
    mailbox,
    /** Takes up messages that were claimed for this consumer from a dead one. */
    adopt: (entries: readonly Entry[]) => {
      for (const entry of entries) if (!inFlight.has(entry[0])) begin(entry, true)
    },
    quiet,
    stop: async () => {
      quiet()
      await running
      await Promise.allSettled(handling)
    },
  }
}
export type Consumer = ReturnType<typeof consume>
