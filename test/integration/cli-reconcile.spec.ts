import { expect } from 'chai'
import { lastReconciled } from '../../src/redis/reconciled.js'
import { auditTable } from '../../src/postgres/audit.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { userId } from '../../src/ids.js'
import { CLI_SECRET, createCliStage, type CliStage } from '../support/cli-stage.js'
import { person } from '../support/live-state.js'

interface Found {
  differences: { kind: string; subject: string; repaired: boolean }[]
  remaining: number
  silentHosts: { host: string }[]
}

describe('cli reconcile', () => {
  let stage: CliStage
  const ann = person(1)
  before(async () => (stage = await createCliStage()))
  beforeEach(() => stage.reset())
  after(() => stage.close())

  /** Somebody who waits without a deadline: Redis disagrees with itself. */
  const disagree = async () => {
    await stage.live.find(ann)
    await stage.remember()
    await stage.live.redis.zrem(stage.live.keys.waits, ann)
  }

  it('says that all agree, and remembers when', async () => {
    await stage.live.find(ann)
    await stage.remember()
    const { code, out } = await stage.run('reconcile')
    expect([code, out]).to.deep.equal([0, 'Redis, Postgres and Telegram agree.\n'])
    expect(await lastReconciled(stage.live.redis, stage.live.keys)).to.include({ differences: 0, repaired: 0 })
  })

  it('only tells in a dry run, and ends with 4', async () => {
    await disagree()
    const { code, out } = await stage.run('reconcile --dry-run --json')
    expect(code).to.equal(4)
    const { differences, remaining } = JSON.parse(out) as Found
    expect(differences.map(({ kind, subject, repaired }) => [kind, subject, repaired])).to.deep.equal([
      ['person_no_deadline', ann, false],
    ])
    expect(remaining).to.equal(1)
    expect(await stage.live.redis.zscore(stage.live.keys.waits, ann)).to.equal(null)
    expect((await stage.run('reconcile --dry-run')).out).to.contain('1 difference, 1 left. Nothing was changed')
  })

  it('repairs, ends with 0, and finds nothing afterwards', async () => {
    await disagree()
    const found = await stage.json<Found>('reconcile')
    expect(found.differences.map(({ repaired }) => repaired)).to.deep.equal([true])
    expect(await stage.live.redis.zscore(stage.live.keys.waits, ann)).not.to.equal(null)
    expect(await stage.json<Found>('reconcile')).to.deep.include({ differences: [], remaining: 0 })
  })

  it('writes down that it repairs, or does not', async () => {
    await disagree()
    await stage.db.none(`alter table audit add constraint nothing check (action = '') not valid`)
    const { code } = await stage
      .run('reconcile')
      .finally(() => stage.db.none('alter table audit drop constraint nothing'))
    expect(code).to.equal(1)
    expect(await stage.live.redis.zscore(stage.live.keys.waits, ann)).to.equal(null)
    const audit = auditTable(stage.db)
    expect((await stage.run('reconcile --dry-run')).code).to.equal(4)
    expect(await audit.last('reconcile')).to.equal(null)
    expect((await stage.run('reconcile')).code).to.equal(0)
    expect(await audit.last('reconcile')).to.deep.include({ details: { differences: 1 } })
  })

  it('says which hosts could not be asked, and refuses while Redis is being rebuilt', async () => {
    await hostsTable(stage.db, CLI_SECRET).add({ phoneLabel: '+49…1', userId: userId(7_000_000_001), session: 's' })
    const { code, out, notes } = await stage.run('reconcile --json')
    expect(code).to.equal(0)
    expect((JSON.parse(out) as Found).silentHosts).to.have.length(1)
    expect(notes).to.contain('was not asked for its groups: No process of the service works as this host now.')
    await stage.live.redis.del(stage.live.keys.epoch)
    expect((await stage.run('reconcile')).notes).to.contain('being rebuilt')
  })

  it('groups list tells where each group is in its life', async () => {
    const hosts = hostsTable(stage.db, CLI_SECRET)
    const host = await hosts.add({ phoneLabel: '+49…1', userId: userId(7_000_000_001), session: 's' })
    await stage.db.none(
      `insert into groups (host_id, marker, chat_id, status, room_id) values
        ($1, 'm1', -1001, 'stock', null), ($1, 'm2', -1002, 'held', 'abcdef'), ($1, 'm3', null, 'preparing', null)`,
      [host],
    )
    const { counts, groups } = await stage.json<{ counts: object[]; groups: { chat: string; room: string }[] }>(
      'groups list',
    )
    expect(counts).to.have.length(3)
    expect(groups.map(({ chat, room }) => [chat, room])).to.deep.equal([
      ['-1001', null],
      ['-1002', 'abcdef'],
      [null, null],
    ])
    expect((await stage.run(`groups list --status disposing --host ${host}`)).out).to.equal(
      'There are no such groups.\n',
    )
    expect((await stage.run('groups list --host 999')).code).to.equal(3)
    expect((await stage.run('groups list --limit 1')).out).to.contain('… the first 1')
    expect((await stage.run('groups list --status gone')).code).to.equal(2)
  })
})
