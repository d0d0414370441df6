import { expect } from 'chai'
import { createShortageJob } from '../../src/cron/shortage-job.js'
import { RebuildingError } from '../../src/errors.js'
import { hostId } from '../../src/ids.js'
import { PostgresError } from '../../src/postgres/errors.js'
import type { HostRow } from '../../src/postgres/hosts.js'
import { createShortage } from '../../src/redis/shortage.js'
import { createLiveState, EPOCH, people, person, type LiveState } from '../support/live-state.js'

describe('a shortage of groups', () => {
  let live: LiveState
  before(async () => (live = await createLiveState()))
  beforeEach(async () => {
    await live.reset()
    hosts = []
  })
  after(() => live.close())

  const [ann, bob, cid] = [person(1), person(2), person(3)]
  const BUDGET = 40
  let hosts: HostRow[] | Error = []
  const host = (changes: Partial<HostRow> = {}): HostRow => ({
    host: hostId(1),
    phoneLabel: '+1…00',
    user: person(9),
    status: 'active',
    parkedUntil: null,
    floodUntil: null,
    usedToday: 0,
    lastError: null,
    addedAt: 0,
    loginAt: 0,
    ...changes,
  })
  const list = async () => {
    if (hosts instanceof Error) throw hosts
    return hosts
  }
  const open = () => createShortage({ ...live, hosts: { list }, groupBudget: BUDGET })
  const signal = new AbortController().signal
  /** A leader's job: what it remembers goes with it. */
  const job = () => createShortageJob({ shortage: open(), everyMs: 1_000 })
  const told = async () => (await live.mailbox('courier')).map(({ to, notice }) => `${to} ${notice}`)

  it('is one where every host rests, drains, is in quarantine or has used up its day, and where there is none', async () => {
    const soon = (await live.waitingSet.now()) + 60_000
    const unable: Partial<HostRow>[] = [
      { status: 'parked', parkedUntil: soon },
      { floodUntil: soon },
      { status: 'quarantined' },
      { status: 'draining' },
      { usedToday: BUDGET },
    ]
    for (const some of [[], ...unable.map((one) => [host(one)]), unable.map(host)]) {
      hosts = some
      await live.redis.del(live.keys.shortage)
      expect(await open().look(), JSON.stringify(some)).to.include({ asking: '' })
    }
    const able: Partial<HostRow>[] = [
      {},
      { status: 'parked', parkedUntil: soon - 60_001 },
      { status: 'parked', parkedUntil: soon - 55_000 },
      { usedToday: BUDGET - 1 },
    ]
    for (const one of able) {
      hosts = [host({ status: 'quarantined' }), host(one)]
      await live.redis.del(live.keys.shortage)
      expect(await open().look(), JSON.stringify(one)).to.equal(undefined)
    }
    hosts = []
    await live.stock(1)
    expect(await open().look(), 'the stock is used first').to.equal(undefined)
  })

  it('is one while Postgres is away: a group begins with a row', async () => {
    hosts = new PostgresError('postgres_unreachable', 'Postgres is away')
    expect(await open().look()).to.include({ asking: '' })
    hosts = new Error('a mistake of ours')
    await live.redis.del(live.keys.shortage)
    let failure: unknown
    await open()
      .look()
      .catch((error: unknown) => (failure = error))
    expect(failure).to.equal(hosts)
  })

  it('is told once to those who wait when it begins, who keep their place, and once when a host can again', async () => {
    hosts = [host()]
    const [one, other] = [job(), job()]
    await live.find(ann)
    await live.find(bob)
    await one.run(signal)
    expect(await told(), 'a host makes some').to.deep.equal([])
    const since = (await live.record(ann))?.split('|')[1]
    hosts = [host({ status: 'quarantined' })]
    for (const leader of [one, one, other]) await leader.run(signal)
    expect(await told()).to.deep.equal([`${ann} no_rooms`, `${bob} no_rooms`])
    expect(await live.waitingSet.match()).to.equal(0)
    await live.find(cid)
    expect((await live.record(ann))?.split('|')[1]).to.equal(since)
    hosts = [host()]
    await live.drain('courier')
    for (const leader of [other, one, other]) await leader.run(signal)
    expect(await told()).to.deep.equal([ann, bob, cid].map((user) => `${user} rooms_again`))
  })

  it('is told to everybody but the one whose answer brings it to light', async () => {
    await live.find(ann)
    await live.find(bob)
    expect(await open().look(bob)).to.include({ asking: bob })
    expect(await open().look(ann)).to.include({ asking: bob })
    expect(await told()).to.deep.equal([`${ann} no_rooms`])
  })

  it('is over with a group that stays in stock, not with one that is taken at once', async () => {
    await live.find(ann)
    const leader = job()
    await leader.run(signal)
    await live.drain('courier')
    await live.stock(1)
    await leader.run(signal)
    await live.redis.del(live.keys.stock)
    await leader.run(signal)
    await live.stock(1)
    await leader.run(signal)
    expect(await told()).to.deep.equal([])
    await leader.run(signal)
    expect(await told()).to.deep.equal([`${ann} rooms_again`])
  })

  it('is told to a bounded number at once', async () => {
    await Promise.all(people(520, 100).map((user) => live.find(user)))
    await job().run(signal)
    expect(await told()).to.have.length(500)
  })

  it('is not told to those who were paired just before it began, or ended', async () => {
    await live.find(ann)
    await live.stock(1)
    await live.find(bob)
    await live.find(cid)
    const leader = job()
    await leader.run(signal)
    await live.stock(1)
    for (let i = 0; i < 2; i++) await leader.run(signal)
    expect(await told()).to.deep.equal([`${cid} no_rooms`, `${cid} rooms_again`])
  })

  it('is no question while Redis is being rebuilt', async () => {
    await live.redis.del(live.keys.epoch)
    const failure = await job()
      .run(signal)
      .then(
        () => undefined,
        (error: unknown) => error,
      )
    expect(failure).to.be.instanceOf(RebuildingError)
    expect(await live.redis.exists(live.keys.shortage)).to.equal(0)
    await live.redis.set(live.keys.epoch, EPOCH)
  })
})
