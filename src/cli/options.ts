import { InvalidArgumentError } from 'commander'
import { parseDuration } from '../config.js'
import { hostId, roomId, userId, type HostId, type RoomId, type UserId } from '../ids.js'

/** Reads a whole number within bounds; for commander. */
export const wholeNumber =
  (minimum: number, maximum: number) =>
  (text: string): number => {
    const number = Number(text)
    if (!/^\d+$/.test(text) || number < minimum || number > maximum)
      throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`)
    return number
  }

/** Reads an id that `read` takes; for commander. */
const idArgument =
  <Id>(read: (text: string) => Id, words: string) =>
  (text: string): Id => {
    try {
      return read(text)
    } catch {
      throw new InvalidArgumentError(words)
    }
  }

/** Reads the id of a room; for commander. */
export const roomArgument: (text: string) => RoomId = idArgument(
  roomId,
  'The id of a room has 6 to 24 characters, small letters and digits only, such as mh0ab12cd3ef1; see: rooms list',
)
/** Reads the id of a person; for commander. */
export const userArgument: (text: string) => UserId = idArgument(
  userId,
  'The id of a person is a number, as Telegram gives it; people are found by name with: users find',
)
/** A person as somebody at a terminal names them: by id or by username (in small letters, without the `@`). */
export type NamedPerson = { readonly user: UserId } | { readonly username: string }

/** Reads the id or the @username of a person; for commander. */
export const personArgument: (text: string) => NamedPerson = idArgument(
  (text) => (/^@\w{1,32}$/.test(text) ? { username: text.slice(1).toLowerCase() } : { user: userId(text) }),
  'A person is named by id, which is a number, or by @username; by a part of a name they are found with: users find',
)
/** What the help says of such an argument. */
export const PERSON_WORDS = 'the id of the person, or their @username'
/** Reads the number of a host; for commander. */
export const hostArgument: (text: string) => HostId = idArgument(
  hostId,
  'It must be the number of a host; see: hosts list',
)

/** Reads `90s`, `3m`, `24h`, `7d` as milliseconds; for commander. */
export const durationArgument = (text: string): number => {
  const ms = parseDuration(text)
  if (ms === undefined || ms <= 0) throw new InvalidArgumentError('It must be a duration such as 90s, 3m, 24h or 7d.')
  return ms
}

/** The same, but at most this long; for commander. */
export const durationUpTo =
  (mostMs: number, words: string) =>
  (text: string): number => {
    const ms = durationArgument(text)
    if (ms > mostMs) throw new InvalidArgumentError(words)
    return ms
  }

/** Reads words that must not be empty; for commander. */
export const someWords = (text: string): string => {
  if (text.trim() === '') throw new InvalidArgumentError('It must not be empty.')
  return text.trim()
}

/** The option that every command has. */
export const JSON_OPTION = ['--json', 'print JSON, for programs (the fields are in docs/cli.md)'] as const
/** For commands that ask before they act. */
export const YES_OPTION = ['--yes', 'do not ask'] as const
/** How many lines a list shows at most. */
export const LIMIT = { minimum: 1, maximum: 1_000, standard: 50 } as const
/** The option that bounds a list. */
export const LIMIT_OPTION = [
  '--limit <number>',
  'how many at most',
  wholeNumber(LIMIT.minimum, LIMIT.maximum),
  LIMIT.standard,
] as const
const MOST_OFFSET = 10_000_000
/** Pages on through a list. */
export const OFFSET_OPTION = ['--offset <number>', 'after how many to begin', wholeNumber(0, MOST_OFFSET), 0] as const
