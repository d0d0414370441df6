import { expect } from 'chai'
import type { UserId } from '../../src/ids.js'
import { createDeadlines } from '../../src/redis/deadlines.js'
import type { Room } from '../../src/redis/rooms.js'
import { createLiveState, group, people, person, type LiveState } from '../support/live-state.js'
import { checkInvariants } from '../support/oracle.js'
import { until } from '../support/until.js'

describe('a room in Redis', () => {
  let live: LiveState
  before(async () => (live = await createLiveState()))
  beforeEach(() => live.reset())
  afterEach(async () => expect(await checkInvariants({ ...live, settled: false })).to.deep.equal([]))
  after(() => live.close())

  const [ann, bob] = people(2) as [UserId, UserId]
  const stranger = person(99)
  const leaseMs = (room: Room) => live.redis.pttl(live.keys.roomLease(room.id))
  const past = (deadline: number) => until('the deadline is past', async () => (await live.waitingSet.now()) > deadline)

  describe('invite', () => {
    it('stores the link, gives the time to come in, and tells both', async () => {
      const room = await live.pair(ann, bob)
      await live.drain('ledger')
      expect(await live.rooms.invite(room.id, room.version, 'https://t.me/+link')).to.equal('invited')
      const after = await live.room(room.id)
      expect(after).to.include({ stage: 'inviting', version: room.version + 1, link: 'https://t.me/+link' })
      expect(after.deadline - after.since).to.equal(live.settings.entryMs)
      expect(await leaseMs(room)).to.be.within(live.settings.entryMs - 5_000, live.settings.entryMs)
      for (const user of [ann, bob])
        expect(await live.notices(user)).to.deep.equal([{ notice: 'invitation', args: { room: room.id } }])
      expect(await live.mailbox('ledger')).to.deep.equal([
        {
          type: 'invited',
          room: room.id,
          link: 'https://t.me/+link',
          deadline: String(after.deadline),
          at: String(after.since),
        },
      ])
    })

    it('happens once, and only in the version that the caller has seen', async () => {
      const room = await live.pair(ann, bob)
      expect(await live.rooms.invite(room.id, room.version + 1, 'x')).to.equal('changed')
      expect(await live.rooms.invite(room.id, room.version, 'x')).to.equal('invited')
      expect(await live.rooms.invite(room.id, room.version, 'y')).to.equal('changed')
      expect(await live.rooms.invite(room.id, room.version + 1, 'y')).to.equal('changed')
      expect(await live.mailbox('courier')).to.have.length(2)
    })

    it('is too late for a room that is closing or gone', async () => {
      const room = await live.pair(ann, bob)
      await live.rooms.close(room.id, { reason: 'left', by: ann })
      expect(await live.rooms.invite(room.id, room.version, 'x')).to.equal('changed')
      await live.rooms.finish(await live.room(room.id), 'stock')
      expect(await live.rooms.invite(room.id, room.version, 'x')).to.equal('gone')
    })
  })

  describe('enter', () => {
    it('tells both that one is there, and opens the room when the other comes', async () => {
      const room = await live.invited(ann, bob)
      for (const name of ['courier', 'ledger', 'room'] as const) await live.drain(name)
      expect(await live.rooms.enter(room.id, ann)).to.equal('entered')
      expect(await live.notices(ann)).to.deep.equal([{ notice: 'entered', args: { room: room.id } }])
      expect(await live.notices(bob)).to.deep.equal([{ notice: 'partner_entered', args: { room: room.id } }])
      expect(await live.rooms.enter(room.id, ann)).to.equal('already')
      expect(await live.rooms.enter(room.id, bob)).to.equal('opened')
      const open = await live.room(room.id)
      expect(open).to.include({ stage: 'open', version: room.version + 1 })
      expect(open.deadline - open.since).to.equal(live.settings.idleMs)
      expect(await leaseMs(room)).to.be.within(live.settings.idleMs - 5_000, live.settings.idleMs)
      expect((await live.mailbox('ledger')).map(({ type, user }) => `${type} ${user ?? ''}`.trim())).to.deep.equal([
        `entered ${ann}`,
        `entered ${bob}`,
        'opened',
      ])
      expect(await live.mailbox('room')).to.deep.equal([{ type: 'look', room: room.id }])
      expect(await live.rooms.enter(room.id, bob)).to.equal('already')
    })

    it('is refused to strangers, and once the room is closing or gone', async () => {
      const room = await live.invited(ann, bob)
      expect(await live.rooms.enter(room.id, stranger)).to.equal('stranger')
      await live.rooms.close(room.id, { reason: 'left', by: ann })
      expect(await live.rooms.enter(room.id, bob)).to.equal('closing')
      await live.rooms.finish(await live.room(room.id), 'stock')
      expect(await live.rooms.enter(room.id, bob)).to.equal('gone')
    })

    it('opens once when both come at the same instant on different connections', async () => {
      const other = live.storesOn(live.connect()).rooms
      for (let round = 0; round < 50; round++) {
        await live.reset()
        const room = await live.invited(ann, bob)
        const replies = await Promise.all([live.rooms.enter(room.id, ann), other.enter(room.id, bob)])
        expect(replies.sort()).to.deep.equal(['entered', 'opened'])
        expect((await live.mailbox('ledger')).filter(({ type }) => type === 'opened')).to.have.length(1)
      }
    })
  })

  describe('renew', () => {
    it('moves the idle deadline of an open room, but never past its greatest age', async () => {
      const room = await live.opened(ann, bob)
      const longer = live.storesOn(live.redis, { idleMs: 200_000 }).rooms
      expect(await longer.renew(room.id, room.chat)).to.equal('renewed')
      const renewed = await live.room(room.id)
      expect(renewed.deadline - (renewed.activeAt ?? 0)).to.equal(200_000)
      expect(renewed.version).to.equal(room.version)
      expect(await leaseMs(room)).to.be.greaterThan(190_000)
      const endless = live.storesOn(live.redis, { idleMs: 10 ** 9 }).rooms
      expect(await endless.renew(room.id, room.chat)).to.equal('renewed')
      expect((await live.room(room.id)).deadline).to.equal(room.at + live.settings.maxAgeMs)
    })

    it('is for open rooms in this group only', async () => {
      const room = await live.invited(ann, bob)
      expect(await live.rooms.renew(room.id, room.chat)).to.equal('not_open')
      await live.rooms.enter(room.id, ann)
      await live.rooms.enter(room.id, bob)
      expect(await live.rooms.renew(room.id, group(77))).to.equal('not_open')
      await live.rooms.close(room.id, { reason: 'left', by: ann })
      expect(await live.rooms.renew(room.id, room.chat)).to.equal('not_open')
    })

    it('comes too late for a room whose deadline is past: what the reaper may have begun is not undone', async () => {
      const room = await live.invited(ann, bob)
      const hurried = live.storesOn(live.redis, { idleMs: 1 }).rooms
      await hurried.enter(room.id, ann)
      await hurried.enter(room.id, bob)
      await past((await live.room(room.id)).deadline)
      expect(await live.rooms.renew(room.id, room.chat)).to.equal('not_open')
    })
  })

  it('is dressed once, in its version, and has both welcomed by the same step', async () => {
    const room = await live.opened(ann, bob)
    await live.redis.del(live.keys.mailbox('courier'))
    expect(await live.rooms.dress(room.id, room.version - 1)).to.equal('changed')
    expect(await live.rooms.dress(room.id, room.version)).to.equal('dressed')
    expect(await live.rooms.dress(room.id, room.version)).to.equal('changed')
    expect(await live.room(room.id)).to.include({ dressed: true, version: room.version })
    expect(await live.mailbox('courier')).to.deep.equal([
      { type: 'group-notice', chat: room.chat, room: room.id, notice: 'welcome', args: '{}' },
    ])
    expect(await live.rooms.dress(`${room.id}0` as Room['id'], 1)).to.equal('gone')
  })

  it('keeps its link when the same invitation is made again, as after a lost answer', async () => {
    const room = await live.pair(ann, bob)
    const invite = (link: string) => live.rooms.invite(room.id, room.version, link)
    expect(await invite('https://t.me/+one')).to.equal('invited')
    await live.redis.del(live.keys.mailbox('courier'))
    expect(await invite('https://t.me/+one')).to.equal('invited')
    expect(await invite('https://t.me/+two')).to.equal('changed')
    expect(await live.mailbox('courier')).to.deep.equal([])
    expect(await live.room(room.id)).to.include({ link: 'https://t.me/+one', version: room.version + 1 })
  })

  describe('deadlines', () => {
    const hurried = () => live.storesOn(live.redis, { prepareMs: 1, entryMs: 1, idleMs: 1, closingMs: 1 })
    const due = async (stage: 'inviting' | 'open' | 'closing'): Promise<Room> => {
      const room = await live.pair(ann, bob)
      await hurried().rooms.invite(room.id, room.version, 'link')
      if (stage === 'open') for (const user of [ann, bob]) await hurried().rooms.enter(room.id, user)
      if (stage === 'closing') await hurried().rooms.close(room.id, { reason: 'left', by: ann })
      const found = await live.room(room.id)
      await past(found.deadline)
      await live.drain('room')
      return found
    }

    for (const stage of ['inviting', 'open', 'closing'] as const)
      it(`of a room that is ${stage} is claimed by exactly one of many, and comes again later`, async () => {
        const room = await due(stage)
        const replies = await Promise.all(
          Array.from({ length: 20 }, () => live.storesOn(live.connect()).rooms.claimDeadline(room.id, 30_000)),
        )
        expect(replies.filter((reply) => reply === 'claimed')).to.have.length(1)
        expect(replies.filter((reply) => reply === 'early')).to.have.length(19)
        expect(await live.mailbox('room')).to.deep.equal([{ type: 'look', room: room.id }])
        const moved = Number(await live.redis.zscore(live.keys[stage], room.id))
        expect(moved - (await live.waitingSet.now())).to.be.within(20_000, 30_000)
      })

    it('cannot be claimed early, nor for a room that is gone', async () => {
      const room = await live.opened(ann, bob)
      expect(await live.rooms.claimDeadline(room.id, 1_000)).to.equal('early')
      await live.rooms.close(room.id, { reason: 'left', by: ann })
      await live.rooms.finish(await live.room(room.id), 'stock')
      expect(await live.rooms.claimDeadline(room.id, 1_000)).to.equal('gone')
    })

    it('are seen by the sweep once they are past, with the time until the next one', async () => {
      const deadlines = createDeadlines(live.redis, live.keys)
      expect(await deadlines.look()).to.deep.equal({ due: [], nextInMs: Infinity })
      const room = await due('open')
      const { id: later } = await live.opened(person(11), person(12))
      const look = await deadlines.look()
      expect(look.due).to.deep.equal([room.id])
      expect(look.nextInMs).to.be.within(live.settings.idleMs - 10_000, live.settings.idleMs)
      expect(await deadlines.stillDue([room.id, later])).to.deep.equal([room.id])
      await live.rooms.claimDeadline(room.id, 30_000)
      expect(await deadlines.stillDue([room.id, later])).to.deep.equal([])
    })
  })

  describe('finish', () => {
    const closed = async (): Promise<Room> => {
      const { id } = await live.opened(ann, bob)
      await live.rooms.close(id, { reason: 'left', by: ann })
      for (const name of ['courier', 'ledger', 'room'] as const) await live.drain(name)
      return live.room(id)
    }

    it('leaves nothing of the room, and the group in stock', async () => {
      const room = await closed()
      expect(await live.rooms.finish(room, 'stock')).to.equal('finished')
      expect(await live.rooms.get(room.id)).to.equal(undefined)
      expect(await live.rooms.countByStage()).to.deep.equal({ inviting: 0, open: 0, closing: 0 })
      expect(await leaseMs(room)).to.equal(-2)
      expect(await live.groups.stocked()).to.deep.equal([{ chat: room.chat, host: room.host }])
      const [fact] = await live.mailbox('ledger')
      expect(fact).to.include({ type: 'gone', room: room.id, chat: room.chat, group: 'stock' })
      expect(await live.mailbox('host:1')).to.deep.equal([])
      expect(await live.rooms.finish(room, 'stock')).to.equal('gone')
    })

    it('leaves the group to its host to dispose of', async () => {
      const room = await closed()
      expect(await live.rooms.finish(room, 'disposing')).to.equal('finished')
      expect(await live.groups.place(room.chat)).to.equal('disposing')
      expect(await live.mailbox('host:1')).to.deep.equal([{ type: 'dispose', chat: room.chat, room: room.id }])
      expect((await live.mailbox('ledger'))[0]).to.include({ group: 'disposing' })
    })

    it('is refused before the room is closing, and in another version', async () => {
      const room = await live.opened(ann, bob)
      expect(await live.rooms.finish(room, 'stock')).to.equal('changed')
      await live.rooms.close(room.id, { reason: 'left', by: ann })
      expect(await live.rooms.finish(room, 'stock')).to.equal('changed')
    })
  })
})
