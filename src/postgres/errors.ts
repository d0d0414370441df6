import { VisavisError, wordsOf } from '../errors.js'

/** Postgres cannot be used: not reached or too busy (both retryable), not the right one, or refusing us. */
export class PostgresError extends VisavisError {}

/** SQLSTATE classes and codes, and Node's network codes, of a Postgres that no statement gets to. */
const AWAY =
  /^(08...|53300|57P0[1-5]|ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/
/** The last three are what the drivers say to a query that comes after the connection was lost. */
const AWAY_WORDS =
  /connection terminated|timeout exceeded when trying to connect|query read timeout|connection ended|is not queryable|disconnected client|released or lost connection/i
/** SQLSTATE codes of one statement that lost a race, found no room or took too long, in a Postgres that is there. */
const BUSY = /^(25P03|40001|40P01|53...|55P03|57014)$/
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/

/** The code of a driver's error. Node puts the attempts at several addresses of one name into an AggregateError. */
const codeOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : ''
}

const detailOf = (error: unknown): string =>
  (error instanceof AggregateError ? error.errors : [error]).map(wordsOf).filter(Boolean).join('; ')

/**
 * What a driver's error means to an operator: a PostgresError where something outside the code is to blame, the
 * error itself otherwise. Never contains the password: neither the driver nor Postgres repeats it.
 */
export const explained = (error: unknown): unknown => {
  if (error instanceof VisavisError) return error
  const code = codeOf(error)
  const because = (name: string, words: string, retryable = false) =>
    new PostgresError(name, `${words} (${detailOf(error)})`, { retryable, cause: error })
  if (code === '28P01' || code === '28000')
    return because('postgres_refused', 'Postgres refuses the user or the password in DATABASE_URL.')
  if (code === '3D000')
    return because('postgres_refused', 'The database named in DATABASE_URL does not exist; create it first.')
  if (code === '42501')
    return because(
      'postgres_refused',
      'The user in DATABASE_URL lacks a right: it must own the database or the schema.',
    )
  if (CERTIFICATE.test(code))
    return because(
      'postgres_tls',
      "Postgres' certificate cannot be verified: add sslrootcert=<file> to DATABASE_URL, or sslmode=no-verify to go without.",
    )
  if (/does not support SSL/i.test(wordsOf(error)))
    return because('postgres_tls', 'Postgres offers no TLS: switch it on there, or take sslmode out of DATABASE_URL.')
  if (AWAY.test(code) || AWAY_WORDS.test(wordsOf(error)))
    return because('postgres_unreachable', 'Postgres is not answering: is it running, and is DATABASE_URL right?', true)
  if (BUSY.test(code))
    return because('postgres_busy', 'Postgres did not manage this just now: is it overloaded, or its disk full?', true)
  return error
}

/**
 * The same for who is at work already: a Postgres that refuses us then (its password is being changed, it fails over)
 * is waited for, where a start would end. So every PostgresError it gives is `retryable`.
 */
export const explainedAtWork = (error: unknown): unknown => {
  const said = explained(error)
  if (!(said instanceof PostgresError) || said.retryable) return said
  return new PostgresError(said.code, said.message, { retryable: true, cause: said.cause })
}

const NO_CONNECTION: ReadonlySet<string> = new Set(['postgres_unreachable', 'postgres_refused', 'postgres_tls'])

/** Whether no statement got through to Postgres, in contrast to one that failed there. Takes a PostgresError. */
export const isPostgresAway = (error: unknown): boolean =>
  error instanceof PostgresError && NO_CONNECTION.has(error.code)
