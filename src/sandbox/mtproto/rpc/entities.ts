import { Denied } from '../../world/denied.js'
import { settle, type FormattedText } from '../../world/found-entities.js'
import type { MessageEntity } from '../../world/types.js'
import { int, long, object, objects, text } from '../tl/fields.js'
import type { TlObject } from '../tl/types.js'
import type { Call } from './call.js'

/** What the world calls an entity, and what MTProto does. */
const NAMES: Record<string, string> = {
  mention: 'messageEntityMention',
  hashtag: 'messageEntityHashtag',
  cashtag: 'messageEntityCashtag',
  bot_command: 'messageEntityBotCommand',
  url: 'messageEntityUrl',
  email: 'messageEntityEmail',
  phone_number: 'messageEntityPhone',
  bold: 'messageEntityBold',
  italic: 'messageEntityItalic',
  underline: 'messageEntityUnderline',
  strikethrough: 'messageEntityStrike',
  spoiler: 'messageEntitySpoiler',
  blockquote: 'messageEntityBlockquote',
  expandable_blockquote: 'messageEntityBlockquote',
  code: 'messageEntityCode',
  pre: 'messageEntityPre',
  text_link: 'messageEntityTextUrl',
  text_mention: 'messageEntityMentionName',
  custom_emoji: 'messageEntityCustomEmoji',
}

/** What clients may set; the others are found in the text, whoever claims them. */
const SETTABLE = new Map([
  ...['bold', 'italic', 'underline', 'strikethrough', 'spoiler', 'blockquote', 'code', 'pre', 'text_link'].map(
    (type): [string, string] => [NAMES[type] ?? '', type],
  ),
  ['inputMessageEntityMentionName', 'text_mention'],
  ['messageEntityMentionName', 'text_mention'],
  ['messageEntityCustomEmoji', 'custom_emoji'],
])

/** An entity as MTProto clients get it; undefined for one that MTProto has no name for. */
export function entityView({ type, offset, length, ...more }: MessageEntity): TlObject | undefined {
  const name = NAMES[type]
  if (name === undefined) return undefined
  const { url = '', language = '', user, custom_emoji_id = '0' } = more
  const place = { _: name, offset, length }
  if (type === 'text_mention') return { ...place, user_id: user?.id ?? 0 }
  if (type === 'custom_emoji') return { ...place, document_id: BigInt(custom_emoji_id) }
  return { ...place, url, language, collapsed: type === 'expandable_blockquote' }
}

/** The text that a client writes with its entities, as Telegram keeps them. Outside of the text: `ENTITY_BOUNDS_INVALID`. */
export function writtenText(request: TlObject, call: Call): FormattedText {
  const message = text(request, 'message')
  const given = request['entities'] === undefined ? [] : objects(request, 'entities')
  const entities = given.map((one) => entityOf(one, call)).filter((entity) => entity !== undefined)
  for (const { offset, length } of entities)
    if (offset < 0 || length < 0 || offset + length > message.length) throw new Denied('ENTITY_BOUNDS_INVALID')
  return settle({ text: message, entities })
}

function entityOf(given: TlObject, call: Call): MessageEntity | undefined {
  const type = SETTABLE.get(given._)
  if (type === undefined) return undefined
  const place = { type, offset: int(given, 'offset'), length: int(given, 'length') }
  switch (type) {
    case 'text_link':
      return { ...place, url: text(given, 'url') }
    case 'pre':
      return { ...place, ...(text(given, 'language') && { language: text(given, 'language') }) }
    case 'custom_emoji':
      return { ...place, custom_emoji_id: long(given, 'document_id').toString() }
    case 'blockquote':
      return given['collapsed'] === true ? { ...place, type: 'expandable_blockquote' } : place
    case 'text_mention':
      return { ...place, user: mentioned(given, call) }
    default:
      return place
  }
}

/** Older clients name somebody by the bare id. */
function mentioned(given: TlObject, call: Call): NonNullable<MessageEntity['user']> {
  const isBare = given._ === 'messageEntityMentionName'
  const id = isBare ? Number(long(given, 'user_id')) : call.userIdOf(object(given, 'user_id'))
  const { firstName: first_name, lastName: last_name, username, bot } = call.world.users.get(id)
  return { id, is_bot: bot !== undefined, first_name, ...(last_name && { last_name }), ...(username && { username }) }
}
