import { expect } from 'chai'
import { fencedStores } from '../../src/app/host.js'
import { LeaseLostError } from '../../src/errors.js'
import { chatId, instanceId, userId, type HostId } from '../../src/ids.js'
import { createLogger } from '../../src/logger.js'
import { closeDatabase, openDatabase, type Database } from '../../src/postgres/database.js'
import { groupsTable, type GroupId } from '../../src/postgres/groups.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { migrate } from '../../src/postgres/migrate.js'
import { intendedGroup } from '../support/intended-group.js'
import { createLiveState, type LiveState } from '../support/live-state.js'
import { createDatabase, type TestDatabase } from '../support/servers.js'

const SECRET = 'a phrase for the tests'
const CHAT = chatId(-1_001)
type Stores = ReturnType<typeof fencedStores>
/** What changes nothing: a former holder may know it. */
type Read = 'byChat' | 'preparing' | 'disposing' | 'liveOf' | 'get'
type Writes<Store> = Record<Exclude<keyof Store, Read>, (store: Store) => Promise<unknown>>

describe('what a host writes to Postgres', () => {
  let live: LiveState
  let test: TestDatabase
  let db: Database
  let host: HostId
  let group: GroupId
  before(async () => {
    live = await createLiveState()
    test = await createDatabase()
    db = openDatabase(test.url, { logger: createLogger({ level: 'silent', pretty: false }) })
    await migrate(db)
  })
  beforeEach(async () => {
    await db.none('delete from groups; delete from hosts; delete from fences')
    host = await hostsTable(db, SECRET).add({ phoneLabel: 'x', userId: userId(1), session: 's' })
    group = await intendedGroup(groupsTable(db), host, 'marker')
  })
  after(async () => {
    await closeDatabase(db)
    await test.drop()
    await live.close()
  })

  const stores = (token: string): Stores =>
    fencedStores(
      {
        config: { SECRET_KEY: SECRET },
        redis: live.redis,
        keys: live.keys,
        instance: instanceId('one'),
        db,
        tables: { groups: groupsTable(db), hosts: hostsTable(db, SECRET) },
      },
      host,
      token,
    )
  const groupWrites: Writes<Stores['groups']> = {
    intendUnless: (groups) => groups.intendUnless(host, 'another', async () => false),
    located: (groups) => groups.located(group, CHAT, '1'),
    setStatus: (groups) => groups.setStatus(group, 'lost'),
  }
  const accountWrites: Writes<Stores['accounts']> = {
    spendBudget: (accounts) => accounts.spendBudget(host, 40),
    returnBudget: (accounts) => accounts.returnBudget(host),
    flood: (accounts) => accounts.flood(host, Date.now() + 60_000, 'FLOOD_WAIT'),
    quarantine: (accounts) => accounts.quarantine(host, 'FROZEN'),
  }
  const everyWrite = [
    ...Object.entries(groupWrites).map(([name, write]) => [name, (of: Stores) => write(of.groups)] as const),
    ...Object.entries(accountWrites).map(([name, write]) => [name, (of: Stores) => write(of.accounts)] as const),
  ]
  const stored = async () => [
    await db.any('select * from groups order by group_id'),
    await db.any('select * from hosts order by host_id'),
  ]

  it('is refused, each of it, once another has written as this host, and changes nothing', async () => {
    await stores('2').accounts.spendBudget(host, 40)
    const before = await stored()
    for (const [name, write] of everyWrite) {
      const error: unknown = await write(stores('1')).catch((thrown: unknown) => thrown)
      expect(error, name).to.be.instanceOf(LeaseLostError)
      expect(await stored(), name).to.deep.equal(before)
    }
  })

  it('stands, each of it, while nobody else has', async () => {
    for (const [name, write] of everyWrite) {
      const before = await stored()
      await write(stores('2'))
      expect(await stored(), name).not.to.deep.equal(before)
    }
  })

  it('is all that is tried here: whatever else it is given only reads', () => {
    const { groups, accounts } = stores('1')
    const reads: Read[] = ['byChat', 'preparing', 'disposing', 'liveOf', 'get']
    expect([...Object.keys(groups), ...Object.keys(accounts)]).to.have.members([
      ...reads,
      ...everyWrite.map(([name]) => name),
    ])
  })
})
