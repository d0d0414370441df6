import { expect } from 'chai'
import { person } from '../support/live-state.js'
import { createReconcilerStage, type ReconcilerStage } from '../support/reconciler-stage.js'

describe('cron/reconciler/people, bans', () => {
  let state: ReconcilerStage
  before(async () => {
    state = await createReconcilerStage()
  })
  after(() => state.end())
  beforeEach(() => state.begin())

  it('frees who points at a room that does not exist, and says so', async () => {
    await state.populate()
    await state.redis.hset(state.keys.people, person(30), `nowhere1|1||${person(31)}`)
    expect(await state.reconcile()).to.deep.equal([`person_points_nowhere ${person(30)}`])
    expect(await state.told(30)).to.deep.equal([['closed', 'lost']])
    expect(await state.record(person(30))).to.equal(`+|||${person(31)}`)
    await state.expectHealed()
  })

  it('frees who points at a room of others, or at one that is ending', async () => {
    const { open, closing } = await state.populate()
    await state.redis.hset(state.keys.people, person(30), `${open.id}|1||`, person(8), `${closing.id}|1||`)
    expect(await state.reconcile()).to.have.members([
      `person_points_nowhere ${person(30)}`,
      `person_points_nowhere ${person(8)}`,
    ])
    await state.expectHealed()
  })

  it('gives a deadline to who waits without one, and a beginning', async () => {
    await state.populate()
    await state.redis.zrem(state.keys.waits, person(7))
    await state.redis.hset(state.keys.people, person(7), '+|||')
    expect(await state.reconcile()).to.deep.equal([`person_no_deadline_no_beginning ${person(7)}`])
    expect(Number(await state.redis.zscore(state.keys.waits, person(7)))).to.be.greaterThan(0)
    await state.expectHealed()
  })

  it('lets nobody wait in a room, while banned, or twice', async () => {
    await state.populate()
    const { redis, keys } = state
    await redis.sadd(keys.waiting, person(5), person(7), person(11))
    await redis.sadd(keys.first, person(7))
    await redis.zadd(keys.waits, 1, person(5))
    await redis.zadd(keys.waits, 1, person(40))
    expect(await state.reconcile()).to.have.members([
      `person_waits_in_room ${person(5)}`,
      `person_waits_twice ${person(7)}`,
      `person_waits_banned ${person(11)}`,
      `row_missing ${person(11)}`,
      `person_deadline_only ${person(40)}`,
    ])
    expect(await state.waitingSet.count()).to.equal(1)
    await state.expectHealed()
  })

  it('refuses who is banned, also in a room, and ends bans that are over', async () => {
    const { open } = await state.populate()
    const ban = { reason: 'spam', by: 'test' }
    await state.tables.bans.ban({ user: person(5), until: null, ...ban })
    await state.tables.bans.ban({ user: person(7), until: null, ...ban })
    await state.tables.bans.ban({ user: person(11), until: Date.now() - 60_000, ...ban })
    // One that has just come to its end is for the job `bans`.
    await state.tables.bans.ban({ user: person(40), until: Date.now() - 1, ...ban })
    await state.waitingSet.stop(person(40), { ban: { until: null } })
    expect(await state.reconcile()).to.have.members([
      `ban_not_enforced ${person(5)}`,
      `ban_not_enforced ${person(7)}`,
      `ban_outlived ${person(11)}`,
    ])
    expect(await state.room(open.id)).to.include({ stage: 'closing', reason: 'banned', by: person(5) })
    for (const n of [5, 7])
      expect((await state.waitingSet.whereabouts(person(n))).state, `person ${n}`).to.equal('banned')
    expect((await state.waitingSet.whereabouts(person(11))).state).to.equal('idle')
    await state.expectHealed()
  })

  it('removes rows that Redis does not back', async () => {
    await state.populate()
    await state.db.none(
      `insert into active_users (user_id, state, since, fact) values ($1, 'waiting', now(), '1-1')`,
      person(30),
    )
    expect(await state.reconcile()).to.deep.equal([`row_not_backed ${person(30)}`])
    await state.expectHealed()
  })

  it('has rows written that are missing or outdated', async () => {
    const { open } = await state.populate()
    await state.db.none('delete from active_users where user_id = any($1::bigint[])', [[person(7), person(5)]])
    await state.db.none(`update active_users set state = 'waiting', room_id = null where user_id = $1`, person(6))
    expect(await state.reconcile()).to.have.members([
      `row_missing ${person(7)}`,
      `row_missing ${open.id}`,
      `row_outdated ${person(6)}`,
    ])
    await state.expectHealed()
    await state.db.none('update active_users set first_in_line = not first_in_line where user_id = $1', person(7))
    expect(await state.reconcile()).to.deep.equal([`row_outdated ${person(7)}`])
    await state.expectHealed()
  })
})
