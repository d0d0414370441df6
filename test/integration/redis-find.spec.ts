import { expect } from 'chai'
import type { UserId } from '../../src/ids.js'
import type { FindReply } from '../../src/redis/replies.js'
import { createLiveState, EPOCH, people, person, type LiveState } from '../support/live-state.js'
import { checkInvariants } from '../support/oracle.js'

describe('find', () => {
  let live: LiveState
  before(async () => (live = await createLiveState()))
  beforeEach(() => live.reset())
  afterEach(async () => expect(await checkInvariants({ ...live, settled: false })).to.deep.equal([]))
  after(() => live.close())

  const [ann, bob, cid, dan] = people(4) as [UserId, UserId, UserId, UserId]
  const findAll = (users: readonly UserId[]): Promise<FindReply[]> => Promise.all(users.map((user) => live.find(user)))
  const paired = (replies: readonly FindReply[]): FindReply[] => replies.filter(({ tag }) => tag === 'paired')

  it('lets the first person wait, and tells how many wait and that a group is not what is missing', async () => {
    await live.stock(1)
    expect(await live.find(ann)).to.deep.equal({ tag: 'waiting', count: 1, already: false, noGroup: false })
    expect(await live.waitingSet.whereabouts(ann)).to.include({ state: 'waiting', firstInLine: false })
    const [fact] = await live.drain('ledger').then((facts) => facts.filter(({ type }) => type === 'waiting'))
    expect(fact).to.include({ users: ann, first: '0' })
  })

  it('says of somebody who searches again that they wait already, keeps since when, and moves the deadline', async () => {
    const early = live.storesOn(live.redis, { waitMaxMs: 1_000 }).waitingSet
    await early.find(ann, live.nextUpdate())
    const [record, deadline] = [await live.record(ann), await live.redis.zscore(live.keys.waits, ann)]
    expect(await live.find(ann)).to.deep.equal({ tag: 'waiting', count: 1, already: true, noGroup: false })
    expect((await live.record(ann))?.split('|')[1]).to.equal(record?.split('|')[1])
    expect(Number(await live.redis.zscore(live.keys.waits, ann)) - Number(deadline)).to.be.greaterThan(3_000_000)
    expect((await live.mailbox('ledger')).filter(({ type }) => type === 'waiting')).to.have.length(1)
  })

  it('pairs two people, takes a group from stock, and tells the room actor and the ledger in the same step', async () => {
    const [chat] = await live.stock(1)
    await live.find(ann)
    await live.drain('ledger')
    const reply = await live.find(bob)
    if (reply.tag !== 'paired') return expect.fail(reply.tag)
    const room = await live.room(reply.room)
    expect(room).to.include({ stage: 'inviting', version: 1, chat, host: '1' })
    expect([room.a, room.b]).to.have.members([ann, bob])
    expect(room.deadline - room.at).to.equal(live.settings.prepareMs)
    expect(await live.groups.size()).to.equal(0)
    expect(await live.groups.place(room.chat)).to.equal(room.id)
    expect(await live.mailbox('room')).to.deep.equal([{ type: 'look', room: room.id }])
    const { a, b, host, at } = room
    const [fact, ...more] = await live.mailbox('ledger')
    expect(fact).to.include({ type: 'paired', room: room.id, a, b, chat, host, at: String(at) })
    expect(fact?.['waited']).to.match(/^\d+,\d+$/)
    expect(fact?.['waited']?.split(',')).to.include('0')
    expect(more).to.deep.equal([])
    for (const user of [ann, bob])
      expect(await live.waitingSet.whereabouts(user)).to.deep.equal({ state: 'paired', room: room.id })
    expect(await live.waitingSet.count()).to.equal(0)
  })

  it('leaves the deadlines of the two searches to what comes next; nobody is listed or asked meanwhile', async () => {
    const early = live.storesOn(live.redis, { waitMaxMs: -1 }).waitingSet
    const deadlines = () => live.redis.zcard(live.keys.waits)
    const pairOf = async (one: UserId, two: UserId) => {
      await live.stock(1)
      await early.find(one, live.nextUpdate())
      const reply = await live.find(two)
      return reply.tag === 'paired' ? live.room(reply.room) : expect.fail(reply.tag)
    }
    const invited = await pairOf(ann, bob)
    expect(await deadlines()).to.equal(1)
    expect(await live.waitingSet.list(0, 10)).to.deep.equal([])
    await live.rooms.invite(invited.id, invited.version, 'https://t.me/+link')
    expect(await deadlines()).to.equal(0)
    await live.rooms.close(invited.id, { reason: 'operator' })
    await live.rooms.close((await pairOf(ann, cid)).id, { reason: 'operator' })
    expect(await deadlines()).to.equal(0)
    await pairOf(bob, cid)
    expect(await live.waitingSet.expire()).to.deep.equal({ asked: 0, ended: 0, nextAt: -1 })
    expect(await deadlines()).to.equal(0)
  })

  it('answers in a room with the room, and changes nothing', async () => {
    const room = await live.pair(ann, bob)
    const record = await live.record(ann)
    expect(await live.find(ann)).to.deep.equal({ tag: 'in_room', room: room.id })
    expect(await live.record(ann)).to.equal(record)
  })

  it('pairs nobody without a group, says so to those who would be paired, and the re-match tick makes up for it', async () => {
    expect(await live.find(ann)).to.include({ noGroup: false })
    expect(await live.find(bob)).to.deep.equal({ tag: 'waiting', count: 2, already: false, noGroup: true })
    expect(await live.find(ann)).to.deep.equal({ tag: 'waiting', count: 2, already: true, noGroup: true })
    expect(await live.waitingSet.match()).to.equal(0)
    expect(await live.mailbox('room')).to.deep.equal([])
    await live.stock(1)
    expect(await live.waitingSet.match()).to.equal(1)
    expect(await live.waitingSet.match()).to.equal(0)
    expect(await live.mailbox('room')).to.have.length(1)
  })

  it('pairs as many as there are groups for, and says to the others that a group is missing', async () => {
    await live.stock(3)
    const replies = await findAll(people(10))
    expect(paired(replies)).to.have.length(6)
    expect(replies.filter((reply) => reply.tag === 'waiting' && reply.noGroup)).to.have.length(4)
    expect(await live.groups.size()).to.equal(0)
  })

  it('pairs 200 people who search at once, each with one other and each pair in a group of its own', async () => {
    await live.stock(100)
    const replies = await findAll(people(200))
    expect(paired(replies)).to.have.length(200)
    const rooms = await live.rooms.list('inviting', 0, 200)
    expect(new Set(rooms.flatMap(({ a, b }) => [a, b])).size).to.equal(200)
    expect(new Set(rooms.map(({ chat }) => chat)).size).to.equal(100)
    expect(await live.drain('room')).to.have.length(100)
  })

  it('lets the finds of one tick with an odd one out leave exactly that one waiting', async () => {
    await live.stock(20)
    const replies = await findAll(people(41))
    expect(paired(replies)).to.have.length(40)
    expect(await live.waitingSet.count()).to.equal(1)
  })

  it('never pairs people with themselves: a double tap waits once', async () => {
    await live.stock(2)
    const update = live.nextUpdate()
    const replies = await Promise.all([
      live.waitingSet.find(ann, update),
      live.waitingSet.find(ann, update),
      live.waitingSet.find(ann, live.nextUpdate()),
    ])
    expect(replies.map(({ tag }) => tag)).to.deep.equal(['waiting', 'repeat', 'waiting'])
    expect(replies[2]).to.include({ already: true, count: 1 })
    expect(await live.groups.size()).to.equal(2)
  })

  describe('order of updates', () => {
    it('refuses an update that is not newer than the last one of that person', async () => {
      await live.waitingSet.find(ann, 100)
      expect(await live.waitingSet.find(ann, 100)).to.deep.equal({ tag: 'repeat' })
      expect(await live.waitingSet.find(ann, 99)).to.deep.equal({ tag: 'stale' })
      expect(await live.waitingSet.find(bob, 1)).to.include({ tag: 'waiting', count: 2 })
      expect(await live.waitingSet.find(ann, 101)).to.include({ tag: 'waiting', already: true })
    })

    it('refuses a find that a later stop has overtaken', async () => {
      expect(await live.waitingSet.stop(ann, { update: 8 })).to.deep.equal({ tag: 'idle' })
      expect(await live.waitingSet.find(ann, 7)).to.deep.equal({ tag: 'stale' })
      expect(await live.waitingSet.count()).to.equal(0)
    })

    it('forgets the mark after a week, when Telegram may have begun to count anew', async () => {
      const today = Math.floor((await live.waitingSet.now()) / 86_400_000)
      await live.redis.hset(live.keys.people, ann, `||900.${today - 7}|`, bob, `||900.${today - 6}|`)
      expect(await live.waitingSet.find(ann, 5)).to.include({ tag: 'waiting' })
      expect(await live.waitingSet.find(bob, 5)).to.deep.equal({ tag: 'stale' })
    })

    it('keeps ids of updates exact that outgrow 32 bits', async () => {
      const large = 9_007_199_254_740_990
      await live.waitingSet.find(ann, large)
      expect(await live.waitingSet.find(ann, large)).to.deep.equal({ tag: 'repeat' })
      expect(await live.waitingSet.find(ann, large - 1)).to.deep.equal({ tag: 'stale' })
      expect(await live.waitingSet.find(ann, large + 1)).to.include({ tag: 'waiting' })
    })
  })

  it('refuses the banned until the ban is lifted', async () => {
    await live.waitingSet.stop(ann, { ban: { until: null } })
    expect(await live.find(ann)).to.deep.equal({ tag: 'banned' })
    expect(await live.waitingSet.whereabouts(ann)).to.deep.equal({ state: 'banned' })
    expect(await live.waitingSet.liftBan(ann)).to.equal('lifted')
    expect(await live.waitingSet.liftBan(ann)).to.equal('not_banned')
    expect(await live.find(ann)).to.include({ tag: 'waiting' })
  })

  it('never samples the refused: somebody with an old update stays as they were', async () => {
    await live.stock(1)
    await live.find(ann)
    const [bobs] = await Promise.all([live.find(bob), live.waitingSet.find(ann, 0)])
    // Ann's own stale find keeps her out of this tick; the next one pairs them.
    if (bobs.tag !== 'paired') expect(await live.waitingSet.match()).to.equal(1)
    expect(await live.waitingSet.whereabouts(ann)).to.include({ state: 'paired' })
  })

  describe('those who met', () => {
    const meetAndPart = async (one: UserId, two: UserId) => {
      const room = await live.opened(one, two)
      await live.rooms.close(room.id, { reason: 'left', by: one })
      await live.rooms.finish(await live.room(room.id), 'stock')
    }

    it('are not paired again while anybody else may come', async () => {
      await meetAndPart(ann, bob)
      expect(await live.find(ann)).to.include({ tag: 'waiting' })
      expect(await live.find(bob)).to.include({ tag: 'waiting', noGroup: false })
      expect(await live.waitingSet.match()).to.equal(0)
      expect(await live.find(cid)).to.include({ tag: 'paired' })
      expect(await live.waitingSet.count()).to.equal(1)
    })

    it('are paired again when both have waited for long enough', async () => {
      await meetAndPart(ann, bob)
      await live.find(ann)
      await live.find(bob)
      const patient = live.storesOn(live.redis, { rematchAfterMs: 0 }).waitingSet
      expect(await patient.match()).to.equal(1)
    })

    it('are the last three partners, each once', async () => {
      await meetAndPart(ann, bob)
      const again = live.storesOn(live.redis, { rematchAfterMs: 0 }).waitingSet
      await live.find(ann)
      await live.find(bob)
      expect(await again.match()).to.equal(1)
      const where = await live.waitingSet.whereabouts(ann)
      if (where.state === 'paired') await live.rooms.close(where.room, { reason: 'left', by: bob })
      await meetAndPart(ann, cid)
      await meetAndPart(ann, dan)
      expect((await live.record(ann))?.split('|')[3]).to.equal([dan, cid, bob].join(','))
      await meetAndPart(ann, person(5))
      expect((await live.record(ann))?.split('|')[3]).to.equal([person(5), dan, cid].join(','))
      expect((await live.record(bob))?.split('|')[3]).to.equal(ann)
    })
  })

  describe('first in line', () => {
    /** Ann came when Bob did not. */
    const comeAlone = async () => {
      const room = await live.invited(ann, bob)
      await live.rooms.enter(room.id, ann)
      await live.rooms.close(room.id, { reason: 'no_show', absent: [bob] })
      await live.drain('ledger')
    }

    it('waits where others are sampled later', async () => {
      await comeAlone()
      expect(await live.find(ann)).to.include({ tag: 'waiting' })
      expect(await live.waitingSet.whereabouts(ann)).to.include({ state: 'waiting', firstInLine: true })
      expect((await live.mailbox('ledger'))[0]).to.include({ type: 'waiting', users: ann, first: '1' })
      expect(await live.waitingSet.countFirst()).to.equal(1)
    })

    it('is paired before anybody else, however many wait', async () => {
      await comeAlone()
      await live.find(ann)
      for (const user of people(30, 100)) await live.find(user)
      await live.stock(1)
      expect(await live.waitingSet.match()).to.equal(1)
      expect(await live.waitingSet.whereabouts(ann)).to.include({ state: 'paired' })
    })

    it('holds once: after the next room the person waits like everybody', async () => {
      await comeAlone()
      await live.find(ann)
      await live.stock(1)
      const reply = await live.find(cid)
      if (reply.tag !== 'paired') return expect.fail(reply.tag)
      await live.rooms.close(reply.room, { reason: 'left', by: ann })
      await live.find(ann)
      expect(await live.waitingSet.whereabouts(ann)).to.include({ state: 'waiting', firstInLine: false })
    })

    it('is kept by somebody who searches again while waiting', async () => {
      await comeAlone()
      await live.find(ann)
      expect(await live.find(ann)).to.include({ already: true })
      expect(await live.waitingSet.whereabouts(ann)).to.include({ firstInLine: true })
    })
  })

  it('throws while Redis is being rebuilt, for one and for all of a tick', async () => {
    await live.redis.del(live.keys.epoch)
    const outcomes = await Promise.allSettled([live.find(ann), live.find(bob), live.waitingSet.match()])
    expect(
      outcomes.map((outcome) => outcome.status === 'rejected' && (outcome.reason as { code: string }).code),
    ).to.eql(['rebuilding', 'rebuilding', 'rebuilding'])
    expect(await live.record(ann)).to.equal(null)
    await live.redis.set(live.keys.epoch, EPOCH)
  })
})
