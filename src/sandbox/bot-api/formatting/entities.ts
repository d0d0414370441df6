import { badRequest } from '../errors.js'

/** A formatted stretch of a text; offset and length count UTF-16 units, as in Telegram's MessageEntity. */
export type TextEntity = {
  type: string
  offset: number
  length: number
  url?: string
  language?: string
  custom_emoji_id?: string
}

/** A text without markup, and what the markup said. */
export interface FormattedText {
  text: string
  entities: TextEntity[]
}

/** "can't parse entities" with the reason, as every parser reports it. */
export const cannotParse = (reason: string) => badRequest(`can't parse entities: ${reason}`)

/** The byte offset (UTF-8) that Telegram names in its errors, for a position in a JavaScript string. */
export const byteOffset = (text: string, at: number): number => Buffer.byteLength(text.slice(0, at))

const automatic: { type: string; pattern: RegExp }[] = [
  { type: 'bot_command', pattern: /(?<![\w/])\/[a-zA-Z0-9_]{1,64}(?:@\w{3,32})?(?![\w/])/g },
  { type: 'url', pattern: /(?<![\w@./])(?:https?:\/\/[^\s<>"]+|(?:t\.me|telegram\.me)\/[^\s<>"]+)/gi },
  { type: 'mention', pattern: /(?<![\w/])@[a-zA-Z]\w{3,31}(?!\w)/g },
  { type: 'hashtag', pattern: /(?<![\w&])#[\p{L}\p{N}_]*\p{L}[\p{L}\p{N}_]*/gu },
]

/** Entities that need no markup: `/commands`, links, `@names`, `#tags`, outside of what is formatted as code or link. */
export function findEntities(text: string, taken: TextEntity[] = []): TextEntity[] {
  const closed = taken.filter((entity) => ['code', 'pre', 'text_link'].includes(entity.type))
  const found: TextEntity[] = []
  for (const { type, pattern } of automatic) {
    for (const match of text.matchAll(pattern)) {
      const entity = { type, offset: match.index, length: match[0].replace(/[.,!?;:)]+$/, '').length }
      if (![...closed, ...found].some((other) => overlaps(entity, other))) found.push(entity)
    }
  }
  return found
}

const overlaps = (one: TextEntity, other: TextEntity) =>
  one.offset < other.offset + other.length && other.offset < one.offset + one.length
