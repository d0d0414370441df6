import type { TextKey, TextValues } from '../texts/index.js'
import { button } from '../buttons.js'
import type { NoArgs, Notice } from './notice.js'

type PlainKey = { [Key in TextKey]: Record<string, never> extends TextValues<Key> ? Key : never }[TextKey]

/** A notice that is one text and true at any time. */
const plain =
  (key: PlainKey): Notice<NoArgs> =>
  async ({ texts }) => ({ text: texts.say<PlainKey>(key) })

const privacy: Notice<NoArgs> = async ({ texts, to, settings }) => ({
  text: texts.say('privacy', {
    user: to,
    rooms: texts.duration(settings.kept.roomsMs),
    audit: texts.duration(settings.kept.auditMs),
    failures: texts.duration(settings.kept.deadLettersMs),
    contact: settings.contact ?? 'none',
  }),
  disableLinkPreview: true,
})

/** For whatever the bot does not read: says who would, where the person is now. */
const notUnderstood: Notice<NoArgs> = async ({ texts, to, waitingSet }) => {
  const { state } = await waitingSet.whereabouts(to)
  if (state === 'paired') return { text: texts.say('not_understood.room') }
  return { text: texts.say(state === 'waiting' ? 'not_understood.waiting' : 'not_understood.idle') }
}

/** A channel to subscribe to, as it is shown: without an address where it has none. */
export interface ShownChannel {
  readonly title: string
  readonly url?: string
}

const gate: Notice<{ channels: readonly ShownChannel[] }> = async ({ texts }, { channels }) => ({
  text: texts.say('gate', { count: channels.length, channels: channels.map(({ title }) => title).join(', ') }),
  keyboard: [
    ...channels.flatMap(({ title, url }) => (url === undefined ? [] : [[{ text: title, url }]])),
    [button(texts, 'subscribed')],
  ],
  disableLinkPreview: true,
})

export const answerNotices = {
  help: plain('help'),
  privacy,
  unknown_command: plain('unknown.command'),
  not_understood: notUnderstood,
  edited: plain('edited'),
  rebuilding: plain('rebuilding'),
  trouble: plain('trouble'),
  gate,
  gate_unavailable: plain('gate.unavailable'),
  broadcast_refused: plain('broadcast.refused'),
  broadcast_button_refused: plain('broadcast.button_refused'),
  admin_not_found: plain('admin.not_found'),
  admin_hidden: plain('admin.hidden'),
  admin_no_person: plain('admin.no_person'),
  admin_reason_refused: plain('admin.ban.refused'),
}
