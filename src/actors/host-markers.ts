import { createHash, randomInt } from 'node:crypto'

const RANDOM_LENGTH = 8
const DEPLOYMENT_LENGTH = 4
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** A deployment's name in some characters: several deployments may share an account, and titles have little room. */
const deploymentCode = (deployment: string): string => {
  const digest = createHash('sha256').update(deployment).digest()
  return Array.from({ length: DEPLOYMENT_LENGTH }, (_, i) => ALPHABET.charAt((digest[i] ?? 0) % ALPHABET.length)).join(
    '',
  )
}

/** What the markers of one deployment begin with. Whoever is invited sees the marker as the group's title at first. */
export const markerPrefix = (deployment: string): string => `Visavis ${deploymentCode(deployment)}-`

/**
 * A title that no other group has: a group whose creation was never confirmed is found by it. Rooms give their groups
 * another title; the description keeps the marker.
 */
export const newMarker = (deployment: string): string => {
  const random = Array.from({ length: RANDOM_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length)))
  return markerPrefix(deployment) + random.join('')
}

/** Whether a title (or a description) is a marker of this deployment. */
export const isMarker = (deployment: string, title: string): boolean => {
  const prefix = markerPrefix(deployment)
  return title.startsWith(prefix) && /^[a-z0-9]{8}$/.test(title.slice(prefix.length))
}
