import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect } from 'chai'
import { VisavisError } from '../../src/errors.js'
import { hostId, userId } from '../../src/ids.js'
import { createLogger } from '../../src/logger.js'
import { broadcastsTable, type BroadcastId } from '../../src/postgres/broadcasts.js'
import { checkDatabase, closeDatabase, openDatabase, type Database } from '../../src/postgres/database.js'
import { fenced } from '../../src/postgres/deployment.js'
import { explained, isPostgresAway } from '../../src/postgres/errors.js'
import { groupsTable } from '../../src/postgres/groups.js'
import { knownMigrations, migrate, migrationStatus } from '../../src/postgres/migrate.js'
import { usersTable } from '../../src/postgres/users.js'
import { startProxy } from '../support/proxy.js'
import { createDatabase, type TestDatabase } from '../support/servers.js'

const logger = createLogger({ level: 'silent', pretty: false })
const thrownBy = (work: Promise<unknown>): Promise<VisavisError> =>
  work.then(
    () => Promise.reject(new Error('should have failed')),
    (error: unknown) => {
      expect(error).to.be.instanceOf(VisavisError)
      return error as VisavisError
    },
  )

describe('postgres/database', () => {
  let test: TestDatabase
  let db: Database
  before(async () => {
    test = await createDatabase()
    db = openDatabase(test.url, { logger })
  })
  after(async () => {
    await closeDatabase(db)
    await test.drop()
  })

  it('gives ids every digit, and instants as milliseconds', async () => {
    const row = await db.one<Record<string, unknown>>(
      `select 9007199254740993 as id, to_timestamp(1700000000123 / 1000.0) as at, 'infinity'::timestamptz as forever, null::timestamptz as never`,
    )
    expect(row).to.deep.equal({ id: '9007199254740993', at: 1_700_000_000_123, forever: Infinity, never: null })
  })

  it('goes on after its connections were cut', async () => {
    const { pid } = await db.one<{ pid: number }>('select pg_backend_pid() as pid')
    const removed = new Promise((resolve) => db.$pool.once('remove', resolve))
    const other = openDatabase(test.url, { logger })
    await other.one('select pg_terminate_backend($1)', pid)
    await closeDatabase(other)
    await removed
    expect((await db.one<{ pid: number }>('select pg_backend_pid() as pid')).pid).not.to.equal(pid)
  })

  it('a connection that was lost in the middle of something: waiting helps', async () => {
    const url = new URL(test.url)
    const proxy = await startProxy(Number(url.port))
    url.port = String(proxy.port)
    const far = openDatabase(url.href, { logger })
    const lost: unknown[] = []
    const note = (error: unknown) => void lost.push(explained(error))
    await far
      .tx(async (tx) => {
        await tx.any('select 1')
        await proxy.cut()
        await tx.any('select 1').catch(note)
        // The driver has other words for whatever comes after.
        await tx.any('select 1')
      })
      .catch(note)
    expect(lost).to.have.length(2)
    for (const error of lost) expect(error).to.include({ code: 'postgres_unreachable', retryable: true })
    await closeDatabase(far)
    await proxy.close()
  })

  it('a query that Postgres gave up, took back or let wait for too long: busy, not away', async () => {
    for (const code of ['57014', '40001', '40P01', '55P03', '53100']) {
      const failing = db.any(`do $$ begin raise exception using errcode = '${code}'; end $$`)
      const error = await thrownBy(
        failing.catch((raw: unknown) => {
          throw explained(raw)
        }),
      )
      expect(error, code).to.include({ code: 'postgres_busy', retryable: true })
      expect(error.message, code).not.to.include('running')
      expect(isPostgresAway(error), code).to.equal(false)
    }
  })

  it('a Postgres that refuses those who are at work already: waiting helps', async () => {
    const url = new URL(test.url)
    url.pathname = '/nowhere'
    const other = openDatabase(url.href, { logger })
    const error = await thrownBy(usersTable(other).profile(userId(1))).finally(() => closeDatabase(other))
    expect(error).to.include({ code: 'postgres_refused', retryable: true })
    expect(isPostgresAway(error)).to.equal(true)
  })

  it('a transaction that cannot even begin, or end: the same words, and waiting helps', async () => {
    await migrate(db)
    const url = new URL(test.url)
    const proxy = await startProxy(Number(url.port))
    url.port = String(proxy.port)
    const far = openDatabase(url.href, { logger })
    const begun = fenced(far, 'host:1', 1, () => proxy.cut())
    expect(await thrownBy(begun), 'cut off in it').to.include({ code: 'postgres_unreachable', retryable: true })
    const transactions = {
      fenced: () => fenced(far, 'host:1', 1, async () => undefined),
      intent: () => groupsTable(far).intendUnless(hostId(1), 'marker', async () => true),
      cancel: () => broadcastsTable(far).cancel('1' as BroadcastId),
    }
    for (const [name, begin] of Object.entries(transactions))
      expect(await thrownBy(begin()), name).to.include({ code: 'postgres_unreachable', retryable: true })
    await closeDatabase(far)
    await proxy.close()
  })

  it('closes twice without complaint', async () => {
    const other = openDatabase(test.url, { logger })
    await other.one('select 1 as one')
    await Promise.all([closeDatabase(other), closeDatabase(other)])
    await closeDatabase(other)
  })

  describe('says what is wrong, without the password, when', () => {
    const failureAt = async (url: string): Promise<VisavisError> => {
      const other = openDatabase(url, { logger })
      const error = await thrownBy(checkDatabase(other)).finally(() => closeDatabase(other))
      expect(error.message).to.include('DATABASE_URL').and.not.include('s3cret')
      return error
    }
    const changed = (change: (url: URL) => void): string => {
      const url = new URL(test.url)
      change(url)
      return url.href
    }

    it('nothing listens there: waiting may help', async () => {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      server.close()
      await once(server, 'close')
      const error = await failureAt(`postgres://visavis:s3cret@127.0.0.1:${port}/visavis`)
      expect(error).to.include({ code: 'postgres_unreachable', retryable: true })
      const other = openDatabase(`postgres://127.0.0.1:${port}/visavis`, { logger })
      const asked = await thrownBy(usersTable(other).profile(userId(1))).finally(() => closeDatabase(other))
      expect(asked, 'a query says so, too').to.include({ code: 'postgres_unreachable', retryable: true })
    })

    it('the database does not exist', async () => {
      const error = await failureAt(changed((url) => (url.pathname = '/nowhere')))
      expect(error).to.include({ code: 'postgres_refused', retryable: false })
    })

    it('TLS is wanted of a server that has none', async () => {
      const { ssl } = await db.one<{ ssl: string }>('show ssl')
      if (ssl === 'on') return
      for (const mode of ['require', 'verify-ca', 'verify-full', 'no-verify']) {
        const error = await failureAt(changed((url) => url.searchParams.set('sslmode', mode)))
        expect(error, mode).to.include({ code: 'postgres_tls', retryable: false })
      }
    })
  })
})

