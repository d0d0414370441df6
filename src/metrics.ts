import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { CLOSE_REASONS } from './mailboxes.js'

/** Labels never carry ids: all hosts' mailboxes (and their leases) are one kind. */
export const kindOf = (name: string): string => name.split(':', 1)[0] ?? name

/** What a broadcast comes to for one person. */
const BROADCAST_OUTCOMES = ['sent', 'doubt', 'blocked', 'refused', 'skipped'] as const
export type BroadcastOutcome = (typeof BROADCAST_OUTCOMES)[number]

/**
 * What is counted and measured while the service works, for `GET /metrics`. Durations are in seconds, as Prometheus
 * has them. Every process counts its own; docs/operations.md says which are to be summed and which not.
 */
export const createMetrics = () => {
  const registry = new Registry()
  const registers = [registry]
  const counter = <const Label extends string = never>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Counter<Label> => new Counter({ name: `visavis_${name}`, help, labelNames: [...labelNames], registers })
  const histogram = <const Label extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: readonly Label[] = [],
  ): Histogram<Label> =>
    new Histogram({ name: `visavis_${name}`, help, buckets, labelNames: [...labelNames], registers })

  const metrics = {
    registry,
    registered: counter('registrations_total', 'People who finished registration'),
    searches: counter('searches_total', 'People who joined the waiting set, by line (first or back)', ['line']),
    searchesEnded: counter('searches_ended_total', 'People who became idle without a room'),
    pairs: counter('pairs_total', 'Pairs made'),
    timeToMatch: histogram(
      'time_to_match_seconds',
      'From joining the waiting set to being paired, one observation for each person; 0 for whom a search paired at once',
      [0.05, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 1_800, 3_600],
    ),
    invitations: counter('invitations_total', 'Rooms whose two people were invited'),
    timeToInvitation: histogram(
      'time_to_invitation_seconds',
      'From the match to the invitation',
      [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    ),
    entries: counter('room_entries_total', 'People who came into their room'),
    opened: counter('rooms_opened_total', 'Rooms in which both were'),
    closed: counter('rooms_closed_total', 'Rooms that ended, by reason', ['reason']),
    gone: counter('rooms_gone_total', 'Rooms of which nothing is left, by what became of the group', ['group']),

    groups: counter('group_events_total', 'What happened to groups on Telegram', ['event']),
    hosts: counter('host_events_total', 'What happened to hosts', ['event']),

    messagesFailed: counter('messages_failed_total', 'Attempts at a message that failed', ['mailbox']),
    messagesBuried: counter('messages_buried_total', 'Messages that became dead letters', ['mailbox']),
    messagesTakenOver: counter('messages_taken_over_total', 'Messages of dead workers, taken over', ['mailbox']),
    mailboxLatency: histogram(
      'mailbox_latency_seconds',
      "From tell to finished, by the Redis server's clock and this machine's",
      [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      ['mailbox'],
    ),

    broadcastMessages: counter(
      'broadcast_messages_total',
      'What became of broadcasts, one for each person; doubt: it may have arrived, skipped: switched off, or the person is banned',
      ['outcome'],
    ),

    botApi: histogram(
      'bot_api_seconds',
      'How long calls of the Bot API took',
      [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      ['method'],
    ),
    botApiFailures: counter('bot_api_failures_total', 'Calls of the Bot API that failed, by method and code', [
      'method',
      'code',
    ]),
    rateLimited: counter('rate_limited_total', 'How often Telegram asked the courier to slow down'),

    scripts: histogram(
      'script_seconds',
      'How long Lua scripts took, with the way to Redis and back',
      [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5],
      ['script'],
    ),
    leasesLost: counter('leases_lost_total', 'Leases that could not be renewed', ['lease']),
    rebuilds: counter('rebuilds_total', 'Rebuilds of Redis from Postgres that were completed'),
    differences: counter('differences_total', 'What the reconciler found, by kind and whether it was repaired', [
      'kind',
      'repaired',
    ]),
    reconciled: counter('reconciliations_total', 'Runs of the reconciler that were completed'),
    lastReconcile: new Gauge({
      name: 'visavis_last_reconcile_timestamp_seconds',
      help: 'When this process completed a run of the reconciler last',
      registers,
    }),
    forgotten: counter('rows_forgotten_total', 'Rows that were deleted because their time was up', ['table']),
    jobsFailed: counter('jobs_failed_total', 'Runs of periodic jobs that failed', ['job']),
  }
  // Before the first run there is no instant, and 0 would look like 1970.
  metrics.lastReconcile.remove()
  // A counter that begins with its first event hides that event from rate() and increase().
  for (const reason of CLOSE_REASONS) metrics.closed.inc({ reason }, 0)
  for (const mailbox of ['room', 'courier', 'ledger', 'host']) {
    metrics.messagesFailed.inc({ mailbox }, 0)
    metrics.messagesBuried.inc({ mailbox }, 0)
  }
  for (const event of ['created', 'stocked', 'deleted', 'recycled', 'not_recycled', 'orphan', 'unprepared'])
    metrics.groups.inc({ event }, 0)
  for (const outcome of BROADCAST_OUTCOMES) metrics.broadcastMessages.inc({ outcome }, 0)
  for (const event of ['parked', 'full', 'quarantined']) metrics.hosts.inc({ event }, 0)
  // Of the differences only these have an alarm (docs/alarms.yml).
  for (const repaired of ['true', 'false']) metrics.differences.inc({ kind: 'group_orphaned', repaired }, 0)
  return metrics
}
export type Metrics = ReturnType<typeof createMetrics>

let ofProcess: Registry | undefined

/** What Node says of this process (CPU, memory, event loop). Made once, however many registries there are. */
export const processMetrics = (): Registry => {
  if (ofProcess === undefined) {
    ofProcess = new Registry()
    collectDefaultMetrics({ register: ofProcess })
  }
  return ofProcess
}
