import type { MessageEntity } from '../../world/types.js'
import type { User as ApiUser } from 'telegraf/types'
import { badRequest } from '../errors.js'
import { byteOffset, isLink } from './entities.js'

const cannotRead = (reason: string) => badRequest(`can't parse MessageEntity: ${reason}`)

/** Types that a caller sets. */
const settable = new Set([
  'bold',
  'italic',
  'underline',
  'strikethrough',
  'spoiler',
  'blockquote',
  'expandable_blockquote',
  'code',
  'pre',
  'text_link',
  'text_mention',
  'custom_emoji',
])
/** Types that Telegram finds by itself: given ones are passed over. */
const found = new Set([
  'mention',
  'hashtag',
  'cashtag',
  'bot_command',
  'url',
  'email',
  'phone_number',
  'bank_card_number',
])
const maxBound = 1_000_000

/**
 * Reads the entities that a caller gives for a text. Throws 400 in Telegram's words for a type that does not exist, for
 * fields that are missing or wrong, and for stretches that are not in the text.
 */
export function readEntities(
  given: unknown[],
  text: string,
  userOf: (id: number) => ApiUser | undefined,
): MessageEntity[] {
  const entities = given.map((value) => readEntity(value, userOf)).filter((entity) => entity !== undefined)
  for (const { offset, length } of entities) {
    if (offset < 0 || offset > maxBound) throw badRequest(`receive an entity with incorrect offset ${offset}`)
    if (length < 0 || length > maxBound) throw badRequest(`receive an entity with incorrect length ${length}`)
  }
  const filled = entities.filter(({ length }) => length > 0)
  for (const entity of filled) requireInside(entity, text)
  return filled
}

function readEntity(value: unknown, userOf: (id: number) => ApiUser | undefined): MessageEntity | undefined {
  if (!value || typeof value !== 'object' || Array.isArray(value)) throw cannotRead('expected an Object')
  const fields = value as Record<string, unknown>
  const type = textOf(fields, 'type')
  if (!settable.has(type) && !found.has(type)) throw cannotRead('Unsupported type specified')
  const extra = found.has(type) ? {} : readExtra(type, fields, userOf)
  const place = { offset: numberOf(fields, 'offset'), length: numberOf(fields, 'length') }
  return found.has(type) ? undefined : { type, ...place, ...extra }
}

function readExtra(type: string, fields: Record<string, unknown>, userOf: (id: number) => ApiUser | undefined) {
  if (type === 'text_link') {
    const url = textOf(fields, 'url')
    if (!isLink(url))
      throw badRequest(`entity URL '${url}' is invalid: ${url ? 'Wrong HTTP URL' : 'URL host is empty'}`)
    return { url }
  }
  if (type === 'text_mention') {
    const { user } = fields
    if (user === undefined) throw cannotRead('Can\'t find field "user"')
    if (!user || typeof user !== 'object') throw cannotRead('Field "user" must be of type Object')
    const known = userOf(numberOf(user as Record<string, unknown>, 'id'))
    if (!known) throw badRequest('user not found')
    return { user: known }
  }
  if (type === 'custom_emoji') return { custom_emoji_id: String(numberOf(fields, 'custom_emoji_id', String)) }
  const { language } = fields
  return type === 'pre' && typeof language === 'string' && language ? { language } : {}
}

function textOf(fields: Record<string, unknown>, name: string): string {
  const value = fields[name]
  if (value === undefined) throw cannotRead(`Can't find field "${name}"`)
  if (typeof value !== 'string') throw cannotRead(`Field "${name}" must be of type String`)
  return value
}

/** A whole number, also as text; `as` keeps ids that are too long for a number. */
function numberOf(fields: Record<string, unknown>, name: string): number
function numberOf(fields: Record<string, unknown>, name: string, as: StringConstructor): string
function numberOf(fields: Record<string, unknown>, name: string, as: NumberConstructor | StringConstructor = Number) {
  const value = fields[name]
  if (value === undefined) throw cannotRead(`Can't find field "${name}"`)
  if (typeof value !== 'number' && typeof value !== 'string') throw cannotRead(`Field "${name}" must be of type Number`)
  if (!/^-?\d{1,19}$/.test(String(value))) throw cannotRead(`Field "${name}" must be a valid Number`)
  return as(value)
}

function requireInside({ offset, length }: MessageEntity, text: string): void {
  const end = offset + length
  if (offset > text.length) throw badRequest(`entity begins after the end of the text at UTF-16 offset ${offset}`)
  const about = `entity beginning at UTF-16 offset ${offset} ends`
  if (end > text.length) throw badRequest(`${about} after the end of the text at UTF-16 offset ${end}`)
  if (splitsSymbol(text, offset))
    throw badRequest(`entity begins in a middle of a UTF-16 symbol at byte offset ${byteOffset(text, offset + 1)}`)
  if (splitsSymbol(text, end))
    throw badRequest(`${about} in a middle of a UTF-16 symbol at byte offset ${byteOffset(text, end + 1)}`)
}

const splitsSymbol = (text: string, at: number): boolean =>
  /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(at - 1, at + 1))
