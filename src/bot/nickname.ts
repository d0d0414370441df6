export const NICKNAME_MIN = 2
export const NICKNAME_MAX = 20

/** Why a nickname is refused. */
export type NicknameRefusal = 'too_short' | 'too_long' | 'link' | 'mention' | 'phone' | 'hidden' | 'characters'
export type NicknameCheck = { nickname: string } | { refused: NicknameRefusal }

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Control characters, line breaks, bidi marks, zero-width characters, tags, unassigned and private-use code points. */
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u3164\uFE00-\uFE0F\uFFA0\u{E0100}-\u{E01EF}]/u
const LINK =
  /:\/\/|\bwww\.|(?:t|telegram)\.me\b|\p{L}{2,}\.(?:com|net|org|info|biz|ru|su|me|io|de|uk|ua|by|kz|cn|xyz|app|dev|online|site|club|top|link|рф)(?![\p{L}\p{M}\p{N}])/iu
const ALLOWED = /^[\p{L}\p{M}\p{N} \-_.'’]+$/u
const MEANINGFUL = /[\p{L}\p{N}]/u
/** More marks on one letter than any script needs cover the lines around them. */
const STACKED = /\p{M}{4,}/u
/** As many digits as a phone number has, however they are spaced. */
const PHONE_DIGITS = 7

const looksLikePhone = (text: string): boolean => {
  const digits = text.match(/\p{Nd}/gu)?.length ?? 0
  const letters = text.match(/\p{L}/gu)?.length ?? 0
  return digits >= PHONE_DIGITS && (letters === 0 || /\p{Nd}[\p{Nd} .\-']{5,}\p{Nd}/u.test(text))
}

/**
 * What a person typed as a nickname, checked: 2 to 20 characters as people count them, letters of any script, digits,
 * spaces and `-_.'`; normalised (NFC), trimmed, runs of spaces made one. Refuses what would lead to an account or a site.
 */
export const checkNickname = (typed: string): NicknameCheck => {
  const text = typed
    .normalize('NFC')
    .trim()
    .replace(/\p{Zs}+/gu, ' ')
  if (HIDDEN.test(text)) return { refused: 'hidden' }
  if (text.includes('@')) return { refused: 'mention' }
  if (LINK.test(text)) return { refused: 'link' }
  if (looksLikePhone(text)) return { refused: 'phone' }
  // A nickname's length in code units bounds its graphemes: a text of 4,096 characters need not be taken apart.
  const length = text.length > 40 * NICKNAME_MAX ? Infinity : [...graphemes.segment(text)].length
  if (length > NICKNAME_MAX) return { refused: 'too_long' }
  if (length < NICKNAME_MIN) return { refused: 'too_short' }
  if (!ALLOWED.test(text) || !MEANINGFUL.test(text) || STACKED.test(text)) return { refused: 'characters' }
  return { nickname: text }
}
