import { expect } from 'chai'
import { createLedger } from '../../src/actors/ledger.js'
import { createEvents } from '../../src/events.js'
import { createLogger } from '../../src/logger.js'
import type { LedgerMessage } from '../../src/mailboxes.js'
import { bansTable } from '../../src/postgres/bans.js'
import { closeDatabase, openDatabase, type Database } from '../../src/postgres/database.js'
import { createLedgerStore } from '../../src/postgres/ledger-store.js'
import { migrate } from '../../src/postgres/migrate.js'
import { ann, bob, numbered, T } from '../support/ledger-life.js'
import { createDatabase, type TestDatabase } from '../support/servers.js'

const logger = createLogger({ level: 'silent', pretty: false })

describe('actors/ledger on bans that Postgres did not hear of', () => {
  let test: TestDatabase
  let db: Database
  before(async () => {
    test = await createDatabase()
    db = openDatabase(test.url, { logger })
    await migrate(db)
  })
  after(async () => {
    await closeDatabase(db)
    await test.drop()
  })
  beforeEach(async () => {
    await db.none('truncate bans, audit, fences')
    await db.none('update deployment set epoch = null, ledger_ms = 0, ledger_seq = 0')
  })

  const far = 4_000_000_000_000
  const ban = (at: number, changes: Partial<Extract<LedgerMessage, { type: 'banned' }>> = {}): LedgerMessage => ({
    type: 'banned',
    user: ann,
    until: '',
    why: 'spam',
    by: 'cli',
    at: String(at),
    ...changes,
  })
  const unban = (at: number): LedgerMessage => ({ type: 'unbanned', user: ann, at: String(at) })
  let from = 0
  const apply = async (...messages: LedgerMessage[]) => {
    const facts = numbered(messages, (from += 10))
    const ledger = createLedger({ store: createLedgerStore(db), fence: () => '1', events: createEvents(logger) })
    await ledger.apply(facts)
    return { again: () => ledger.apply(facts) }
  }
  const inForce = async () => (await bansTable(db).list()).map(({ user, until, at }) => [user, until, at - T])
  const audited = () => db.any('select actor, action, subject, details from audit order by audit_id')

  it('writes the ban and who made it, once, however often the fact comes', async () => {
    const { again } = await apply(ban(T + 5, { until: String(far) }), ban(T + 6, { user: bob }))
    await again()
    expect(await inForce()).to.have.deep.members([
      [ann, far, 5],
      [bob, null, 6],
    ])
    expect(await audited()).to.deep.equal([
      { actor: 'cli', action: 'users ban', subject: ann, details: { reason: 'spam', until: far } },
      { actor: 'cli', action: 'users ban', subject: bob, details: { reason: 'spam', until: null } },
    ])
  })

  it('goes by when each was said: a ban that was lifted is over, one that was made since stays', async () => {
    await apply(ban(T + 5), unban(T + 6))
    expect(await inForce()).to.deep.equal([])
    expect(await audited()).to.have.length(1)
    await apply(unban(T + 7), ban(T + 8))
    expect(await inForce()).to.deep.equal([[ann, null, 8]])
    await bansTable(db).ban({ user: ann, until: far, reason: 'again', by: 'cli', at: T + 20 })
    await apply(ban(T + 10), unban(T + 15))
    expect(await inForce(), 'of whoever wrote it directly, with Postgres there again').to.deep.equal([[ann, far, 20]])
  })

  it('leaves a ban that had come to its end: nobody lifted it', async () => {
    await bansTable(db).ban({ user: ann, until: T + 5, reason: 'spam', by: 'cli', at: T + 1 })
    await apply(unban(T + 6))
    expect(await db.any('select reason from bans')).to.deep.equal([{ reason: 'spam' }])
    await apply(unban(T + 4))
    expect(await db.any('select reason from bans')).to.deep.equal([])
  })
})
