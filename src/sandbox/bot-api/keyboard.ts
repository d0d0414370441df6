import { userOfLink } from '../world/content.js'
import type { InlineButton } from '../world/types.js'
import { badRequest } from './errors.js'
import type { Parameters } from './parameters.js'

/** The buttons under a message. */
export type InlineKeyboard = { inline_keyboard: InlineButton[][] }

const maxCallbackDataBytes = 64
const maxButtons = 100
const maxCopiedLength = 256

/** What a button may ask of the place where it stands. */
export interface KeyboardPlace {
  isPrivate: boolean
  isKnown: (userId: number) => boolean
}

/**
 * Reads and checks `reply_markup`. Undefined: none given. An empty keyboard removes the buttons of an edited message.
 * Reply keyboards are accepted and not shown, since only inline buttons belong to the message itself.
 * Throws 400 as Telegram does for buttons without text, data over 64 bytes, or links that are none.
 */
export function readKeyboard(parameters: Parameters, place: KeyboardPlace): InlineKeyboard | undefined {
  const markup = parameters.json('reply_markup', 'reply keyboard markup')
  if (markup === undefined) return undefined
  if (!markup || typeof markup !== 'object' || Array.isArray(markup))
    throw badRequest('object expected as reply markup')
  if (!('inline_keyboard' in markup)) return undefined
  const rows: unknown = markup.inline_keyboard
  if (!Array.isArray(rows)) throw badRequest('field "inline_keyboard" must be of type Array')
  const inlineKeyboard = rows.map((row: unknown) => {
    if (!Array.isArray(row)) {
      throw badRequest('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    }
    return row.map((button) => readButton(button, place))
  })
  if (inlineKeyboard.flat().length > maxButtons) throw badRequest('REPLY_MARKUP_TOO_LONG')
  return { inline_keyboard: inlineKeyboard.filter((row) => row.length > 0) }
}

const cannotRead = (reason: string) => badRequest(`can't parse inline keyboard button: ${reason}`)

function readButton(button: unknown, place: KeyboardPlace): InlineButton {
  if (!button || typeof button !== 'object') throw cannotRead('InlineKeyboardButton must be an Object')
  const fields = button as Record<string, unknown>
  const text = textOf(fields, 'text')
  if (!text.trim()) throw badRequest('BUTTON_INVALID')
  return { text, ...readAction(fields, place) }
}

/** What a button does: the first of these that is given, as Telegram looks for them. */
function readAction(fields: Record<string, unknown>, place: KeyboardPlace): Omit<InlineButton, 'text'> {
  const has = (name: string): boolean => fields[name] !== undefined
  const url = has('url') && textOf(fields, 'url')
  if (url) return { url: checkUrl(url, place) }
  const data = has('callback_data') && textOf(fields, 'callback_data')
  if (data) {
    if (Buffer.byteLength(data) > maxCallbackDataBytes) throw badRequest('BUTTON_DATA_INVALID')
    return { callback_data: data }
  }
  // Games and invoices, which alone carry such buttons, are not sent here.
  if (has('callback_game') || has('pay')) throw badRequest('BUTTON_TYPE_INVALID')
  for (const name of ['switch_inline_query', 'switch_inline_query_current_chat'] as const)
    if (has(name)) return { [name]: textOf(fields, name) }
  if (has('switch_inline_query_chosen_chat'))
    return { switch_inline_query_chosen_chat: objectOf(fields, 'switch_inline_query_chosen_chat') }
  if (has('login_url')) {
    const login = { url: textOf(objectOf(fields, 'login_url'), 'url') }
    return { login_url: { url: requireHttps(login.url, 'login URL') } }
  }
  if (has('web_app')) {
    const app = requireHttps(textOf(objectOf(fields, 'web_app'), 'url'), 'Web App URL')
    if (!place.isPrivate) throw badRequest('BUTTON_TYPE_INVALID')
    return { web_app: { url: app } }
  }
  if (has('copy_text')) {
    const copied = textOf(objectOf(fields, 'copy_text'), 'text')
    if (copied.length < 1 || copied.length > maxCopiedLength) throw badRequest('BUTTON_COPY_TEXT_INVALID')
    return { copy_text: { text: copied } }
  }
  throw cannotRead('Text buttons are unallowed in the inline keyboard')
}

function textOf(fields: Record<string, unknown>, name: string): string {
  const value = fields[name]
  if (value === undefined) throw cannotRead(`Can't find field "${name}"`)
  if (typeof value !== 'string') throw cannotRead(`Field "${name}" must be of type String`)
  return value
}

function objectOf(fields: Record<string, unknown>, name: string): Record<string, unknown> {
  const value = fields[name]
  if (!value || typeof value !== 'object') throw cannotRead(`Field "${name}" must be of type Object`)
  return value as Record<string, unknown>
}

function checkUrl(url: string, { isKnown }: KeyboardPlace): string {
  const person = userOfLink(url)
  if (person !== undefined) {
    if (!isKnown(person)) throw badRequest('BUTTON_USER_INVALID')
    return url
  }
  const full = /^[a-z][\w+.-]*:/i.test(url) ? url : `http://${url}`
  const wrong = (reason: string) => badRequest(`inline keyboard button URL '${url}' is invalid: ${reason}`)
  if (!URL.canParse(full)) throw wrong('Wrong HTTP URL')
  const { protocol, hostname } = new URL(full)
  if (!['http:', 'https:', 'tg:'].includes(protocol)) throw wrong('Unsupported URL protocol')
  if (protocol !== 'tg:' && !hostname.includes('.') && !/^\d|^\[/.test(hostname)) throw wrong('Wrong HTTP URL')
  return url
}

function requireHttps(url: string, what: string): string {
  if (URL.canParse(url) && new URL(url).protocol === 'https:') return url
  const reason = URL.canParse(url) ? 'Only HTTPS links are allowed' : 'Wrong HTTP URL'
  throw badRequest(`inline keyboard button ${what} '${url}' is invalid: ${reason}`)
}
