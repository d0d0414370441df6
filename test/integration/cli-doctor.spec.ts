import { expect } from 'chai'
import { userId } from '../../src/ids.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { noteReconciled } from '../../src/redis/reconciled.js'
import { cli } from '../support/cli.js'
import { CLI_SECRET, createCliStage, type CliStage } from '../support/cli-stage.js'
import { person } from '../support/live-state.js'

describe('cli doctor without a service', () => {
  let stage: CliStage
  before(async () => (stage = await createCliStage()))
  beforeEach(() => stage.reset())
  after(() => stage.close())

  it('tells every trouble with what mends it, and goes on after a server that is away', async () => {
    const { code, out } = await cli(['doctor'], {
      ...stage.env,
      DATABASE_URL: 'postgres://127.0.0.1:1/visavis',
      TELEGRAM_API_ROOT: 'http://127.0.0.1:1',
    })
    expect(code).to.equal(1)
    expect(out).to.match(/^ok +node +v\d+/m)
    expect(out).to.match(/^ok +redis version/m)
    expect(out).to.match(/^BAD +postgres +Postgres is not answering.*\n +mend: start it .*DATABASE_URL$/m)
    expect(out).to.match(/^BAD +clock telegram +http:\/\/127\.0\.0\.1:1 does not answer\n +mend: /m)
    expect(out).to.match(/^- +bot token +not asked: BOT_TOKEN is not set here$/m)
    expect(out).not.to.match(/^ {4}at /m)
  })

  it('names a server that is away once', async () => {
    const nowhere = { REDIS_URL: 'redis://127.0.0.1:1', DATABASE_URL: 'postgres://127.0.0.1:1/visavis' }
    const { code, out } = await cli(['doctor'], { ...stage.env, ...nowhere })
    expect(code).to.equal(1)
    expect(out.match(/Redis is not answering/g)).to.have.length(1)
    expect(out.match(/Postgres is not answering/g)).to.have.length(1)
    expect(out).to.match(/^- +clocks +not asked: see above$/m)
  })

  it('tells what keeps people from being matched, with the command that mends it', async () => {
    const { live, db, env } = stage
    type Line = { name: string; state: string; words: string; mend: string }
    const lines = async () => {
      const found = JSON.parse((await stage.run('doctor --json')).out) as { lines: Line[]; warnings: number }
      return new Map(found.lines.map((line) => [line.name, line]))
    }
    const calm = await lines()
    expect(calm.get('service')).to.include({ state: 'bad', mend: 'npm start' })
    expect(calm.get('stock')?.state).to.equal('warning')
    expect(calm.get('reconciled')).to.include({ state: 'warning', words: 'never' })
    expect(['matching', 'dead letters', 'rooms'].map((name) => calm.get(name)?.state)).to.deep.equal(['ok', 'ok', 'ok'])

    const hosts = hostsTable(db, CLI_SECRET)
    const add = (n: number) =>
      hosts.add({ phoneLabel: `+49…${n}`, userId: userId(7_000_000_000 + n), session: 'not a session' })
    const [parked, drained, spent] = [await add(1), await add(2), await add(3)]
    await hosts.park(parked, Date.now() + 3_600_000, 'FLOOD_WAIT')
    await hosts.drain(drained)
    await hosts.spendBudget(spent, 1)
    await live.find(person(1))
    await live.find(person(2))
    await live.redis.xadd(live.keys.deadLetters, '*', 'type', 'look')
    await live.redis.zadd(live.keys.open, (await live.waitingSet.now()) - 60_000, 'abcdef')
    await noteReconciled(live.redis, live.keys, { differences: 2, repaired: 1 })
    Object.assign(env, { GROUP_BUDGET: '1' })
    try {
      const troubled = await lines()
      const { words = '' } = troubled.get('groups') ?? {}
      expect(words)
        .to.contain(`host ${parked} is parked until`)
        .and.to.contain(`host ${drained} is drained; host ${spent} has used up its budget for today (UTC)`)
      expect(troubled.get('groups')?.state).to.equal('bad')
      expect(troubled.get('stock')).to.include({ state: 'bad', words: 'empty, while 2 people wait' })
      expect(troubled.get('dead letters')).to.include({ state: 'bad', words: '1' })
      expect(troubled.get('rooms')).to.include({ state: 'bad', words: '1 is long past the deadline' })
      expect(troubled.get('reconciled')?.words).to.match(/ago, and 1 difference was left$/)
      await stage.run('matching pause')
      const paused = await lines()
      expect(paused.get('matching')).to.include({ state: 'warning', mend: 'npm run cli -- matching resume' })
      expect(paused.get('stock')?.state).to.equal('warning')
    } finally {
      delete env['GROUP_BUDGET']
      await stage.run('matching resume')
    }
  })
})
