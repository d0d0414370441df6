import { expect } from 'chai'
import type { UserId } from '../../src/ids.js'
import { CLOSE_REASONS, type CloseReason } from '../../src/mailboxes.js'
import { createLiveState, people, person, type LiveState } from '../support/live-state.js'
import { checkInvariants } from '../support/oracle.js'

describe('closing a room', () => {
  let live: LiveState
  before(async () => (live = await createLiveState()))
  beforeEach(() => live.reset())
  afterEach(async () => expect(await checkInvariants({ ...live, settled: false })).to.deep.equal([]))
  after(() => live.close())

  const [ann, bob] = people(2) as [UserId, UserId]
  const open = async () => {
    const room = await live.opened(ann, bob)
    for (const name of ['courier', 'ledger', 'room'] as const) await live.drain(name)
    return room
  }
  const ledger = async () =>
    (await live.mailbox('ledger')).map(({ at, ...fact }) => (expect(Number(at)).to.be.greaterThan(0), fact))

  const told: CloseReason[] = ['left', 'no_show', 'idle', 'max_age', 'operator', 'bot_removed', 'lost']
  for (const reason of told)
    it(`for "${reason}" frees both at once and tells each exactly once`, async () => {
      const room = await open()
      const by = reason === 'left' ? { by: ann } : {}
      expect(await live.rooms.close(room.id, { reason, ...by })).to.deep.equal({ tag: 'closed', count: 0 })
      for (const user of [ann, bob]) {
        expect(await live.waitingSet.whereabouts(user)).to.include({ state: 'idle' })
        const [notice, ...others] = await live.notices(user)
        expect(others).to.deep.equal([])
        expect(notice).to.deep.equal({
          notice: 'closed',
          args: {
            room: room.id,
            reason,
            byYou: user === by.by,
            came: true,
            missing: false,
            searching: false,
            firstInLine: ['no_show', 'lost', 'bot_removed'].includes(reason),
            cooldownMs: 0,
          },
        })
      }
      expect(await ledger()).to.deep.equal([{ type: 'closing', room: room.id, reason, by: by.by ?? '' }])
      expect(await live.mailbox('room')).to.deep.equal([{ type: 'look', room: room.id }])
      const closing = await live.room(room.id)
      expect(closing).to.include({ stage: 'closing', version: room.version + 1, reason })
      expect(closing.deadline - closing.since).to.equal(live.settings.closingMs)
      expect(await live.rooms.countByStage()).to.deep.equal({ inviting: 0, open: 0, closing: 1 })
    })

  it('for "banned" keeps that person from searching, and tells both', async () => {
    const room = await open()
    await live.rooms.close(room.id, { reason: 'banned', by: ann })
    expect(await live.waitingSet.whereabouts(ann)).to.deep.equal({ state: 'banned' })
    expect(await live.waitingSet.whereabouts(bob)).to.include({ state: 'idle' })
    for (const user of [ann, bob]) expect(await live.notices(user)).to.have.length(1)
  })

  it('for "blocked_bot" tells the other one alone', async () => {
    const room = await open()
    await live.rooms.close(room.id, { reason: 'blocked_bot', by: ann })
    expect(await live.notices(ann)).to.deep.equal([])
    expect(await live.notices(bob)).to.have.length(1)
    expect(await live.waitingSet.whereabouts(ann)).to.include({ state: 'idle' })
  })

  it('happens once, whichever of many ends it, and for one reason', async () => {
    for (let round = 0; round < 30; round++) {
      await live.reset()
      const room = await open()
      const replies = await Promise.all(
        CLOSE_REASONS.map((reason) => live.storesOn(live.redis).rooms.close(room.id, { reason, by: ann })),
      )
      expect(replies.map(({ tag }) => tag).sort()).to.deep.equal([
        'closed',
        ...CLOSE_REASONS.slice(1).map(() => 'closing'),
      ])
      expect((await live.mailbox('ledger')).filter(({ type }) => type === 'closing')).to.have.length(1)
      expect(await live.notices(bob)).to.have.length(1)
    }
  })

  it('is refused in another version, to strangers, with an old update, and when the room is gone', async () => {
    const room = await open()
    const close = async (closing: Parameters<typeof live.rooms.close>[1]) =>
      (await live.rooms.close(room.id, closing)).tag
    expect(await close({ reason: 'idle', version: room.version - 1 })).to.equal('changed')
    expect(await close({ reason: 'left', by: person(99) })).to.equal('gone')
    await live.redis.hset(live.keys.people, ann, `${room.id}|1|50.${Math.floor(Date.now() / 86_400_000)}|`)
    expect(await close({ reason: 'left', by: ann, update: 50 })).to.equal('repeat')
    expect(await close({ reason: 'left', by: ann, update: 49 })).to.equal('stale')
    expect(await live.mailbox('courier')).to.deep.equal([])
    expect(await close({ reason: 'left', by: ann, update: 51 })).to.equal('closed')
    expect(await live.waitingSet.find(ann, 51)).to.deep.equal({ tag: 'repeat' })
    await live.rooms.finish(await live.room(room.id), 'stock')
    expect(await close({ reason: 'idle' })).to.equal('gone')
  })

  it('does not move somebody who is in the next room already', async () => {
    const room = await open()
    await live.rooms.close(room.id, { reason: 'left', by: ann })
    const next = await live.pair(ann, person(3))
    expect((await live.rooms.close(room.id, { reason: 'idle' })).tag).to.equal('closing')
    await live.rooms.finish(await live.room(room.id), 'disposing')
    expect(await live.waitingSet.whereabouts(ann)).to.deep.equal({ state: 'paired', room: next.id })
  })

  it('keeps a group that a repaired record gave to another room with that room', async () => {
    const room = await open()
    await live.rooms.close(room.id, { reason: 'lost' })
    await live.redis.hset(live.keys.groups, room.chat, 'disposing')
    await live.rooms.finish(await live.room(room.id), 'stock')
    expect(await live.groups.place(room.chat)).to.equal('disposing')
  })

  describe('with next', () => {
    it('searches on in the same step, and tells how many wait', async () => {
      const room = await open()
      await live.find(person(3))
      await live.drain('ledger')
      const update = live.nextUpdate()
      const next = { reason: 'left', by: ann, update, again: true } as const
      expect(await live.rooms.close(room.id, next)).to.deep.equal({ tag: 'closed', count: 2 })
      expect(await live.waitingSet.whereabouts(ann)).to.include({ state: 'waiting', firstInLine: false })
      expect(await live.waitingSet.whereabouts(bob)).to.include({ state: 'idle' })
      expect((await live.notices(ann))[0]?.args).to.include({ searching: true, byYou: true })
      expect((await live.notices(bob))[0]?.args).to.include({ searching: false, byYou: false })
      expect(await ledger()).to.deep.equal([
        { type: 'closing', room: room.id, reason: 'left', by: ann },
        { type: 'waiting', users: ann, first: '0' },
      ])
      expect(await live.waitingSet.stop(ann, { update })).to.deep.equal({ tag: 'repeat' })
    })

    it('does not bring back the partner just left', async () => {
      const room = await open()
      await live.rooms.close(room.id, { reason: 'left', by: ann, again: true })
      await live.stock(1)
      expect(await live.find(bob)).to.include({ tag: 'waiting', noGroup: false })
    })

    for (const closing of [{ reason: 'banned', by: ann } as const, { reason: 'operator' } as const])
      it(`says nothing of a search where there is none (${closing.reason})`, async () => {
        const room = await open()
        await live.rooms.close(room.id, { ...closing, again: true })
        expect(await live.waitingSet.count()).to.equal(0)
        expect((await ledger()).map(({ type }) => type)).to.deep.equal(['closing'])
        for (const user of [ann, bob]) expect((await live.notices(user))[0]?.args).to.include({ searching: false })
      })
  })

  describe('when somebody did not come', () => {
    const noShow = async (absent: UserId[], came: UserId[] = []) => {
      const room = await live.invited(ann, bob)
      for (const user of came) await live.rooms.enter(room.id, user)
      await live.drain('courier')
      await live.rooms.close(room.id, { reason: 'no_show', absent })
      return room
    }
    const cooldowns = async (count: number): Promise<number[]> => {
      const found: number[] = []
      for (let i = 0; i < count; i++) {
        await live.redis.hdel(live.keys.people, ann, bob)
        await noShow([bob], [ann])
        found.push(Number((await live.notices(bob))[0]?.args['cooldownMs']))
      }
      return found
    }

    it('puts the one who came first in line, and tells each what they did', async () => {
      await noShow([bob], [ann])
      expect((await live.notices(ann))[0]?.args).to.include({
        came: true,
        missing: false,
        firstInLine: true,
        cooldownMs: 0,
      })
      expect((await live.notices(bob))[0]?.args).to.include({ came: false, missing: true, cooldownMs: 0 })
      await live.find(ann)
      await live.find(bob)
      expect(await live.waitingSet.whereabouts(ann)).to.include({ firstInLine: true })
      expect(await live.waitingSet.whereabouts(bob)).to.include({ firstInLine: false })
    })

    it('puts somebody first in line whose partner left without having come', async () => {
      const room = await live.invited(ann, bob)
      await live.rooms.enter(room.id, ann)
      await live.redis.del(live.keys.mailbox('courier'))
      await live.rooms.close(room.id, { reason: 'left', by: bob })
      expect((await live.notices(ann))[0]?.args).to.include({ byYou: false, firstInLine: true })
      expect((await live.notices(bob))[0]?.args).to.include({ byYou: true, firstInLine: false })
    })

    it('puts nobody first in line when nobody came', async () => {
      await noShow([ann, bob])
      for (const user of [ann, bob]) {
        await live.find(user)
        expect(await live.waitingSet.whereabouts(user)).to.include({ firstInLine: false })
      }
    })

    it('does not blame somebody who came after the caller looked', async () => {
      await noShow([ann, bob], [ann])
      expect((await live.notices(ann))[0]?.args).to.include({ came: true, missing: false })
      expect(await live.redis.hexists(live.keys.penalties, ann)).to.equal(0)
      await live.find(ann)
      expect(await live.waitingSet.whereabouts(ann)).to.include({ firstInLine: true })
    })

    it('forgives the first time, and then doubles the cooldown up to its limit', async () => {
      expect(await cooldowns(7)).to.deep.equal([0, 60_000, 120_000, 240_000, 480_000, 480_000, 480_000])
      const where = await live.waitingSet.whereabouts(bob)
      if (where.state !== 'idle') return expect.fail(where.state)
      expect(where.cooldownUntil - (await live.waitingSet.now())).to.be.within(470_000, 480_000)
      expect(await live.waitingSet.whereabouts(ann)).to.include({ cooldownUntil: 0 })
    })

    it('forgets after a time without', async () => {
      expect(await cooldowns(3)).to.deep.equal([0, 60_000, 120_000])
      const [count, until, at] = ((await live.redis.hget(live.keys.penalties, bob)) ?? '').split('|').map(Number)
      const longAgo = (at ?? 0) - live.settings.forgetMs
      await live.redis.hset(live.keys.penalties, bob, `${count}|${until}|${longAgo}`)
      expect(await cooldowns(2)).to.deep.equal([0, 60_000])
    })

    it('costs nothing when the room ends for another reason', async () => {
      const room = await live.invited(ann, bob)
      await live.rooms.close(room.id, { reason: 'left', by: ann, absent: [bob] })
      expect(await live.redis.exists(live.keys.penalties)).to.equal(0)
    })
  })
})
