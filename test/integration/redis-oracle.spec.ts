import { expect } from 'chai'
import type { UserId } from '../../src/ids.js'
import type { Room } from '../../src/redis/rooms.js'
import { createLiveState, group, people, type LiveState } from '../support/live-state.js'
import { expectFound } from '../support/expect-found.js'
import { checkInvariants, untilAllIsTrue, type OracleInput } from '../support/oracle.js'

/** The oracle is worth something only if it can fail: each of its checks sees the damage that it is there for. */
describe('the oracle', () => {
  let live: LiveState
  before(async () => (live = await createLiveState()))
  after(() => live.close())

  const [ann, bob, cid, dan, eve] = people(5) as [UserId, UserId, UserId, UserId, UserId]
  const check = (more: Partial<OracleInput> = {}) =>
    checkInvariants({ redis: live.redis, keys: live.keys, settled: false, ...more })

  describe('of the live state', () => {
    let open: Room
    let closing: Room
    const clean = async () => {
      await live.reset()
      open = await live.opened(ann, bob)
      const left = await live.opened(cid, dan)
      await live.rooms.close(left.id, { reason: 'left', by: cid })
      closing = await live.room(left.id)
      await live.stock(1)
      await live.find(cid)
      await live.drainAll()
    }
    beforeEach(clean)
    const edit = (room: Room, change: Partial<Record<keyof Room, unknown>>) =>
      live.redis.hset(live.keys.rooms, room.id, JSON.stringify({ ...room, ...change }))

    it('finds nothing wrong with a sound state, moving or settled', async () => {
      expect(await check()).to.deep.equal([])
      expect(await check({ settled: true })).to.deep.equal([])
      await untilAllIsTrue({ redis: live.redis, keys: live.keys })
    })

    const damages: [damage: string, id: string, words: RegExp, how: () => Promise<unknown>][] = [
      ['somebody who waits twice', 'I1', /waits twice/, () => live.redis.sadd(live.keys.first, cid)],
      ['somebody who waits in a room', 'I1', /waits and is in room/, () => live.redis.sadd(live.keys.waiting, ann)],
      ['a banned person who waits', 'I1', /banned/, () => live.redis.hset(live.keys.people, cid, '!|||')],
      ['a ghost who waits', 'I1', /without a record/, () => live.redis.hdel(live.keys.people, cid)],
      ['a deadline of nobody', 'I1', /does not wait/, () => live.redis.srem(live.keys.waiting, cid)],
      [
        'somebody in a room that is not',
        'I1',
        /does not exist/,
        () => live.redis.hset(live.keys.people, eve, 'no|1||'),
      ],
      [
        'somebody in a room that closes',
        'I1',
        /closing/,
        () => live.redis.hset(live.keys.people, dan, `${closing.id}|1||`),
      ],
      [
        'somebody in two rooms',
        'I1',
        /two rooms/,
        async () => {
          await live.redis.hset(live.keys.rooms, 'other1', JSON.stringify({ ...open, id: 'other1' }))
          await live.redis.zadd(live.keys.open, open.deadline, 'other1')
        },
      ],
      ['a pair that only one is in', 'I2', /whose record says/, () => live.redis.hset(live.keys.people, ann, '|||')],
      ['a third in a room', 'I2', /of two others/, () => live.redis.hset(live.keys.people, eve, `${open.id}|1||`)],
      ['a pair of one', 'I2', /oneself/, () => edit(open, { b: open.a })],
      ['a search without a deadline', 'I3', /without a deadline/, () => live.redis.zrem(live.keys.waits, cid)],
      ['a room without a deadline', 'I3', /has no deadline/, () => live.redis.zrem(live.keys.open, open.id)],
      ['a room in two stages', 'I3', /several stages/, () => live.redis.zadd(live.keys.closing, 1e13, open.id)],
      [
        'a room in the wrong stage',
        'I3',
        /has its deadline in inviting/,
        async () => {
          await live.redis.zrem(live.keys.open, open.id)
          await live.redis.zadd(live.keys.inviting, 1e13, open.id)
        },
      ],
      ['a deadline of no room', 'I3', /does not exist/, () => live.redis.zadd(live.keys.open, 1e13, 'no')],
      ['a deadline too early', 'I3', /in its record/, () => live.redis.zadd(live.keys.open, 5, open.id)],
      ['a room without a lease', 'I3', /has no lease/, () => live.redis.del(live.keys.roomLease(open.id))],
      ['a lease of a room for ever', 'I3', /never ends/, () => live.redis.persist(live.keys.roomLease(open.id))],
      ['a lease for ever', 'I3', /lease x never ends/, () => live.redis.set(live.keys.lease('x'), 'one:1')],
      [
        'a group in stock and in a room',
        'I4',
        /in stock, and at/,
        () => live.redis.sadd(live.keys.stock, `${open.chat}:1`),
      ],
      [
        'a group that is nowhere',
        'I4',
        /says it is in stock/,
        () => live.redis.hset(live.keys.groups, group(99), 'stock'),
      ],
      [
        'a group twice in stock',
        'I4',
        /twice/,
        async () => {
          const [stocked] = await live.groups.stocked()
          await live.redis.sadd(live.keys.stock, `${stocked?.chat}:2`)
        },
      ],
      [
        'a group of a room that is gone',
        'I4',
        /held by room/,
        () => live.redis.hset(live.keys.groups, group(99), 'gone'),
      ],
      [
        'a room without its group',
        'I5',
        /which is at/,
        () => live.redis.hset(live.keys.groups, open.chat, 'disposing'),
      ],
      ['an end without a reason', 'I6', /no reason/, () => edit(closing, { reason: undefined })],
      ['a room that goes on after its end', 'I6', /has ended/, () => edit(open, { reason: 'left' })],
    ]
    for (const [damage, id, words, how] of damages)
      it(`sees ${damage} (${id})`, async () => {
        await how()
        expectFound(await check(), id, words)
      })

    const unsettled: [damage: string, words: RegExp, how: () => Promise<unknown>][] = [
      ['that Redis is being rebuilt', /no epoch/, () => live.redis.del(live.keys.epoch)],
      ['a search that is overdue', /search of/, () => live.redis.zadd(live.keys.waits, 1e12, cid)],
      [
        'a room that is overdue',
        /room .* is overdue/,
        async () => {
          await edit(open, { deadline: 1e12 })
          await live.redis.zadd(live.keys.open, 1e12, open.id)
        },
      ],
      [
        'a message that nobody handles',
        /still lie in mailbox:room/,
        () => live.redis.xadd(live.keys.mailbox('room'), '*', 'type', 'look', 'room', 'x'),
      ],
      ['a dead letter', /dead letters/, () => live.redis.xadd(live.keys.deadLetters, '*', 'error', 'x')],
    ]
    for (const [damage, words, how] of unsettled)
      it(`sees ${damage} (I9), once all should have settled`, async () => {
        await how()
        expect(await check()).to.deep.equal([])
        expectFound(await check({ settled: true }), 'I9', words)
      })

    it('lets dead letters pass where failures are injected', async () => {
      await live.redis.xadd(live.keys.deadLetters, '*', 'error', 'x')
      expect(await check({ settled: true, allowDeadLetters: true })).to.deep.equal([])
    })
  })
})
