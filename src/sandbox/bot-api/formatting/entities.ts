import type { MessageEntity } from '../../world/types.js'
import { badRequest } from '../errors.js'
import { inOrder, isWhole } from './arrange.js'

/** A text without markup, and what the markup said. */
export interface FormattedText {
  text: string
  entities: MessageEntity[]
}

/** "can't parse entities" with the reason, as every parser reports it. */
export const cannotParse = (reason: string) => badRequest(`can't parse entities: ${reason}`)

/** The byte offset (UTF-8) that Telegram names in its errors, for a position in a JavaScript string. */
export const byteOffset = (text: string, at: number): number => Buffer.byteLength(text.slice(0, at))

/** What Telegram takes for the address of a link. */
export const isLink = (url: string): boolean => /^(https?|tg|tonsite):\/\/\S+$|^(?!\w+:)\S+\.\S+$/i.test(url)

/** The endings of names that are links without `https://`: the usual ones, not all that exist. */
const endings =
  'com|org|net|edu|gov|int|mil|info|biz|name|pro|mobi|app|dev|page|blog|shop|store|site|online|tech|cloud|wiki|xyz|' +
  'club|live|news|world|today|space|team|link|art|ton|ae|am|ar|at|au|az|be|bg|br|by|ca|cc|ch|cl|cn|co|cz|de|dk|ee|eu|' +
  'es|fi|fm|fr|ge|gg|gr|hk|hr|hu|id|ie|il|im|in|io|ir|is|it|jp|kg|kr|kz|la|li|lt|lu|lv|ly|me|md|mx|my|nl|no|nz|pl|pt|' +
  'ro|rs|ru|se|sg|si|sk|so|su|to|tr|tv|tw|ua|uk|us|uz|vn|za'
const domain = `(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\\.)+(?:${endings})(?![\\w-]|\\.\\w)`

const automatic: { type: string; pattern: RegExp }[] = [
  { type: 'bot_command', pattern: /(?<![\w/])\/[a-zA-Z0-9_]{1,64}(?:@\w{3,32})?(?![\w/])/g },
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
