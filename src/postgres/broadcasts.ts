import type { MessageEntity } from 'telegraf/types'
import type { UserId } from '../ids.js'
import { inTransaction, type Connection } from './database.js'
import { anyRows, maybeRow, noRows, oneRow } from './queries.js'
import type { Gender } from './users.js'

/** The primary key of `broadcasts`, in decimal. */
export type BroadcastId = string & { readonly broadcastId: unique symbol }

/** What became of a broadcast for one person; `doubt`: it may have arrived and is not sent again. */
export const RECIPIENT_STATES = ['planned', 'sending', 'sent', 'doubt', 'blocked', 'refused', 'skipped'] as const
export type RecipientState = (typeof RECIPIENT_STATES)[number]

/** To whom a broadcast goes; null: to everybody. */
export interface Segment {
  readonly gender: Gender | null
  readonly language: 'en' | 'ru' | null
  /** Only to those who were here within so many seconds. */
  readonly seenWithinS: number | null
}

/** What is sent. */
export interface BroadcastContent {
  readonly text: string
  readonly entities: readonly MessageEntity[] | null
  /** Telegram's file_id. */
  readonly photo: string | null
  readonly buttonText: string | null
  readonly buttonUrl: string | null
}

/** A message to many people. Instants in milliseconds. */
export interface Broadcast extends Segment, BroadcastContent {
  readonly broadcast: BroadcastId
  /** An administrator's user id, or `cli:` and an operator's name. */
  readonly madeBy: string
  readonly status: 'draft' | 'running' | 'paused' | 'done' | 'cancelled'
  /** Why it paused by itself. */
  readonly error: string | null
  /** How many people it was for when it began. */
  readonly total: number | null
  readonly progressAdmin: UserId | null
  readonly progressMessage: number | null
  readonly madeAt: number
  readonly startedAt: number | null
  readonly finishedAt: number | null
}

export type BroadcastCounts = Readonly<Record<RecipientState, number>>

/** The next person: to be sent to, or not any more: blocked the bot, or (`skipped`) switched it off or was banned. */
export interface ClaimedRecipient {
  readonly user: UserId
  readonly state: 'sending' | 'blocked' | 'skipped'
  readonly language: string
}

/** Of a Broadcast. */
const COLUMNS = `
  broadcast_id as "broadcast", made_by as "madeBy", text, entities, photo, button_text as "buttonText",
  button_url as "buttonUrl", gender, language, seen_within_s as "seenWithinS", status, error, total,
  progress_admin as "progressAdmin", progress_message as "progressMessage", made_at as "madeAt",
  started_at as "startedAt", finished_at as "finishedAt"`

type Of = { broadcast: BroadcastId }
type Button = Pick<BroadcastContent, 'buttonText' | 'buttonUrl'>
const create = oneRow<Segment & Omit<BroadcastContent, 'entities'> & { madeBy: string; entities: string | null }, Of>(
  'broadcasts/create',
)
const get = maybeRow<Of, Broadcast>('broadcasts/get', COLUMNS)
const newest = anyRows<{ limit: number }, Broadcast>('broadcasts/newest', COLUMNS)
const running = maybeRow<object, Broadcast>('broadcasts/running', COLUMNS)
const counts = anyRows<Of, { state: RecipientState; count: number }>('broadcasts/counts')
const audience = oneRow<Of, { count: number }>('broadcasts/audience')
const amend = maybeRow<Of & Segment & Button, object>('broadcasts/amend')
const start = maybeRow<Of, object>('broadcasts/start')
const pause = maybeRow<Of & { error: string | null }, object>('broadcasts/pause')
const resume = maybeRow<Of, object>('broadcasts/resume')
const cancel = maybeRow<Of, object>('broadcasts/cancel')
const spare = noRows<Of>('broadcasts/spare')
const deleteDraft = maybeRow<Of, object>('broadcasts/delete-draft')
const finish = maybeRow<Of, object>('broadcasts/finish')
const showProgress = noRows<Of & { admin: UserId; message: number }>('broadcasts/show-progress')
const plan = oneRow<Of & { limit: number }, { count: number }>('broadcasts/plan')
const claim = maybeRow<Of, ClaimedRecipient>('broadcasts/claim')
const settle = noRows<Of & { user: UserId; state: RecipientState }>('broadcasts/settle')
const left = oneRow<object, { count: number }>('broadcasts/left')
const deleteDone = oneRow<{ before: number; limit: number }, { count: number }>('broadcasts/delete-done')
const doubt = oneRow<Of & { forS: number }, { count: number }>('broadcasts/doubt')

