import { expect } from 'chai'
import { userId, type UserId } from '../../src/ids.js'
import { createLiveState, people, type LiveState } from '../support/live-state.js'
import { checkInvariants } from '../support/oracle.js'
import { until } from '../support/until.js'

describe('stop and long waits', () => {
  let live: LiveState
  before(async () => (live = await createLiveState()))
  beforeEach(() => live.reset())
  afterEach(async () => expect(await checkInvariants({ ...live, settled: false })).to.deep.equal([]))
  after(() => live.close())

  const [ann, bob, cid] = people(3) as [UserId, UserId, UserId]
  const stop = (user: UserId) => live.waitingSet.stop(user, { update: live.nextUpdate() })

  describe('stop', () => {
    it('ends a search and tells the ledger', async () => {
      await live.find(ann)
      await live.drain('ledger')
      expect(await stop(ann)).to.deep.equal({ tag: 'stopped' })
      expect(await live.waitingSet.whereabouts(ann)).to.deep.equal({ state: 'idle', cooldownUntil: 0 })
      const [fact] = await live.mailbox('ledger')
      expect(fact).to.include({ type: 'idle', user: ann })
      expect(await live.redis.zcard(live.keys.waits)).to.equal(0)
    })

    it('says idle to those who do not search, and tells nobody', async () => {
      expect(await stop(ann)).to.deep.equal({ tag: 'idle' })
      expect(await live.mailbox('ledger')).to.deep.equal([])
    })

    it('names the room of those who are in one, and leaves it to the caller to close it with the same update', async () => {
      const room = await live.opened(ann, bob)
      const update = live.nextUpdate()
      expect(await live.waitingSet.stop(ann, { update })).to.deep.equal({ tag: 'in_room', room: room.id })
      expect(await live.rooms.close(room.id, { reason: 'left', by: ann, update })).to.deep.equal({
        tag: 'closed',
        count: 0,
      })
      expect(await live.waitingSet.stop(ann, { update })).to.deep.equal({ tag: 'repeat' })
    })

    it('refuses updates that are not newer than the last', async () => {
      await live.waitingSet.find(ann, 50)
      expect(await live.waitingSet.stop(ann, { update: 50 })).to.deep.equal({ tag: 'repeat' })
      expect(await live.waitingSet.stop(ann, { update: 49 })).to.deep.equal({ tag: 'stale' })
      expect(await live.waitingSet.stop(ann, { update: 51 })).to.deep.equal({ tag: 'stopped' })
    })

    it('needs no update when nobody commanded it, and then leaves the mark of the last one', async () => {
      await live.waitingSet.find(ann, 50)
      expect(await live.waitingSet.stop(ann)).to.deep.equal({ tag: 'stopped' })
      expect(await live.waitingSet.find(ann, 50)).to.deep.equal({ tag: 'repeat' })
    })

    it('takes a banned person out of the search and keeps the ban when they stop again', async () => {
      await live.find(ann)
      expect(await live.waitingSet.stop(ann, { ban: { until: null } })).to.deep.equal({ tag: 'stopped' })
      expect(await stop(ann)).to.deep.equal({ tag: 'idle' })
      expect(await live.find(ann)).to.deep.equal({ tag: 'banned' })
    })

    it('keeps the place first in line of somebody who is idle, and ends the search of somebody first in line', async () => {
      const room = await live.invited(ann, bob)
      await live.rooms.close(room.id, { reason: 'no_show', absent: [bob] })
      await stop(ann)
      await live.find(ann)
      expect(await live.waitingSet.whereabouts(ann)).to.include({ state: 'waiting', firstInLine: true })
      expect(await stop(ann)).to.deep.equal({ tag: 'stopped' })
      expect(await live.waitingSet.count()).to.equal(0)
    })

    it('against a find that pairs: either stopped, or in a room, never both (200 races)', async () => {
      const other = live.storesOn(live.connect()).waitingSet
      for (let round = 0; round < 200; round++) {
        await live.reset()
        await live.stock(1)
        await live.find(ann)
        const [stopped, found] = await Promise.all([stop(ann), other.find(bob, live.nextUpdate())])
        const where = await live.waitingSet.whereabouts(ann)
        if (stopped.tag === 'stopped') {
          expect(where.state).to.equal('idle')
          expect(found.tag).to.equal('waiting')
        } else {
          expect(stopped).to.deep.equal({ tag: 'in_room', room: found.tag === 'paired' && found.room })
          expect(where.state).to.equal('paired')
        }
        expect(await checkInvariants({ ...live, settled: false })).to.deep.equal([])
      }
    })
  })

  describe('waits that last too long', () => {
    const short = () => live.storesOn(live.redis, { waitMaxMs: 1, waitConfirmMs: 1 }).waitingSet
    const overdue = () =>
      until('the deadline is past', async () => {
        const [, deadline] = await live.redis.zrange(live.keys.waits, '-1', '-1', 'WITHSCORES')
        return (await live.waitingSet.now()) > Number(deadline)
      })

    it('are asked about first, and ended when nobody answers', async () => {
      await short().find(ann, live.nextUpdate())
      const { since } = (await live.waitingSet.whereabouts(ann)) as { since: number }
      await overdue()
      expect(await short().expire()).to.include({ asked: 1, ended: 0 })
      expect(await live.notices(ann)).to.deep.equal([{ notice: 'still_there', args: { confirmMs: 1 } }])
      expect(await live.waitingSet.whereabouts(ann)).to.deep.equal({ state: 'waiting', since, firstInLine: false })
      await live.drain('courier')
      await live.drain('ledger')
      await overdue()
      expect(await short().expire()).to.deep.equal({ asked: 0, ended: 1, nextAt: -1 })
      expect(await live.notices(ann)).to.deep.equal([{ notice: 'search_ended', args: {} }])
      expect((await live.mailbox('ledger'))[0]).to.include({ type: 'idle', user: ann })
      expect(await live.waitingSet.whereabouts(ann)).to.include({ state: 'idle' })
    })

    it('go on for somebody who answers by searching again, and are asked about anew', async () => {
      await short().find(ann, live.nextUpdate())
      await overdue()
      await short().expire()
      expect(await short().find(ann, live.nextUpdate())).to.include({ tag: 'waiting', already: true })
      await overdue()
      expect(await short().expire()).to.include({ asked: 1, ended: 0 })
    })

    it('can still end in a room while the question stands', async () => {
      await short().find(ann, live.nextUpdate())
      await overdue()
      await short().expire()
      await live.stock(1)
      expect(await live.find(bob)).to.include({ tag: 'paired' })
      await overdue()
      expect(await short().expire()).to.deep.equal({ asked: 0, ended: 0, nextAt: -1 })
      expect(await live.redis.zcard(live.keys.waits)).to.equal(0)
    })

    it('end for those first in line too', async () => {
      const room = await live.invited(ann, bob)
      await live.rooms.close(room.id, { reason: 'lost' })
      await short().find(ann, live.nextUpdate())
      for (const expected of [{ asked: 1 }, { ended: 1 }]) {
        await overdue()
        expect(await short().expire()).to.include(expected)
      }
      expect(await live.waitingSet.count()).to.equal(0)
      expect(await live.waitingSet.whereabouts(ann)).to.include({ state: 'idle' })
    })

    it('say when the next one is due, and take so many at a time', async () => {
      for (const user of [ann, bob]) await short().find(user, live.nextUpdate())
      await live.find(cid)
      await overdueOf(bob)
      expect(await short().expire(1)).to.include({ asked: 1 })
      expect(await live.waitingSet.expire(10)).to.include({ asked: 1 })
      const { nextAt } = await live.waitingSet.expire(10)
      expect(nextAt).to.be.greaterThan(0)
    })
    const overdueOf = (user: UserId) =>
      until('the deadline is past', async () => {
        const deadline = await live.redis.zscore(live.keys.waits, user)
        return (await live.waitingSet.now()) > Number(deadline)
      })

    it('are listed by deadline, with the oldest', async () => {
      for (const user of [ann, bob, cid]) await live.find(user)
      const all = await live.waitingSet.list(0, 10)
      expect(all.map(({ user }) => user)).to.have.members([ann, bob, cid])
      expect(await live.waitingSet.list(2, 10)).to.have.length(1)
      expect(await live.waitingSet.list(3, 10)).to.deep.equal([])
      expect(await live.waitingSet.oldestSince()).to.equal(Math.min(...all.map(({ since }) => since)))
    })

    it('do not look as if they still waited when they are paired and not invited yet', async () => {
      const { redis, keys, waitingSet } = live
      const pairs = people(40)
      for (const user of pairs) await live.find(user)
      await live.stock(pairs.length / 2)
      expect(await waitingSet.match()).to.equal(pairs.length / 2)
      expect(await redis.zcard(keys.waits)).to.equal(pairs.length)
      expect(await waitingSet.oldestSince()).to.equal(undefined)
      const late = userId(7_777)
      await live.find(late)
      const { since } = (await waitingSet.whereabouts(late)) as { since: number }
      expect(await waitingSet.oldestSince(), 'behind all those').to.equal(since)
    })
  })
})
