import { IntlMessageFormat } from 'intl-messageformat'
import { en } from './en.js'
import type { Language, TextKey, TextValues } from './parameters.js'
import { ru } from './ru.js'

export type { TextKey, TextValues } from './parameters.js'

export const LANGUAGES = { en, ru } as const satisfies Record<string, Language>
export type LanguageCode = keyof typeof LANGUAGES

/** Which of our languages a person reads, by Telegram's language code (`ru`, `ru-RU`, `en`, `de` …). */
export const languageOf = (code: string | null | undefined): LanguageCode =>
  /^ru(?:$|[-_])/i.test(code ?? '') ? 'ru' : 'en'

const formats = new Map<string, IntlMessageFormat>()

const formatOf = (language: LanguageCode, key: TextKey): IntlMessageFormat => {
  const name = `${language} ${key}`
  const known = formats.get(name)
  if (known) return known
  const format = new IntlMessageFormat(LANGUAGES[language][key], language, undefined, { ignoreTag: true })
  formats.set(name, format)
  return format
}

type Values<Key extends TextKey> = Record<string, never> extends TextValues<Key> ? [] : [values: TextValues<Key>]

/** Texts of one language. */
export interface Texts {
  readonly language: LanguageCode
  say<Key extends TextKey>(key: Key, ...values: Values<Key>): string
  /** A length of time in words, rounded down to what a person cares about: `3 minutes`. Nobody is promised more than there is. */
  duration(ms: number): string
  /** The same rounded up, for what has to pass before something is possible: nobody comes back too early. */
  pause(ms: number): string
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Units, and from how many on each is used for what is no whole number of it: 90 minutes are not said in hours. */
const UNITS = [
  ['duration.days', DAY, 2],
  ['duration.hours', HOUR, 2],
  ['duration.minutes', MINUTE, 1],
] as const

const makeTexts = (language: LanguageCode): Texts => {
  const say = <Key extends TextKey>(key: Key, ...[values]: Values<Key>): string =>
    String(formatOf(language, key).format(values))
  const inWords = (ms: number, round: (count: number) => number): string => {
    for (const [key, unit, from] of UNITS) {
      const nearest = Math.round(ms / unit)
      // Almost a whole number of it: what was a moment ago three minutes is no "2 minutes" yet.
      if (nearest >= 1 && Math.abs(ms - nearest * unit) < unit / 30) return say(key, { count: nearest })
      if (ms >= from * unit) return say(key, { count: round(ms / unit) })
    }
    return say('duration.seconds', { count: Math.max(1, Math.round(ms / SECOND)) })
  }
  return {
    language,
    say,
    duration: (ms) => inWords(ms, Math.floor),
    pause: (ms) => inWords(ms, Math.ceil),
  }
}

const made = { en: makeTexts('en'), ru: makeTexts('ru') } satisfies Record<LanguageCode, Texts>

/** The texts for somebody with this Telegram language code. */
export const textsFor = (code: string | null | undefined): Texts => made[languageOf(code)]
