/** One line of the doctor: what is, and where it is not well, what mends it. */
export interface Line {
  readonly name: string
  /** `warning`: the service works, but somebody should know. `skipped`: it cannot be asked here. */
  readonly state: 'ok' | 'warning' | 'bad' | 'skipped'
  readonly words: string
  readonly mend: string
}

export const ok = (name: string, words: string): Line => ({ name, state: 'ok', words, mend: '' })
export const skipped = (name: string, words: string): Line => ({ name, state: 'skipped', words, mend: '' })
export const warning = (name: string, words: string, mend: string): Line => ({ name, state: 'warning', words, mend })
export const bad = (name: string, words: string, mend: string): Line => ({ name, state: 'bad', words, mend })

/** A command as the doctor names it: in whole, to be copied. */
export const cli = (command: string): string => `npm run cli -- ${command}`
