import pgPromise from 'pg-promise'
import type { Logger } from '../logger.js'
import { explained, explainedAtWork, PostgresError } from './errors.js'

/** A pool of connections to one Postgres database. */
export type Database = pgPromise.IDatabase<unknown>
/** What a query runs on: the database, or a transaction within it. */
export type Connection = pgPromise.IBaseProtocol<unknown>

const OLDEST_MAJOR = 14
const INT8 = 20
const TIMESTAMPTZ = 1184
const SERVER_VERSION =
  "select current_setting('server_version_num') as number, current_setting('server_version') as name"

// The one instance of pg-promise. Several databases with one URL are normal here (tests, a second process' worth of roles).
const pgp = pgPromise({ noWarnings: true })

type Parse = (text: string) => unknown
const driverTypes = pgp.pg.types as { getTypeParser(this: void, oid: number, format?: string): Parse }
const parseInstant = driverTypes.getTypeParser(TIMESTAMPTZ)

/** bigint stays text, for ids that outgrow numbers; instants are milliseconds since 1970 ('infinity' is Infinity). */
const typeParser = (oid: number, format?: string): Parse => {
  if (oid === INT8) return String
  if (oid === TIMESTAMPTZ) return (text) => Number(parseInstant(text))
  return driverTypes.getTypeParser(oid, format)
}

/**
 * Without `uselibpqcompat`, the driver takes `require` and `verify-ca` for `verify-full` and prints a warning about
 * it; saying so outright keeps the stricter meaning and the terminal clean. Unverified TLS is `sslmode=no-verify`.
 */
const withPlainTlsMode = (url: string): string =>
  /[?&]uselibpqcompat=/.test(url) ? url : url.replace(/([?&]sslmode=)(?:require|verify-ca)(?=&|$)/, '$1verify-full')

/**
 * Opens a pool; connects only when first used. Connecting fails after 5 s (or `connectMs`), a statement after 15 s.
 * @param options.max connections at most (default 10)
 */
export const openDatabase = (url: string, options: { logger: Logger; max?: number; connectMs?: number }): Database => {
  const db = pgp<unknown>({
    connectionString: withPlainTlsMode(url),
    application_name: 'visavis',
    max: options.max ?? 10,
    keepAlive: true,
    connectionTimeoutMillis: options.connectMs ?? 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 15_000,
    idle_in_transaction_session_timeout: 15_000,
    // For a connection that died without a word; the server's own limit answers first on a live one.
    query_timeout: 20_000,
    types: { ...pgp.pg.types, getTypeParser: typeParser },
  })
  // A connection lost while idle is replaced by the pool; without a listener it would end the process.
  db.$pool.on('error', (error: Error) => options.logger.warn({ error }, 'an idle connection to Postgres was lost'))
  return db
}

/** Closes every connection once it is free; a second call changes nothing. */
export const closeDatabase = async (db: Database): Promise<void> => {
  if (!db.$pool.ending) await db.$pool.end()
}

/**
 * Runs work in one transaction: all of it holds, or none. Also a transaction that cannot begin, or end, fails in words
 * for the operator.
 * @throws PostgresError where something outside the code is to blame; what `work` throws
 */
export const inTransaction = <T>(on: Connection, work: (tx: Connection) => Promise<T>): Promise<T> =>
  on.tx(work).catch((error: unknown) => {
    throw explainedAtWork(error)
  })

/** Runs work on one connection of its own to the same database, without limits on how long a statement may take. */
export const unhurried = async <T>(db: Database, work: (own: Database) => Promise<T>): Promise<T> => {
  const parameters = typeof db.$cn === 'string' ? { connectionString: db.$cn } : db.$cn
  const own = pgp<unknown>({ ...parameters, max: 1, statement_timeout: 0, query_timeout: 0 })
  own.$pool.on('error', () => undefined)
  try {
    return await work(own)
  } finally {
    await closeDatabase(own)
  }
}

/**
 * Resolves when Postgres answers and is new enough.
 * @throws PostgresError in words for the operator; `retryable` when waiting may help
 */
export const checkDatabase = async (db: Database): Promise<void> => {
  const server = await db.one<{ number: string; name: string }>(SERVER_VERSION).catch((error: unknown) => {
    throw explained(error)
  })
  if (Math.floor(Number(server.number) / 10_000) < OLDEST_MAJOR)
    throw new PostgresError(
      'postgres_version',
      `Postgres ${server.name} is too old: Visavis needs ${OLDEST_MAJOR} or newer. Upgrade it, or point DATABASE_URL elsewhere.`,
    )
}
