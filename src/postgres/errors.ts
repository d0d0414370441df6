import { VisavisError, wordsOf } from '../errors.js'

/** Postgres cannot be used: not reached (retryable), not the right one, or refusing us. */
export class PostgresError extends VisavisError {}

/** SQLSTATE classes and codes, and Node's network codes, that pass without anybody doing anything to our side. */
const PASSING =
  /^(08...|57P0[1-4]|53...|55P03|40001|40P01|57014|25P03|ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/
/** The last three are what the drivers say to a query that comes after the connection was lost. */
const PASSING_WORDS =
  /connection terminated|timeout exceeded when trying to connect|query read timeout|connection ended|is not queryable|disconnected client|released or lost connection/i
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/

/** The code of a driver's error. Node puts the attempts at several addresses of one name into an AggregateError. */
const codeOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : ''
}

const detailOf = (error: unknown): string =>
  (error instanceof AggregateError ? error.errors : [error]).map(wordsOf).filter(Boolean).join('; ')

/** Whether the attempt failed for want of a working connection (or lost a race), so that it may be made again. */
export const isPassing = (error: unknown): boolean => PASSING.test(codeOf(error)) || PASSING_WORDS.test(wordsOf(error))

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
  if (isPassing(error))
    return because('postgres_unreachable', 'Postgres is not answering: is it running, and is DATABASE_URL right?', true)
  return error
}
