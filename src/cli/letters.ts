import { masked } from '../logger.js'

/** Of a message only its type is shown: the rest may be a link, or what is said to a person. */
const typeOf = (message: string | undefined): string => {
  try {
    const flat: unknown = JSON.parse(message ?? '')
    const at = Array.isArray(flat) ? flat.indexOf('type') : -1
    return at < 0 ? '?' : String((flat as unknown[])[at + 1])
  } catch {
    return '?'
  }
}

/** The value of a field in what Redis gives of an entry: fields and values alternating. */
export const fieldIn = (flat: readonly string[], name: string): string | undefined => {
  const index = flat.findIndex((field, i) => i % 2 === 0 && field === name)
  return index < 0 ? undefined : flat[index + 1]
}

/** A dead letter as operators see it. */
export const readLetter = (entry: string, flat: readonly string[], now: number) => {
  const at = Number(entry.split('-')[0])
  return {
    entry,
    at,
    ageMs: Math.max(0, now - at),
    mailbox: fieldIn(flat, 'mailbox') ?? '?',
    type: typeOf(fieldIn(flat, 'message')),
    attempts: Number(fieldIn(flat, 'attempts') ?? 0),
    error: masked(fieldIn(flat, 'error') ?? ''),
  }
}
export type Letter = ReturnType<typeof readLetter>
