const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

/** A span of time in its two largest units: `3 d 4 h`, `12 min 5 s`, `0 s`. */
export const span = (ms: number): string => {
  let rest = Math.max(0, ms)
  const parts: string[] = []
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count} ${unit}`)
    else if (parts.length > 0) break
    if (parts.length === 2) break
  }
  return parts.join(' ') || '0 s'
}

/** `span` of what may not exist. */
export const maybeSpan = (ms: number | null): string => (ms === null ? '-' : span(ms))

/** Until an instant that may be past. */
export const until = (ms: number): string => (ms >= 0 ? `in ${span(ms)}` : `${span(-ms)} ago`)

/** An instant in milliseconds as `2026-11-22 14:03:09`, UTC. */
export const instant = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ')

/** `1 person`, `2 people`. */
export const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`

/** A person by id; those who were forgotten have a number below zero instead. */
export const personWords = (user: string): string => (user.startsWith('-') ? '(forgotten)' : user)

/** A word as a shell reads it back: in quotes where it needs them. */
export const shellWord = (text: string): string =>
  /^[\w@.+:,/-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
