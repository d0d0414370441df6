import { randomInt } from 'node:crypto'

const RANDOM_LENGTH = 12
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'
/** Titles have at most 128 characters. */
const PREFIX_LENGTH = 80

/** What the markers of one deployment begin with. */
export const markerPrefix = (deployment: string): string => `visavis-${deployment.slice(0, PREFIX_LENGTH)}-`

/** A title that no other group has: a group whose creation was never confirmed is found by it. */
export const newMarker = (deployment: string): string => {
  const random = Array.from({ length: RANDOM_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length)))
  return markerPrefix(deployment) + random.join('')
}

/** Whether a title is a marker of this deployment, and not of one whose name merely begins the same. */
export const isMarker = (deployment: string, title: string): boolean => {
  const prefix = markerPrefix(deployment)
  return title.startsWith(prefix) && /^[a-z0-9]{12}$/.test(title.slice(prefix.length))
}
