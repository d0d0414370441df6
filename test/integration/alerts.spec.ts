import { expect } from 'chai'
import { createAlertsJob } from '../../src/cron/alerts-job.js'
import { RebuildingError } from '../../src/errors.js'
import { createLogger } from '../../src/logger.js'
import { createAlerts } from '../../src/redis/alerts.js'
import { createLiveState, pairsOf, person, type LiveState } from '../support/live-state.js'

describe('the alerts job', () => {
  let state: LiveState
  const signal = new AbortController().signal
  const admins = [person(901), person(902)]
  beforeEach(async () => {
    state = await createLiveState()
  })
  afterEach(() => state.close())

  const job = () =>
    createAlertsJob({
      ...state,
      tables: { hosts: { list: async () => [] } },
      alerts: createAlerts(state.redis, state.keys),
      adminIds: admins,
      everyMs: 10_000,
      logger: createLogger({ level: 'silent', pretty: false }),
    })
  /** What was put into the courier's mailbox: to whom, which notice, which cause. */
  const told = async () => {
    const entries = await state.redis.xrange(state.keys.mailbox('courier'), '-', '+')
    return entries.map(([, fields]) => {
      const { to, notice, args = '{}' } = pairsOf(fields)
      return `${to} ${notice} ${(JSON.parse(args) as { cause: string }).cause}`
    })
  }
  const lines = (notice: string) => admins.map((admin) => `${admin} ${notice} overdue`)

  it('tells every administrator of rooms past their deadline, once, and when they are gone', async () => {
    const { redis, keys } = state
    const now = await state.waitingSet.now()
    await redis.zadd(keys.open, now - 31_000, 'stuck00001')
    const first = job()
    await first.run(signal)
    expect(await told(), 'one look is not enough').to.deep.equal([])
    await first.run(signal)
    await first.run(signal)
    expect(await told()).to.deep.equal(lines('alert'))

    const second = job()
    await second.run(signal)
    await second.run(signal)
    expect(await told(), 'another process knows what was told').to.deep.equal(lines('alert'))
    await redis.zrem(keys.open, 'stuck00001')
    await second.run(signal)
    expect(await told()).to.have.length(2)
    await second.run(signal)
    await second.run(signal)
    expect(await told()).to.deep.equal([...lines('alert'), ...lines('alert_resolved')])
  })

  it('leaves alone what is late by less than the reaper may need, and everything while Redis is rebuilt', async () => {
    const { redis, keys } = state
    await redis.zadd(keys.closing, (await state.waitingSet.now()) - 20_000, 'late000001')
    const looking = job()
    for (let look = 0; look < 3; look++) await looking.run(signal)
    expect(await told()).to.deep.equal([])
    await redis.del(keys.epoch)
    const failure = await looking.run(signal).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(failure).to.be.instanceOf(RebuildingError)
  })
})
