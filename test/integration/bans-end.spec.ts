import { expect } from 'chai'
import { createBansJob } from '../../src/cron/bans-job.js'
import { RebuildingError } from '../../src/errors.js'
import type { UserId } from '../../src/ids.js'
import { createLogger } from '../../src/logger.js'
import { person } from '../support/live-state.js'
import { createReconcilerStage, type ReconcilerStage } from '../support/reconciler-stage.js'
import { until } from '../support/until.js'

const logger = createLogger({ level: 'silent', pretty: false })
const { signal } = new AbortController()

describe('the end of a ban', () => {
  let state: ReconcilerStage
  before(async () => (state = await createReconcilerStage()))
  beforeEach(() => state.begin())
  after(() => state.end())

  const ban = async (user: UserId, endsInMs: number | null) => {
    const end = endsInMs === null ? null : Date.now() + endsInMs
    await state.tables.bans.ban({ user, until: end, reason: 'spam', by: 'test' })
    await state.waitingSet.stop(user, { ban: { until: end } })
  }
  const stateOf = async (n: number) => (await state.waitingSet.whereabouts(person(n))).state
  const users = async () =>
    (await state.db.any<{ user: string }>('select user_id as "user" from bans')).map((row) => row.user)
  const lift = (user: UserId) => state.waitingSet.liftBan(user, { over: true })

  it('is the work of a job, page by page, and no difference', async () => {
    for (const n of [1, 2, 3, 4, 5]) await ban(person(n), -n)
    await ban(person(6), 3_600_000)
    await ban(person(7), null)
    expect(await state.reconcile(), 'they ended just now').to.deep.equal([])
    await createBansJob({ tables: state.tables, waitingSet: state.waitingSet, logger, page: 2 }).run(signal)
    for (const n of [1, 2, 3, 4, 5]) expect(await stateOf(n), `person ${n}`).to.equal('idle')
    for (const n of [6, 7]) expect(await stateOf(n), `person ${n}`).to.equal('banned')
    expect((await users()).sort()).to.deep.equal([person(6), person(7)].sort())
    expect(await state.reconcile()).to.deep.equal([])
  })

  it('waits while Redis is being rebuilt', async () => {
    await ban(person(1), -1)
    await state.redis.del(state.keys.epoch)
    const job = createBansJob({ tables: state.tables, waitingSet: state.waitingSet, logger })
    const error: unknown = await job.run(signal).catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(RebuildingError)
    expect(await users()).to.deep.equal([person(1)])
  })

  it('comes for one person only when that ban is over', async () => {
    await ban(person(1), 3_600_000)
    await ban(person(2), -1)
    for (const n of [1, 2, 3]) await state.tables.bans.end(lift, { user: person(n) })
    expect(await Promise.all([1, 2].map(stateOf))).to.deep.equal(['banned', 'idle'])
  })

  it('does not undo a ban that is made in the same moment', async () => {
    await ban(person(1), -1)
    let again: Promise<void> | undefined
    await state.tables.bans.end(
      async (user) => {
        again = ban(user, null)
        await until('the new ban waits', async () => {
          const { count } = await state.db.one<{ count: string }>(
            `select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like 'insert into bans%'`,
          )
          return count === '1'
        })
        await lift(user)
      },
      { user: person(1) },
    )
    await again
    expect(await stateOf(1)).to.equal('banned')
    expect(await state.tables.bans.isBanned(person(1))).to.include({ until: null })
  })
})
