import { readdir, readFile } from 'node:fs/promises'
import { unhurried, checkDatabase, type Connection, type Database } from './database.js'
import { explained, PostgresError } from './errors.js'
import { SQL_DIRECTORY } from './queries.js'

/** One file of `sql/migrations`: `0001-first-tables.sql` has version 1 and the name `first-tables`. */
export interface Migration {
  readonly version: number
  readonly name: string
}

/** What a database has (`applied`) and lacks (`pending`), oldest first; `unknown` were applied by newer code. */
export interface MigrationStatus {
  readonly applied: readonly (Migration & { appliedAt: number })[]
  readonly pending: readonly Migration[]
  readonly unknown: readonly Migration[]
}

const DIRECTORY = `${SQL_DIRECTORY}migrations/`
// "visavis" read as a number, so that no other program's lock in the same database is likely to be this one.
const LOCK_ID = '33337626697165171'
const FILE = /^(\d{4})-([a-z0-9-]+)\.sql$/

const fileOf = ({ version, name }: Migration): string => `${DIRECTORY}${String(version).padStart(4, '0')}-${name}.sql`

/** The migrations this code knows, in order. Throws when a number is missing, used twice, or a file is misnamed. */
export const knownMigrations = async (): Promise<Migration[]> => {
  const files = (await readdir(DIRECTORY)).filter((file) => file.endsWith('.sql')).sort()
  return files.map((file, index) => {
    const [, digits, name] = FILE.exec(file) ?? []
    if (name === undefined || Number(digits) !== index + 1)
      throw new Error(`sql/migrations/${file} should be named ${String(index + 1).padStart(4, '0')}-<name>.sql`)
    return { version: index + 1, name }
  })
}

const appliedOn = (on: Connection): Promise<(Migration & { appliedAt: number })[]> =>
  on.any('select version, name, applied_at as "appliedAt" from schema_migrations order by version')

const refuseNewer = (known: readonly Migration[], applied: readonly Migration[]): void => {
  const newest = applied.at(-1)
  if (newest !== undefined && newest.version > known.length)
    throw new PostgresError(
      'postgres_newer',
      `The database is at migration ${newest.version} (${newest.name}), newer than this code, which knows ${known.length}. ` +
        'Run the newer version of Visavis, or restore a backup from before the upgrade.',
    )
}

/** What is applied and what is pending; changes nothing. Throws PostgresError when Postgres cannot be used. */
export const migrationStatus = async (db: Database): Promise<MigrationStatus> => {
  await checkDatabase(db)
  const known = await knownMigrations()
  const { exists } = await db.one<{ exists: boolean }>(`select to_regclass('schema_migrations') is not null as exists`)
  const applied = exists ? await appliedOn(db) : []
  const versions = new Set(applied.map(({ version }) => version))
  return {
    applied,
    pending: known.filter(({ version }) => !versions.has(version)),
    unknown: applied.filter(({ version }) => version > known.length),
  }
}

/** Applies the next pending migration, or gives undefined when there is none. */
const step = (own: Database, known: readonly Migration[]): Promise<Migration | undefined> =>
  own.tx(async (tx) => {
    // Held until the transaction ends, so several processes may start at once: one works, the others wait and find it done.
    await tx.one('select pg_advisory_xact_lock($1)', LOCK_ID)
    await tx.none(
      `create table if not exists schema_migrations (
         version int primary key, name text not null, applied_at timestamptz not null default now()
       )`,
    )
    const applied = await appliedOn(tx)
    refuseNewer(known, applied)
    const next = known[applied.length]
    if (next === undefined) return undefined
    await tx.none('insert into schema_migrations (version, name) values ($<version>, $<name>)', next)
    // Sent as it is: what stands in a migration is SQL, not a template.
    await tx.none(await readFile(fileOf(next), 'utf8'))
    return next
  })

/**
 * Brings the database up to this code, each migration in a transaction of its own. Safe with several processes at once.
 * @returns the migrations this call applied
 * @throws PostgresError when Postgres is not reached, too old, or its schema is newer than this code
 */
export const migrate = async (db: Database): Promise<Migration[]> => {
  await checkDatabase(db)
  const known = await knownMigrations()
  const done: Migration[] = []
  try {
    await unhurried(db, async (own) => {
      for (let next = await step(own, known); next !== undefined; next = await step(own, known)) done.push(next)
    })
  } catch (error) {
    throw explained(error)
  }
  return done
}
