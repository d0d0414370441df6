import { expect } from 'chai'
import { auditTable } from '../../src/postgres/audit.js'
import { deploymentTable } from '../../src/postgres/deployment.js'
import { ACTOR } from '../../src/cli/acting.js'
import { cli } from '../support/cli.js'
import { createCliStage, type CliStage } from '../support/cli-stage.js'
import { person } from '../support/live-state.js'

describe('cli about matching', () => {
  let stage: CliStage
  const [ann, bob, cat] = [person(1), person(2), person(3)]
  before(async () => (stage = await createCliStage()))
  beforeEach(async () => {
    await stage.reset()
    await deploymentTable(stage.db).setPausedBy(null)
  })
  after(() => stage.close())

  const deeds = async () => (await auditTable(stage.db).newest(5)).map(({ actor, action }) => `${actor}: ${action}`)

  it('pauses: nobody is paired, those who wait are told, and Postgres knows it too', async () => {
    await stage.live.find(ann)
    await stage.live.drain('courier')
    expect(await stage.json('matching pause --reason night')).to.deep.equal({ outcome: 'paused' })
    expect(await stage.live.notices(ann)).to.deep.equal([{ notice: 'searching', args: { already: true } }])
    await stage.live.stock(1)
    expect(await stage.live.find(bob)).to.include({ tag: 'waiting', paused: true })
    expect(await deploymentTable(stage.db).pausedBy()).to.equal(ACTOR)
    expect(await deeds()).to.deep.equal([`${ACTOR}: matching pause`])

    const { since, ...told } = await stage.json<{ since: number }>('matching status')
    expect(told).to.deep.equal({ paused: true, by: ACTOR, reason: 'night', waiting: 2 })
    expect(Date.now() - since).to.be.within(-5_000, 60_000)
    expect((await stage.run('matching status')).out).to.match(
      /^Matching is paused by cli:\S+ since \S+ \S+ UTC \(night\); 2 people wait\.$/m,
    )
    expect((await stage.run('status')).out).to.match(/^matching +paused by cli:\S+; see: matching status$/m)
    expect(await stage.json('status')).to.deep.include({ matching: { paused: true, by: ACTOR } })
  })

  it('resumes: pairs are made at once, and those who still wait are told', async () => {
    await stage.json('matching pause')
    await stage.live.stock(1)
    for (const user of [ann, bob, cat]) await stage.live.find(user)
    await stage.live.drain('courier')
    expect(await stage.json('matching resume')).to.deep.equal({ outcome: 'resumed' })
    const states = await Promise.all([ann, bob, cat].map((user) => stage.live.waitingSet.whereabouts(user)))
    expect(states.map(({ state }) => state).sort()).to.deep.equal(['paired', 'paired', 'waiting'])
    const left = [ann, bob, cat][states.findIndex(({ state }) => state === 'waiting')] ?? ann
    expect((await stage.live.notices(left)).map(({ notice }) => notice)).to.deep.equal(['searching'])
    expect(await deploymentTable(stage.db).pausedBy()).to.equal(null)
    expect(await deeds()).to.deep.equal([`${ACTOR}: matching resume`, `${ACTOR}: matching pause`])
    expect(await stage.json('matching status')).to.deep.equal({
      paused: false,
      by: null,
      since: null,
      reason: null,
      waiting: 1,
    })
  })

  it('does nothing twice: nobody is told again, and the audit table has one line', async () => {
    await stage.live.find(ann)
    await stage.json('matching pause --reason first')
    await stage.live.drain('courier')
    expect(await stage.json('matching pause --reason second')).to.deep.equal({ outcome: 'unchanged' })
    expect(await stage.live.notices(ann)).to.deep.equal([])
    expect(await stage.json('matching status')).to.include({ reason: 'first' })
    await stage.json('matching resume')
    expect((await stage.run('matching resume')).out).to.equal('Matching was not paused: pairs are made.\n')
    expect(await deeds()).to.deep.equal([`${ACTOR}: matching resume`, `${ACTOR}: matching pause`])
  })

  it('resumes, and writes so down, where only Postgres has the pause', async () => {
    await deploymentTable(stage.db).setPausedBy('cli')
    expect(await stage.json('matching resume')).to.deep.equal({ outcome: 'resumed' })
    expect(await deploymentTable(stage.db).pausedBy()).to.equal(null)
    expect(await deeds()).to.deep.equal([`${ACTOR}: matching resume`])
  })

  it('is refused while Redis is being rebuilt, and without Postgres', async () => {
    const away = await cli(['matching', 'pause'], { ...stage.env, DATABASE_URL: 'postgres://127.0.0.1:1/visavis' })
    expect(away.code).to.equal(1)
    expect(away.notes).to.contain('Postgres is not answering')
    await stage.live.redis.del(stage.live.keys.epoch)
    const refused = await stage.run('matching pause')
    expect(refused.code).to.equal(1)
    expect(refused.notes).to.contain('being rebuilt')
    expect(await stage.live.waitingSet.paused()).to.equal(false)
  })
})
