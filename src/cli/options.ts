import { InvalidArgumentError } from 'commander'
import { roomId, type RoomId } from '../ids.js'

/** Reads a whole number within bounds; for commander. */
export const wholeNumber =
  (minimum: number, maximum: number) =>
  (text: string): number => {
    const number = Number(text)
    if (!/^\d+$/.test(text) || number < minimum || number > maximum)
      throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`)
    return number
  }

/** Reads the id of a room; for commander. */
export const roomArgument = (text: string): RoomId => {
  try {
    return roomId(text)
  } catch {
    throw new InvalidArgumentError('The id of a room has small letters and digits; see: rooms list')
  }
}

/** The option that every command has. */
export const JSON_OPTION = ['--json', 'print JSON, for programs (the fields are in docs/cli.md)'] as const
/** How many lines a list shows at most. */
export const LIMIT = { minimum: 1, maximum: 1_000, standard: 50 } as const
