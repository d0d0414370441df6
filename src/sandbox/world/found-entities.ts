import { arrange, inOrder, isWhole } from './entity-order.js'
import type { MessageEntity } from './types.js'

/** A text without markup, and what the markup said. */
export interface FormattedText {
  text: string
  entities: MessageEntity[]
}

/** A text as Telegram keeps it: nothing around it, its entities in their order, with those that the text itself contains. */
export function settle({ text, entities }: FormattedText): FormattedText {
  const lead = text.length - text.trimStart().length
  const trimmed = text.trim()
  const placed = entities.map((entity) => {
    const start = Math.max(entity.offset - lead, 0)
    const end = Math.min(entity.offset - lead + entity.length, trimmed.length)
    return { ...entity, offset: start, length: end - start }
  })
  const kept = arrange(placed.filter((entity) => entity.length > 0))
  return { text: trimmed, entities: inOrder([...kept, ...findEntities(trimmed, kept)]) }
}

/** The endings of names that are links without `https://`: the usual ones, not all that exist. */
const endings =
  'com|org|net|edu|gov|int|mil|info|biz|name|pro|mobi|app|dev|page|blog|shop|store|site|online|tech|cloud|wiki|xyz|' +
  'club|live|news|world|today|space|team|link|art|ton|ae|am|ar|at|au|az|be|bg|br|by|ca|cc|ch|cl|cn|co|cz|de|dk|ee|eu|' +
  'es|fi|fm|fr|ge|gg|gr|hk|hr|hu|id|ie|il|im|in|io|ir|is|it|jp|kg|kr|kz|la|li|lt|lu|lv|ly|me|md|mx|my|nl|no|nz|pl|pt|' +
  'ro|rs|ru|se|sg|si|sk|so|su|to|tr|tv|tw|ua|uk|us|uz|vn|za'
const domain = `(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\\.)+(?:${endings})(?![\\w-]|\\.\\w)`

/** Neither before nor after a command, as TDLib has it: then it is a tag, a path or a part of a word. */
const joined = '[\\p{L}\\p{N}_/<>]'

const automatic: { type: string; pattern: RegExp }[] = [
  {
    type: 'bot_command',
    pattern: new RegExp(`(?<!${joined})/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32}|(?!@))(?!${joined})`, 'gu'),
  },
  { type: 'email', pattern: new RegExp(`(?<![\\w.+%-])[\\w.+%-]{1,64}@${domain}`, 'gi') },
  { type: 'url', pattern: /(?<![\w@./])https?:\/\/[^\s<>"]+/gi },
  { type: 'url', pattern: new RegExp(`(?<![\\w@./-])${domain}(?::\\d{1,5})?(?:[/?#][^\\s<>"]*)?`, 'gi') },
  { type: 'mention', pattern: /(?<![\w/])@[a-zA-Z]\w{3,31}(?!\w)/g },
  { type: 'hashtag', pattern: /(?<![\w&])#[\p{L}\p{N}_]*\p{L}[\p{L}\p{N}_]*/gu },
  { type: 'cashtag', pattern: /(?<![\p{L}\p{N}_$])\$[A-Z]{1,8}(?![\p{L}\p{N}_$])/gu },
  { type: 'phone_number', pattern: /(?<![\w+])\+\d{7,15}(?!\w)/g },
]

/** Entities that need no markup, in their order: `/commands`, links, `@names`, `#tags`, where nothing else stands. */
export function findEntities(text: string, taken: MessageEntity[] = []): MessageEntity[] {
  const closed = taken.filter((entity) => isWhole(entity.type))
  const found: MessageEntity[] = []
  for (const { type, pattern } of automatic) {
    for (const match of text.matchAll(pattern)) {
      const entity = { type, offset: match.index, length: match[0].replace(/[.,!?;:)]+$/, '').length }
      if (![...closed, ...found].some((other) => overlaps(entity, other))) found.push(entity)
    }
  }
  return inOrder(found)
}

const overlaps = (one: MessageEntity, other: MessageEntity) =>
  one.offset < other.offset + other.length && other.offset < one.offset + one.length
