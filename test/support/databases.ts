import { randomBytes } from 'node:crypto'
import pgPromise from 'pg-promise'
import { databaseUrl } from './servers.js'

/** A database that one spec has for itself. */
export type TestDatabase = {
  url: string
  /** Removes it, together with whoever is still connected. */
  drop: () => Promise<void>
}

const pgp = pgPromise({ noWarnings: true })
// The number that everybody who makes a template agrees on.
const templateLock = 7_310_442

/**
 * Creates an empty database, or a copy of a template (see `ensureTemplate`), which takes tens of milliseconds.
 * @throws Error when the user of DATABASE_URL may not create databases
 */
export async function createDatabase(template?: string): Promise<TestDatabase> {
  const name = `visavis_test_${randomBytes(6).toString('hex')}`
  await onServer((db) =>
    template === undefined
      ? db.none('CREATE DATABASE $1:name', [name])
      : db.none('CREATE DATABASE $1:name TEMPLATE $2:name', [name, template]),
  )
  return {
    url: urlOf(name),
    drop: () => onServer((db) => db.none('DROP DATABASE IF EXISTS $1:name WITH (FORCE)', [name])).then(() => undefined),
  }
}

/**
 * Makes a database to copy from, once for all specs and processes that share the server.
 * @param name says what is in it, for example by a hash of the migrations: what exists is taken as it is
 * @param fill puts the tables into it, and closes its connections, because Postgres copies only what nobody uses
 */
export async function ensureTemplate(name: string, fill: (url: string) => Promise<void>): Promise<void> {
  await onServer(async (db) => {
    // Released with the connection, so that nobody waits for a process that died.
    await db.one('SELECT pg_advisory_lock($1)', [templateLock])
    if (await db.oneOrNone('SELECT 1 FROM pg_database WHERE datname = $1', [name])) return
    // It only gets its name when it is complete.
    const unfinished = `${name}_unfinished`
    await db.none('DROP DATABASE IF EXISTS $1:name WITH (FORCE)', [unfinished])
    await db.none('CREATE DATABASE $1:name', [unfinished])
    await fill(urlOf(unfinished))
    await db.none('ALTER DATABASE $1:name RENAME TO $2:name', [unfinished, name])
  })
}

function urlOf(database: string): string {
  const url = new URL(databaseUrl())
  url.pathname = `/${database}`
  return url.href
}

async function onServer<T>(work: (db: pgPromise.IBaseProtocol<object>) => Promise<T>): Promise<T> {
  const db = pgp({ connectionString: databaseUrl(), max: 1 })
  const connection = await db.connect()
  try {
    return await work(connection)
  } finally {
    await connection.done()
    await db.$pool.end()
  }
}
