import { createLogger } from '../../src/logger.js'
import { closeDatabase, openDatabase, type Database } from '../../src/postgres/database.js'
import { migrate } from '../../src/postgres/migrate.js'
import { createDatabase, type TestDatabase } from './servers.js'

/** A database of its own for all tests of a `describe`, with all tables, empty before each; `opened` is given it. */
export const useTables = (opened: (db: Database) => void): void => {
  let test: TestDatabase
  let db: Database
  before(async () => {
    test = await createDatabase()
    db = openDatabase(test.url, { logger: createLogger({ level: 'silent', pretty: false }) })
    await migrate(db)
    opened(db)
  })
  after(async () => {
    await closeDatabase(db)
    await test.drop()
  })
  beforeEach(() =>
    db.none(
      'truncate users, active_users, rooms, groups, hosts, removed_hosts, bans, audit, fences restart identity cascade',
    ),
  )
}
