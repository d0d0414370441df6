import { expect } from 'chai'
import { createShortageJob } from '../../src/cron/shortage-job.js'
import type { Job } from '../../src/cron/job.js'
import { RebuildingError } from '../../src/errors.js'
import { hostId } from '../../src/ids.js'
import { isPostgresAway, PostgresError } from '../../src/postgres/errors.js'
import type { HostRow } from '../../src/postgres/hosts.js'
import { createShortage } from '../../src/redis/shortage.js'
import { createLiveState, EPOCH, people, person, type LiveState } from '../support/live-state.js'
import { until } from '../support/until.js'

describe('a shortage of groups', () => {
  let live: LiveState
  before(async () => (live = await createLiveState()))
  beforeEach(async () => {
    await live.reset()
    hosts = []
    now = 0
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
    mayWork: true,
    addedAt: 0,
    loginAt: 0,
    ...changes,
  })
  const list = async () => {
    if (hosts instanceof Error) throw hosts
    return hosts
  }
  const open = () => createShortage({ ...live, hosts: { list }, groupBudget: BUDGET, isAway: isPostgresAway })
  const signal = new AbortController().signal
  let now = 0
  const clock = { now: () => now, wait: async () => undefined }
  /** A leader's job: what it remembers goes with it. */
  const job = () => createShortageJob({ ...live, shortage: open(), everyMs: 1_000, clock })
  /** As the job looks every two seconds. */
  const run = async (leader: Job, forMs: number) => {
    for (const end = now + forMs; now < end; now += 2_000) await leader.run(signal)
  }
  /** So long that what lasts is told. */
  const LASTING_MS = 14_000
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
      expect(await open().look(), JSON.stringify(some)).to.deep.equal({ at: 0 })
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
    expect(await open().look()).to.deep.equal({ at: 0 })
    hosts = new Error('a mistake of ours')
    await live.redis.del(live.keys.shortage)
    let failure: unknown
    await open()
      .look()
      .catch((error: unknown) => (failure = error))
    expect(failure).to.equal(hosts)
  })

  it('is none only because one look at Postgres failed', async () => {
    hosts = new PostgresError('postgres_busy', 'a lock', { retryable: true })
    await live.find(ann)
    expect(await open().look()).to.equal(undefined)
    const leader = job()
    await run(leader, LASTING_MS)
    hosts = [host({ status: 'quarantined' })]
    await run(leader, LASTING_MS)
    await live.drain('courier')
    hosts = new PostgresError('postgres_busy', 'a lock', { retryable: true })
    await run(leader, LASTING_MS)
    expect(await told(), 'nor is one over').to.deep.equal([])
    hosts = [host()]
    await run(leader, 2_000)
    expect(await told()).to.deep.equal([`${ann} rooms_again`])
  })

  it('is told once to those who wait when it lasts, who keep their place, and once when a host can again', async () => {
    hosts = [host()]
    const [one, other] = [job(), job()]
    await live.find(ann)
    await live.find(bob)
    await run(one, LASTING_MS)
    expect(await told(), 'a host makes some').to.deep.equal([])
    const since = (await live.record(ann))?.split('|')[1]
    hosts = [host({ status: 'quarantined' })]
    await run(one, 8_000)
    expect(await told(), 'it may be over in a moment').to.deep.equal([])
    expect(await open().look(), 'who asks is told what holds').to.deep.equal({ at: 0 })
    for (const leader of [one, other]) await run(leader, LASTING_MS)
    expect(await told()).to.deep.equal([`${ann} no_rooms`, `${bob} no_rooms`])
    expect(await live.waitingSet.match()).to.equal(0)
    await live.find(cid)
    expect((await live.record(ann))?.split('|')[1]).to.equal(since)
    hosts = [host()]
    await live.drain('courier')
    for (const leader of [other, one, other]) await leader.run(signal)
    expect(await told()).to.deep.equal([ann, bob, cid].map((user) => `${user} rooms_again`))
  })

  it('is told once in ten minutes at most, however often a host has to wait for some seconds', async () => {
    const parked = [host({ status: 'parked', parkedUntil: (await live.waitingSet.now()) + 3_600_000 })]
    await live.find(ann)
    await live.find(bob)
    const leader = job()
    for (let flood = 0; flood < 15; flood++) {
      hosts = parked
      await run(leader, 20_000)
      hosts = [host()]
      await run(leader, 10_000)
    }
    expect(await told()).to.have.length(4)
    hosts = parked
    await run(leader, 600_000)
    expect((await told()).slice(4)).to.deep.equal([`${ann} no_rooms`, `${bob} no_rooms`])
  })

  it('is none to speak of where a host waits for less than ten seconds, again and again', async () => {
    const parked = [host({ status: 'parked', parkedUntil: (await live.waitingSet.now()) + 3_600_000 })]
    await live.find(ann)
    const leader = job()
    for (let flood = 0; flood < 10; flood++)
      for (const some of [parked, [host()]]) {
        hosts = some
        await run(leader, 8_000)
      }
    expect(await told()).to.deep.equal([])
  })

  it('is not told to those who began to search while it lasted: they read it in the answer', async () => {
    await live.find(ann)
    const leader = job()
    await leader.run(signal)
    // By Redis' clock, a millisecond has to pass.
    const from = await live.waitingSet.now()
    await until('time has passed', async () => (await live.waitingSet.now()) > from)
    await live.find(bob)
    await run(leader, LASTING_MS)
    expect(await told()).to.deep.equal([`${ann} no_rooms`])
    const { at = 0 } = (await open().look()) ?? {}
    expect(Number((await live.record(bob))?.split('|')[1])).to.be.at.least(at)
  })

  it('is told to nobody while matching is paused, when it begins as when it ends: whoever resumes it tells all', async () => {
    await live.find(ann)
    await live.waitingSet.pause('an administrator')
    const leader = job()
    await run(leader, LASTING_MS)
    await live.waitingSet.resume()
    expect(await open().look()).not.to.equal(undefined)
    await run(leader, LASTING_MS)
    await live.waitingSet.pause('an administrator')
    hosts = [host()]
    await run(leader, LASTING_MS)
    expect(await told()).to.deep.equal([])
    expect(await open().look()).to.equal(undefined)
  })

  it('is over with a group that stays in stock, not with one that is taken at once', async () => {
    await live.find(ann)
    const leader = job()
    await run(leader, LASTING_MS)
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
    await run(job(), LASTING_MS)
    expect(await told()).to.have.length(500)
  })

  it('is not told to those who were paired just before it began, or ended', async () => {
    await live.find(ann)
    await live.stock(1)
    await live.find(bob)
    await live.find(cid)
    const leader = job()
    await run(leader, LASTING_MS)
    await live.stock(1)
    for (let i = 0; i < 2; i++) await leader.run(signal)
    expect(await told()).to.deep.equal([`${cid} no_rooms`, `${cid} rooms_again`])
  })

  it('is no question while Redis is being rebuilt', async () => {
    await live.redis.del(live.keys.epoch)
    const failure = await run(job(), LASTING_MS).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(failure).to.be.instanceOf(RebuildingError)
    expect(await live.redis.exists(live.keys.shortage)).to.equal(0)
    await live.redis.set(live.keys.epoch, EPOCH)
  })
})
