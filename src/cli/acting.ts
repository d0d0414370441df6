import { userInfo } from 'node:os'
import { RebuildingError, VisavisError } from '../errors.js'
import { auditTable } from '../postgres/audit.js'
import { inTransaction, type Connection } from '../postgres/database.js'
import type { Context, Live } from './context.js'
import { wordsFor } from './failures.js'

/** `cli:` and the name by which whoever runs this is logged in; `cli` where the system has no name for them. */
const actor = (): string => {
  try {
    return `cli:${userInfo().username}`
  } catch {
    return 'cli'
  }
}

/** The audit table tells who did something: an administrator by id, or an operator of the command line. */
export const ACTOR = actor()
const REASON_LENGTH = 200

/** What an operator gives as a reason, as long as the audit table takes it. */
export const reasonOf = (words: string): string => words.slice(0, REASON_LENGTH)

/**
 * Writes down what is about to be done: before the deed, so that none goes unwritten. Rejects when Postgres is away: for
 * what needs Postgres anyway.
 */
export const writeAudit = async (
  context: Context,
  action: string,
  subject: string | undefined,
  details: object = {},
): Promise<void> =>
  auditTable(await context.database()).add({
    actor: ACTOR,
    action,
    ...(subject === undefined ? {} : { subject }),
    details,
  })

/**
 * Does something in Postgres and writes it down, both or neither.
 * @param about what it was done to, and how, once that is known
 */
export const audited = async <T>(
  context: Context,
  action: string,
  deed: (tx: Connection) => Promise<T>,
  about: (done: T) => { subject?: string; details?: object },
): Promise<T> =>
  inTransaction(await context.database(), async (tx) => {
    const done = await deed(tx)
    await auditTable(tx).add({ actor: ACTOR, action, ...about(done) })
    return done
  })

/** For what must be possible without Postgres: writes down what has been done, and gives whether that worked. */
export const tryAudit = async (...entry: Parameters<typeof writeAudit>): Promise<boolean> => {
  try {
    await writeAudit(...entry)
    return true
  } catch (error) {
    entry[0].terminal.note(`This is missing in the audit table: ${wordsFor(error)}\n`)
    return false
  }
}

/** The live state, for changing it: throws while Redis is being rebuilt. */
export const wholeLive = async (context: Context): Promise<Live> => {
  const live = await context.live()
  if (!live.whole) throw new RebuildingError()
  return live
}

/** Asks before what cannot be undone. Throws when the answer is not yes. */
export const confirm = async (context: Context, question: string, yes: boolean | undefined): Promise<void> => {
  if (yes === true) return
  const answer = await context.terminal.ask(`${question} [y/N] `)
  if (!/^y(es)?$/i.test(answer.trim())) throw new VisavisError('declined', 'Nothing was changed.')
}
