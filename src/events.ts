import { wordsOf } from './errors.js'
import type { ChatId, HostId, RoomId } from './ids.js'
import { masked, type Logger } from './logger.js'
import type { CloseReason, MailboxName } from './mailboxes.js'
import { createMetrics, kindOf, type BroadcastOutcome, type Metrics } from './metrics.js'

const inSeconds = (ms: number): number => Math.max(0, ms) / 1_000

/**
 * What happens in the business, one function for each event: it writes one line and counts. Lines may name rooms,
 * groups and hosts by their ids, never people; labels name nobody. An `error` means that a person must act.
 */
export const createEvents = (logger: Logger, metrics: Metrics = createMetrics()) => ({
  metrics,

  // People.
  registered: () => {
    metrics.registered.inc()
    logger.info({ event: 'registered' }, 'Somebody finished registration')
  },
  /** So many joined the waiting set. */
  waiting: (people: number, firstInLine: boolean) => {
    metrics.searches.inc({ line: firstInLine ? 'first' : 'back' }, people)
    logger.debug({ event: 'waiting', people, firstInLine }, 'People began to wait')
  },
  searchEnded: () => {
    metrics.searchesEnded.inc()
    logger.debug({ event: 'search_ended' }, 'Somebody does not wait any more')
  },

  // Rooms.
  /** `waitedMs`: how long each of the two had waited. */
  paired: (room: RoomId, waitedMs: readonly number[]) => {
    metrics.pairs.inc()
    for (const ms of waitedMs) metrics.timeToMatch.observe(inSeconds(ms))
    logger.info({ event: 'paired', room, waitedMs }, 'A pair was made')
  },
  invited: (room: RoomId, afterMs: number) => {
    metrics.invitations.inc()
    metrics.timeToInvitation.observe(inSeconds(afterMs))
    logger.info({ event: 'invited', room, afterMs }, 'A pair was invited')
  },
  entered: (room: RoomId) => {
    metrics.entries.inc()
    logger.info({ event: 'entered', room }, 'Somebody came into their room')
  },
  opened: (room: RoomId) => {
    metrics.opened.inc()
    logger.info({ event: 'opened', room }, 'Both are in their room')
  },
  closing: (room: RoomId, reason: CloseReason) => {
    metrics.closed.inc({ reason })
    logger.info({ event: 'closing', room, reason }, 'A room ends')
  },
  gone: (room: RoomId, group: 'stock' | 'disposing') => {
    metrics.gone.inc({ group })
    logger.info({ event: 'gone', room, group }, 'A room is gone')
  },

  // Groups.
  groupCreated: (host: HostId, chat: ChatId) => {
    metrics.groups.inc({ event: 'created' })
    logger.info({ event: 'group_created', host, chat }, 'A group was made')
  },
  groupStocked: (chat: ChatId) => {
    metrics.groups.inc({ event: 'stocked' })
    logger.debug({ event: 'group_stocked', chat }, 'A group came into stock')
  },
  groupDeleted: (host: HostId, chat: ChatId) => {
    metrics.groups.inc({ event: 'deleted' })
    logger.info({ event: 'group_deleted', host, chat }, 'A group was deleted for everyone')
  },
  groupRecycled: (host: HostId, chat: ChatId) => {
    metrics.groups.inc({ event: 'recycled' })
    logger.info({ event: 'group_recycled', host, chat }, 'A group was emptied and goes back into stock')
  },
  groupNotRecycled: (host: HostId, chat: ChatId, error: unknown) => {
    metrics.groups.inc({ event: 'not_recycled' })
    logger.warn({ event: 'group_not_recycled', host, chat, error }, 'A group is deleted instead of recycled')
  },
  groupUnprepared: (host: HostId, chat: ChatId, error: unknown) => {
    metrics.groups.inc({ event: 'unprepared' })
    logger.error({ event: 'group_unprepared', host, chat, error }, 'A group cannot be prepared; it is deleted')
  },
  orphanDeleted: (host: HostId, chat: ChatId) => {
    metrics.groups.inc({ event: 'orphan' })
    logger.warn({ event: 'orphan_deleted', host, chat }, 'Deletes a group that nobody knows of')
  },

  // Hosts.
  hostParked: (host: HostId, waitMs: number, error: unknown) => {
    metrics.hosts.inc({ event: 'parked' })
    logger.warn({ event: 'host_parked', host, waitMs, error }, 'Telegram asks a host to wait')
  },
  hostFull: (host: HostId, error: unknown) => {
    metrics.hosts.inc({ event: 'full' })
    logger.error({ event: 'host_full', host, error }, 'A host is in too many groups')
  },
  hostQuarantined: (host: HostId, error: unknown) => {
    metrics.hosts.inc({ event: 'quarantined' })
    logger.error({ event: 'host_quarantined', host, error }, 'A host is out of work')
  },

  // Mailboxes.
  messageFailed: (mailbox: MailboxName, entry: string, attempts: number, error: unknown) => {
    metrics.messagesFailed.inc({ mailbox: kindOf(mailbox) })
    logger.warn({ event: 'message_failed', mailbox, entry, attempts, error }, 'A message failed')
  },
  messageBuried: (mailbox: MailboxName, entry: string, attempts: number, error: unknown) => {
    metrics.messagesBuried.inc({ mailbox: kindOf(mailbox) })
    logger.error(
      { event: 'message_buried', mailbox, entry, attempts, error },
      'A message failed its last attempt; see: visavis dead-letters list',
    )
  },
  messagesTakenOver: (mailbox: MailboxName, from: string, messages: number) => {
    metrics.messagesTakenOver.inc({ mailbox: kindOf(mailbox) }, messages)
    logger.warn({ event: 'messages_taken_over', mailbox, from, messages }, 'Took over the messages of a dead worker')
  },
  /** Measured only. `toldAt`: the instant in the entry's id. */
  messageDone: (mailbox: MailboxName, toldAt: number) =>
    metrics.mailboxLatency.observe({ mailbox: kindOf(mailbox) }, inSeconds(Date.now() - toldAt)),

  // Broadcasts.
  /** Measured only. What became of it for one person, or so many. */
  broadcastSettled: (outcome: BroadcastOutcome, people = 1) => metrics.broadcastMessages.inc({ outcome }, people),

  // Telegram.
  /** Measured; a failure is logged by whoever had to live with it. */
  botApiCalled: (method: string, tookMs: number, code: string | undefined) => {
    metrics.botApi.observe({ method }, inSeconds(tookMs))
    if (code === undefined) return
    metrics.botApiFailures.inc({ method, code })
    logger.debug({ event: 'bot_api_failed', method, code }, 'A call of the Bot API failed')
  },
  rateLimited: (waitMs: number) => {
    metrics.rateLimited.inc()
    logger.warn({ event: 'telegram_rate_limited', waitMs }, 'Telegram asks to slow down')
  },

  // Redis and Postgres.
  /** Measured only. */
  scriptRan: (script: string, tookMs: number) => metrics.scripts.observe({ script }, inSeconds(tookMs)),
  leaseLost: (lease: string) => {
    metrics.leasesLost.inc({ lease: kindOf(lease) })
    logger.warn({ event: 'lease_lost', lease }, 'Lost a lease; its work stops here')
  },
  rebuildBegun: (loss: string) =>
    logger.warn({ event: 'rebuild_begun', loss }, 'Redis lost its data; rebuilding it from Postgres'),
  rebuildFinished: (restored: object) => {
    metrics.rebuilds.inc()
    logger.warn({ event: 'rebuild_finished', ...restored }, 'Redis stands again')
  },
  /** `about` says of what; `subject` names it, except for people. */
  difference: (one: {
    kind: string
    about: 'person' | 'room' | 'group'
    subject: string
    words: string
    repaired: boolean
    dryRun: boolean
  }) => {
    const { kind, about, subject, words, repaired, dryRun } = one
    if (!dryRun) metrics.differences.inc({ kind, repaired: String(repaired) })
    const named = about === 'person' ? {} : { [about]: subject }
    logger.warn({ event: 'difference', kind, about, ...named, words, repaired, dryRun }, 'Found a difference')
  },
  /** So many more of one kind, after some that were told one by one. */
  moreDifferences: (kind: string, count: number, repaired: number, dryRun: boolean) => {
    if (!dryRun) {
      metrics.differences.inc({ kind, repaired: 'true' }, repaired)
      metrics.differences.inc({ kind, repaired: 'false' }, count - repaired)
    }
    logger.warn({ event: 'more_differences', kind, count, repaired, dryRun }, 'Found more differences of this kind')
  },
  reconciled: (differences: number, repaired: number) => {
    metrics.reconciled.inc()
    metrics.lastReconcile.setToCurrentTime()
    logger[differences > 0 ? 'info' : 'debug']({ event: 'reconciled', differences, repaired }, 'Reconciled')
  },
  forgotten: (table: string, rows: number) => {
    metrics.forgotten.inc({ table }, rows)
    logger.info({ event: 'forgotten', table, rows }, 'Deleted rows whose time was up')
  },
  /** `again`: it failed before as well, and one line is enough. */
  jobFailed: (job: string, error: unknown, again: boolean) => {
    metrics.jobsFailed.inc({ job })
    logger[again ? 'debug' : 'warn']({ event: 'job_failed', job, error }, 'A periodic job failed; it runs again')
  },
  factIllegible: (entry: string, error: unknown) =>
    logger.error(
      { event: 'fact_illegible', entry, reason: masked(wordsOf(error)) },
      'The ledger cannot read a fact and leaves it out; the reconciler repairs what it meant',
    ),
})
export type Events = ReturnType<typeof createEvents>
