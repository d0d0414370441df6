import { badRequest } from '../errors.js'

/** "can't parse entities" with the reason, as every parser reports it. */
export const cannotParse = (reason: string) => badRequest(`can't parse entities: ${reason}`)

/** The byte offset (UTF-8) that Telegram names in its errors, for a position in a JavaScript string. */
export const byteOffset = (text: string, at: number): number => Buffer.byteLength(text.slice(0, at))

/** What Telegram takes for the address of a link. */
export const isLink = (url: string): boolean => /^(https?|tg|tonsite):\/\/\S+$|^(?!\w+:)\S+\.\S+$/i.test(url)
