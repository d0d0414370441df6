import type { Broadcast, BroadcastId, Segment } from '../../postgres/broadcasts.js'
import { paragraphs, type Reader } from '../notices/notice.js'
import type { PanelAction, PanelPage } from './actions.js'

const LISTED = 8
const DAY_S = 86_400
/** What a press on a choice goes on to. */
const GENDERS = [null, 'female', 'male', 'other'] as const
const LANGUAGES = [null, 'en', 'ru'] as const
const SEEN = [null, DAY_S, 7 * DAY_S, 30 * DAY_S] as const

const after = <T>(choices: readonly T[], chosen: T): T => choices[(choices.indexOf(chosen) + 1) % choices.length] as T

const segmentWords = ({ texts }: Reader, { gender, language, seenWithinS }: Segment) => ({
  gender: gender === null ? texts.say('broadcast.all') : texts.say(`gender.${gender}`),
  language: language ?? texts.say('broadcast.all'),
  seen: seenWithinS === null ? texts.say('broadcast.all') : texts.duration(seenWithinS * 1_000),
})

const titleOf = ({ text }: Broadcast): string => {
  const line = text.split('\n')[0] ?? ''
  return line.length > 40 ? `${line.slice(0, 39)}…` : line === '' ? '🖼' : line
}

/** The newest broadcasts, by the numbers that the command line knows them by, and the way to a new one. */
export const broadcasts = async (reader: Reader): Promise<PanelPage> => {
  const { texts, panel } = reader
  const found = await panel.broadcasts.newest(LISTED)
  const lines = found.map((one) =>
    texts.say('broadcast.line', { id: one.broadcast, status: one.status, title: titleOf(one) }),
  )
  return {
    text: [texts.say('broadcast.list'), '', ...lines].join('\n').trim(),
    rows: [
      found.map(({ broadcast }) => ({ text: broadcast, action: { show: 'broadcast', id: broadcast } })),
      [{ text: texts.say('button.new_broadcast'), action: { show: 'new_broadcast' } }],
      [{ text: texts.say('button.back'), action: { show: 'overview' } }],
    ],
  }
}

const draftRows = (
  reader: Reader,
  one: Broadcast,
  { sure, audience }: { sure: boolean; audience: number },
): PanelPage['rows'] => {
  const { texts } = reader
  const id = one.broadcast
  const words = segmentWords(reader, one)
  const choose = (segment: Partial<Segment>): PanelAction => ({ do: 'segment', id, segment })
  return [
    [
      {
        text: texts.say('button.segment.gender', { value: words.gender }),
        action: choose({ gender: after(GENDERS, one.gender) }),
      },
      {
        text: texts.say('button.segment.language', { value: words.language }),
        action: choose({ language: after(LANGUAGES, one.language) }),
      },
      {
        text: texts.say('button.segment.seen', { value: words.seen }),
        action: choose({ seenWithinS: after<number | null>(SEEN, one.seenWithinS) }),
      },
    ],
    [
      { text: texts.say('button.preview'), action: { do: 'preview', id } },
      { text: texts.say('button.add_button'), action: { show: 'broadcast_button', id } },
    ],
    // What nobody would get cannot be started.
    audience === 0
      ? []
      : [
          sure
            ? { text: texts.say('button.start_broadcast.sure'), action: { do: 'start', id } }
            : { text: texts.say('button.start_broadcast'), action: { show: 'broadcast', id, sure: 'start' } },
        ],
  ]
}

/** A draft is deleted, and what is being sent or paused ends for good: asked twice. */
const cancelButton = ({ texts }: Reader, { broadcast: id, status }: Broadcast, sure: boolean) => {
  const text = texts.say(`button.${status === 'draft' ? 'delete_draft' : 'cancel_broadcast'}${sure ? '.sure' : ''}`)
  return sure
    ? ({ text, action: { do: 'cancel_broadcast', id } } as const)
    : ({ text, action: { show: 'broadcast', id, sure: 'cancel' } } as const)
}

/** One broadcast: a draft with its choices, or how far it is. `live`: the message that shows progress, without a way back. */
export const broadcast = async (
  reader: Reader,
  view: { id: BroadcastId; sure?: 'start' | 'cancel'; live?: boolean },
): Promise<PanelPage> => {
  const { texts, panel } = reader
  const back = { text: texts.say('button.back'), action: { show: 'broadcasts' } } as const
  const one = await panel.broadcasts.get(view.id)
  if (!one) return { text: texts.say('broadcast.unknown'), rows: [[back]] }
  const id = one.broadcast
  const draft = one.status === 'draft'
  const counts = await panel.broadcasts.counts(id)
  const audience = draft ? await panel.broadcasts.audience(id) : 0
  const { sent, doubt, blocked, refused, skipped } = counts
  const done = sent + doubt + blocked + refused + skipped
  const again = {
    text: texts.say('button.refresh'),
    action: { show: 'broadcast', id, live: view.live === true },
  } as const
  return {
    text: paragraphs(
      `📣 ${id}. ${titleOf(one)}`,
      texts.say('broadcast.segment', segmentWords(reader, one)),
      draft
        ? texts.say('broadcast.audience', { count: audience })
        : texts.say('broadcast.progress', {
            status: one.status,
            done,
            total: Math.max(one.total ?? 0, done),
            sent,
            blocked,
            skipped,
            refused,
            doubt,
          }),
      one.error !== null && texts.say('broadcast.error', { error: one.error }),
    ),
    rows: [
      ...(draft ? draftRows(reader, one, { sure: view.sure === 'start', audience }) : []),
      one.status === 'running'
        ? [
            {
              text: texts.say('button.pause_broadcast'),
              action: { do: 'pause_broadcast', id, live: view.live === true },
            },
          ]
        : [],
      one.status === 'paused'
        ? [
            {
              text: texts.say('button.resume_broadcast'),
              action: { do: 'resume_broadcast', id, live: view.live === true },
            },
          ]
        : [],
      one.status === 'done' || one.status === 'cancelled' ? [] : [cancelButton(reader, one, view.sure === 'cancel')],
      view.live === true ? [again] : [back, again],
    ],
  }
}

/** Asks for the message. */
export const newBroadcast = async ({ texts }: Reader): Promise<PanelPage> => ({
  text: texts.say('broadcast.ask'),
  rows: [[{ text: texts.say('button.back'), action: { show: 'broadcasts' } }]],
})

/** Asks for the button under it. */
export const broadcastButton = async ({ texts }: Reader, { id }: { id: BroadcastId }): Promise<PanelPage> => ({
  text: texts.say('broadcast.ask_button'),
  rows: [[{ text: texts.say('button.back'), action: { show: 'broadcast', id } }]],
})
