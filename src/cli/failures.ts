import { CommanderError } from 'commander'
import { VisavisError, wordsOf } from '../errors.js'
import { masked } from '../logger.js'
import { explained } from '../postgres/errors.js'
import { whyWritesRefused } from '../redis/refused-writes.js'

/** What a command ends with. */
export const EXIT = { done: 0, failed: 1, usage: 2, notFound: 3, differences: 4 } as const

/** What the command is about does not exist (any more). */
export class NotFoundError extends VisavisError {
  constructor(words: string) {
    super('not_found', words)
  }
}

/** Options that do not go together, or say nothing usable: wrong usage that commander cannot know. */
export class UsageError extends VisavisError {
  constructor(words: string) {
    super('usage', words)
  }
}

const UNDEFINED_TABLE = '42P01'

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

/** An error as the person at the terminal needs it: the exit code, and words with the next step (none when all is said). */
export const failureOf = (thrown: unknown): { code: number; words: string | undefined } => {
  // Commander has printed its own words; asking for help is no mistake.
  if (thrown instanceof CommanderError)
    return { code: thrown.exitCode === 0 ? EXIT.done : EXIT.usage, words: undefined }
  const error = explained(thrown)
  if (error instanceof NotFoundError) return { code: EXIT.notFound, words: error.message }
  if (error instanceof UsageError) return { code: EXIT.usage, words: error.message }
  if (codeOf(error) === UNDEFINED_TABLE)
    return { code: EXIT.failed, words: 'This database has no tables yet. Make them with: npm run cli -- migrate' }
  const refused = whyWritesRefused(error)
  if (refused !== undefined) return { code: EXIT.failed, words: refused }
  if (error instanceof VisavisError) return { code: EXIT.failed, words: masked(error.message) }
  return {
    code: EXIT.failed,
    words: `Something went wrong that this command does not know: ${masked(wordsOf(error))}\nLOG_LEVEL=debug shows where.`,
  }
}

/** The words alone, for what is missing from an answer that is given all the same. */
export const wordsFor = (error: unknown): string => failureOf(error).words ?? ''
