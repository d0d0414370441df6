import { expect } from 'chai'
import { closeInPostgres } from '../support/close-in-postgres.js'
import { person } from '../support/live-state.js'
import { createReconcilerStage, type ReconcilerStage } from '../support/reconciler-stage.js'

describe('cron/reconciler/rooms', () => {
  let state: ReconcilerStage
  before(async () => {
    state = await createReconcilerStage()
  })
  after(() => state.end())
  beforeEach(() => state.begin())

  it('closes rooms that Redis lost, and tells both', async () => {
    const { made, invited, open } = await state.populate()
    await state.redis.hdel(state.keys.rooms, made.id, invited.id, open.id)
    const found = await state.reconcile()
    for (const { id } of [made, invited, open]) expect(found).to.include(`room_lost ${id}`)
    for (const n of [1, 2, 3, 4, 5, 6]) {
      expect(await state.told(n), `person ${n}`).to.deep.include(['closed', 'lost'])
      expect((await state.waitingSet.whereabouts(person(n))).state).to.equal('idle')
    }
    expect(await state.room(open.id)).to.include({ stage: 'closing', reason: 'lost' })
    await state.write()
    for (const { id } of [made, invited, open])
      expect(await state.rooms.finish(await state.room(id), 'disposing')).to.equal('finished')
    await state.expectHealed()
    expect(await state.tables.rooms.byId(open.id)).to.include({ stage: 'closed', reason: 'lost' })
  })

  it('goes on ending a room that Redis lost while it was ending, and tells nobody again', async () => {
    const { closing } = await state.populate()
    await state.redis.hdel(state.keys.rooms, closing.id)
    await state.redis.zrem(state.keys.closing, closing.id)
    await state.redis.del(state.keys.mailbox('courier'))
    expect(await state.reconcile()).to.include(`room_lost ${closing.id}`)
    expect(await state.room(closing.id)).to.include({ stage: 'closing', reason: 'bot_removed' })
    expect([await state.told(7), await state.told(8)]).to.deep.equal([[], []])
  })

  it('announces rooms that Postgres does not know, or knows too little of', async () => {
    const { made, invited, open } = await state.populate()
    await state.waitingSet.stop(person(7))
    await state.write()
    const late = await state.opened(person(30), person(31))
    await state.rememberGroups()
    await state.redis.del(state.keys.mailbox('ledger'))
    await state.db.none('delete from rooms where room_id = $1', made.id)
    await state.db.none('update rooms set opened_at = null where room_id = $1', open.id)
    await state.db.none('update rooms set link = null where room_id = $1', invited.id)
    const found = await state.reconcile()
    expect(found).to.include.members([
      `room_unknown ${made.id}`,
      `room_outdated ${open.id}`,
      `room_outdated ${invited.id}`,
      `room_unknown ${late.id}`,
    ])
    await state.expectHealed()
    expect(await state.tables.rooms.byId(late.id)).to.include({
      stage: 'open',
      a: late.a,
      link: `https://t.me/+${late.id}`,
    })
  })

  it('ends rooms that ended in Postgres', async () => {
    const { open } = await state.populate()
    await closeInPostgres(state.db, open.id)
    expect(await state.reconcile()).to.include(`room_ended ${open.id}`)
    expect(await state.room(open.id)).to.include({ stage: 'closing', reason: 'lost' })
    expect(await state.told(5)).to.deep.include(['closed', 'lost'])
  })

  it('puts a room into exactly the set of its stage', async () => {
    const { made, open, closing } = await state.populate()
    const { redis, keys } = state
    await redis.zrem(keys.inviting, made.id)
    await redis.zadd(keys.inviting, 5, open.id)
    await redis.zrem(keys.closing, closing.id)
    await redis.zadd(keys.open, 5, closing.id)
    await redis.zadd(keys.open, 5, 'nowhere1')
    expect(await state.reconcile()).to.have.members([
      `room_stage_sets ${made.id}`,
      `room_stage_sets ${open.id}`,
      `room_stage_sets ${closing.id}`,
      'room_no_record nowhere1',
    ])
    expect(Number(await redis.zscore(keys.open, open.id))).to.equal(open.deadline)
    expect(Number(await redis.zscore(keys.inviting, made.id))).to.equal(made.deadline)
    await state.expectHealed()
  })

  it('ends a room of which somebody is elsewhere, and frees the other', async () => {
    const { open } = await state.populate()
    await state.redis.hset(state.keys.people, person(5), '|||')
    const found = await state.reconcile()
    expect(found).to.include(`room_person_elsewhere ${open.id}`)
    expect(await state.room(open.id)).to.include({ stage: 'closing', reason: 'lost' })
    expect((await state.waitingSet.whereabouts(person(6))).state).to.equal('idle')
    await state.expectHealed()
  })

  it('gets over a record that cannot be read', async () => {
    const { open } = await state.populate()
    await state.redis.hset(state.keys.rooms, open.id, '{"id":')
    expect(await state.reconcile()).to.include(`room_illegible ${open.id}`)
    // One run clears away, the next closes what Postgres remembers.
    await state.write()
    expect(await state.reconcile()).to.include(`room_lost ${open.id}`)
    await state.expectHealed()
  })
})
