import { fileURLToPath } from 'node:url'
import pgPromise from 'pg-promise'
import type { Connection } from './database.js'
import { explainedAtWork } from './errors.js'

/** Where the SQL files lie: `migrations/NNNN-name.sql`, and `<entity>/<verb>.sql` for queries. */
export const SQL_DIRECTORY = fileURLToPath(new URL('../../sql/', import.meta.url))

/** How many rows a query gives, in the words that end the header of its file. */
export type Cardinality = 'one row' | 'at most one row' | 'any number of rows' | 'no rows'

/** Every query that some repository declares, by `<entity>/<verb>`. A test holds it to the files. */
export const declaredQueries = new Map<string, Cardinality>()

type Parameters = object
/** A query: takes a connection and its named parameters, gives its rows. */
export type Query<P extends Parameters, Result> = (on: Connection, parameters: P) => Promise<Result>

const load = (name: string, cardinality: Cardinality, columns = ''): pgPromise.QueryFile => {
  const params = { columns }
  const file = new pgPromise.QueryFile(`${SQL_DIRECTORY}${name}.sql`, { minify: true, noWarnings: true, params })
  if (file.error) throw file.error
  if (declaredQueries.has(name)) throw new Error(`sql/${name}.sql is declared twice`)
  declaredQueries.set(name, cardinality)
  return file
}

/** A Postgres that is away is told from a mistake: what failed for it alone comes again. */
const fail = (error: unknown): never => {
  throw explainedAtWork(error)
}

/**
 * Declares `sql/<name>.sql` as a query that gives exactly one row; anything else is an error. Where several queries
 * give the same kind of row, `columns` stands for `$<columns:raw>` in each.
 */
export const oneRow = <P extends Parameters, Row>(name: string, columns?: string): Query<P, Row> => {
  const file = load(name, 'one row', columns)
  return (on, parameters) => on.one<Row>(file, parameters).catch(fail)
}

/** Declares `sql/<name>.sql` as a query that gives a row or null. */
export const maybeRow = <P extends Parameters, Row>(name: string, columns?: string): Query<P, Row | null> => {
  const file = load(name, 'at most one row', columns)
  return (on, parameters) => on.oneOrNone<Row>(file, parameters).catch(fail)
}

/** Declares `sql/<name>.sql` as a query that gives a list of rows. */
export const anyRows = <P extends Parameters, Row>(name: string, columns?: string): Query<P, Row[]> => {
  const file = load(name, 'any number of rows', columns)
  return (on, parameters) => on.any<Row>(file, parameters).catch(fail)
}

/** Declares `sql/<name>.sql` as a statement that gives nothing back. */
export const noRows = <P extends Parameters>(name: string): Query<P, void> => {
  const file = load(name, 'no rows')
  return async (on, parameters) => {
    await on.none(file, parameters).catch(fail)
  }
}
