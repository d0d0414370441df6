import { randomInt } from 'node:crypto'
import type { LanguageCode } from './texts/index.js'

type Choose = <T>(from: readonly T[]) => T

// prettier-ignore
const ENGLISH = {
  adjectives: [
    'Quiet', 'Brave', 'Sunny', 'Gentle', 'Curious', 'Lucky', 'Silver', 'Golden', 'Merry', 'Clever', 'Dreamy', 'Kind',
    'Bright', 'Calm', 'Cosmic', 'Snowy', 'Velvet', 'Amber', 'Wandering', 'Early',
  ],
  nouns: [
    'Fox', 'Otter', 'Robin', 'Comet', 'Maple', 'River', 'Panda', 'Lantern', 'Falcon', 'Willow', 'Pebble', 'Dolphin',
    'Meadow', 'Badger', 'Harbor', 'Sparrow', 'Ember', 'Tulip', 'Koala', 'Breeze',
  ],
} as const

/** Adjectives agree with the noun: masculine, then feminine. */
// prettier-ignore
const RUSSIAN = {
  adjectives: [
    ['Тихий', 'Тихая'], ['Смелый', 'Смелая'], ['Добрый', 'Добрая'], ['Весёлый', 'Весёлая'], ['Мудрый', 'Мудрая'],
    ['Ясный', 'Ясная'], ['Нежный', 'Нежная'], ['Звёздный', 'Звёздная'], ['Снежный', 'Снежная'], ['Лунный', 'Лунная'],
    ['Янтарный', 'Янтарная'], ['Северный', 'Северная'], ['Утренний', 'Утренняя'], ['Солнечный', 'Солнечная'],
  ],
  nouns: [
    ['Лис', 0], ['Ёжик', 0], ['Сокол', 0], ['Клён', 0], ['Дельфин', 0], ['Ветер', 0], ['Бобёр', 0], ['Маяк', 0],
    ['Выдра', 1], ['Сова', 1], ['Ива', 1], ['Комета', 1], ['Ласточка', 1], ['Река', 1], ['Рысь', 1], ['Панда', 1],
  ],
} as const

const random: Choose = (from) => from[randomInt(from.length)] as (typeof from)[number]

/** A pleasant nickname in the person's language; not unique, since nicknames need not be. */
export const generatePseudonym = (language: LanguageCode, choose: Choose = random): string => {
  if (language === 'en') return `${choose<string>(ENGLISH.adjectives)} ${choose<string>(ENGLISH.nouns)}`
  const [noun, gender] = choose(RUSSIAN.nouns)
  return `${choose(RUSSIAN.adjectives)[gender]} ${noun}`
}