describe('postgres/migrate', () => {
  let test: TestDatabase
  let db: Database
  beforeEach(async () => {
    test = await createDatabase()
    db = openDatabase(test.url, { logger })
  })
  afterEach(async () => {
    await closeDatabase(db)
    await test.drop()
  })

  it('applies every migration once, however many processes start at the same time', async () => {
    const known = await knownMigrations()
    const others = [1, 2, 3].map(() => openDatabase(test.url, { logger }))
    const applied = await Promise.all([db, ...others].map(migrate))
    await Promise.all(others.map(closeDatabase))
    expect(applied.flat()).to.have.deep.members(known).and.have.length(known.length)
    expect(await migrate(db)).to.deep.equal([])
  })

  it('tells what is applied and what is pending, and changes nothing by that', async () => {
    const known = await knownMigrations()
    expect(await migrationStatus(db)).to.deep.equal({ applied: [], pending: known, unknown: [] })
    expect(await migrationStatus(db)).to.deep.equal({ applied: [], pending: known, unknown: [] })
    await migrate(db)
    const status = await migrationStatus(db)
    expect(status.applied.map(({ version, name }) => ({ version, name }))).to.deep.equal(known)
    expect(status.pending).to.deep.equal([])
    expect(status.applied[0]?.appliedAt).to.be.a('number')
  })

  it('refuses a database of newer code, and says so', async () => {
    await migrate(db)
    await db.none(`insert into schema_migrations (version, name) values (9999, 'from-the-future')`)
    const error = await thrownBy(migrate(db))
    expect(error).to.include({ code: 'postgres_newer', retryable: false })
    expect(error.message).to.include('9999').and.include('from-the-future')
    const { unknown } = await migrationStatus(db)
    expect(unknown).to.have.length(1)
    expect(unknown[0]).to.include({ version: 9999, name: 'from-the-future' })
  })
})