/** Messages to many people. Each step that changes the status says whether it applied. */
export const broadcastsTable = (on: Connection) => ({
  create: async (draft: Segment & BroadcastContent & { madeBy: string }): Promise<BroadcastId> =>
    (await create(on, { ...draft, entities: draft.entities === null ? null : JSON.stringify(draft.entities) }))
      .broadcast,
  get: (broadcast: BroadcastId): Promise<Broadcast | null> => get(on, { broadcast }),
  newest: (limit: number): Promise<Broadcast[]> => newest(on, { limit }),
  /** The one that is being sent. */
  running: (): Promise<Broadcast | null> => running(on, {}),
  /** In each state; of one that is done, as many as its `total` at least. */
  counts: async (broadcast: BroadcastId): Promise<BroadcastCounts> => {
    const found = Object.fromEntries(RECIPIENT_STATES.map((state) => [state, 0])) as Record<RecipientState, number>
    for (const { state, count } of await counts(on, { broadcast })) found[state] = count
    return found
  },
  /** How many people it is for, as things stand now. */
  audience: async (broadcast: BroadcastId): Promise<number> => (await audience(on, { broadcast })).count,
  amend: async (draft: Of & Segment & Button): Promise<boolean> => (await amend(on, draft)) !== null,
  /** False also when nobody would get it. */
  start: async (broadcast: BroadcastId): Promise<boolean> => (await start(on, { broadcast })) !== null,
  pause: async (broadcast: BroadcastId, error: string | null = null): Promise<boolean> =>
    (await pause(on, { broadcast, error })) !== null,
  resume: async (broadcast: BroadcastId): Promise<boolean> => (await resume(on, { broadcast })) !== null,
  /** Ends what is being sent, or paused, for good: nobody else gets it. */
  cancel: (broadcast: BroadcastId): Promise<boolean> =>
    inTransaction(on, async (tx) => {
      if ((await cancel(tx, { broadcast })) === null) return false
      await spare(tx, { broadcast })
      return true
    }),
  deleteDraft: async (broadcast: BroadcastId): Promise<boolean> => (await deleteDraft(on, { broadcast })) !== null,
  finish: async (broadcast: BroadcastId): Promise<boolean> => (await finish(on, { broadcast })) !== null,
  showProgress: (broadcast: BroadcastId, admin: UserId, message: number): Promise<void> =>
    showProgress(on, { broadcast, admin, message }),
  /** Writes the intent to send to the next people. Gives how many. */
  plan: async (broadcast: BroadcastId, limit: number): Promise<number> => (await plan(on, { broadcast, limit })).count,
  /** Takes the next person; null when nobody is planned, or it is not running. */
  claim: (broadcast: BroadcastId): Promise<ClaimedRecipient | null> => claim(on, { broadcast }),
  /** `planned` puts somebody back in line, unless the broadcast is cancelled. */
  settle: (broadcast: BroadcastId, user: UserId, state: RecipientState): Promise<void> =>
    settle(on, { broadcast, user, state }),
  /** What another sender began at least `forS` seconds ago is in doubt from now on. Gives how many. */
  doubt: async (broadcast: BroadcastId, forS: number): Promise<number> => (await doubt(on, { broadcast, forS })).count,
  /** How many people are left of what is being sent. */
  left: async (): Promise<number> => (await left(on, {})).count,
  /** Forgets what was over before an instant in milliseconds, with who got it: about `limit` rows. Gives how many. */
  deleteDoneBefore: async (before: number, limit: number): Promise<number> =>
    (await deleteDone(on, { before, limit })).count,
})
export type BroadcastsTable = ReturnType<typeof broadcastsTable>
