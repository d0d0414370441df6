import type { InlineButton } from '../world/types.js'
import { badRequest } from './errors.js'
import type { Parameters } from './parameters.js'

/** The buttons under a message. */
export type InlineKeyboard = { inline_keyboard: InlineButton[][] }

const maxCallbackDataBytes = 64
const maxButtons = 100

/**
 * Reads and checks `reply_markup`. Undefined: none given. An empty keyboard removes the buttons of an edited message.
 * Reply keyboards are accepted and not shown, since only inline buttons belong to the message itself.
 * Throws 400 as Telegram does for buttons without text, data over 64 bytes, or links that are none.
 */
export function readKeyboard(parameters: Parameters): InlineKeyboard | undefined {
  const markup = parameters.json('reply_markup')
  if (markup === undefined) return undefined
  if (!markup || typeof markup !== 'object') throw badRequest('object expected as reply markup')
  if (!('inline_keyboard' in markup)) return undefined
  const rows: unknown = markup.inline_keyboard
  if (!Array.isArray(rows)) {
    throw badRequest('can\'t parse inline keyboard markup JSON object: field "inline_keyboard" must be of type Array')
  }
  const inlineKeyboard = rows.map((row: unknown) => {
    if (!Array.isArray(row))
      throw badRequest("can't parse inline keyboard button: expected an Array of InlineKeyboardButton")
    return row.map(readButton)
  })
  if (inlineKeyboard.flat().length > maxButtons) throw badRequest('REPLY_MARKUP_TOO_LONG')
  return { inline_keyboard: inlineKeyboard.filter((row) => row.length > 0) }
}

function readButton(button: unknown): InlineButton {
  const cannot = (reason: string) => badRequest(`can't parse inline keyboard button: ${reason}`)
  if (!button || typeof button !== 'object') throw cannot('InlineKeyboardButton must be an Object')
  const { text, callback_data: data, url } = button as Record<string, unknown>
  if (typeof text !== 'string') throw cannot('field "text" must be of type String')
  if (!text.trim()) throw badRequest('BUTTON_INVALID')
  if (typeof url === 'string') return { text, url: checkUrl(url) }
  if (typeof data !== 'string') throw cannot('Text buttons are unallowed in the inline keyboard')
  const bytes = Buffer.byteLength(data)
  if (bytes < 1 || bytes > maxCallbackDataBytes) throw badRequest('BUTTON_DATA_INVALID')
  return { text, callback_data: data }
}

function checkUrl(url: string): string {
  const full = /^[a-z][\w+.-]*:/i.test(url) ? url : `http://${url}`
  const wrong = (reason: string) => badRequest(`inline keyboard button URL '${url}' is invalid: ${reason}`)
  if (!URL.canParse(full)) throw wrong('Wrong HTTP URL')
  const { protocol, hostname } = new URL(full)
  if (!['http:', 'https:', 'tg:'].includes(protocol)) throw wrong('Unsupported URL protocol')
  if (protocol !== 'tg:' && !hostname.includes('.') && !/^\d|^\[/.test(hostname)) throw wrong('Wrong HTTP URL')
  return url
}
