import { expect } from 'chai'
import type { ChatId, RoomId, UserId } from '../../src/ids.js'
import { runScript } from '../../src/redis/define-script.js'
import type { Room } from '../../src/redis/rooms.js'
import {
  beginRebuildScript,
  finishRebuildScript,
  loseRoomScript,
  restoreBanScript,
  restoreGroupScript,
  restoreRoomScript,
  restoreWaitingScript,
} from '../../src/redis/scripts.js'
import { guardServer } from '../../src/redis/server-guard.js'
import { createLiveState, group, HOST, people, type LiveState } from '../support/live-state.js'
import { checkInvariants } from '../support/oracle.js'

const codeOf = (outcome: PromiseSettledResult<unknown>): unknown =>
  outcome.status === 'rejected' ? (outcome.reason as { code?: string }).code : outcome.value

describe('rebuilding the live state', () => {
  let live: LiveState
  before(async () => (live = await createLiveState()))
  beforeEach(() => live.reset())
  after(() => live.close())

  const [ann, bob, cid, dan] = people(4) as [UserId, UserId, UserId, UserId]
  const keysOf = (room: RoomId) => ({
    ...live.keys,
    ledgerMailbox: live.keys.mailbox('ledger'),
    roomMailbox: live.keys.mailbox('room'),
    roomLater: live.keys.later('room'),
    courierMailbox: live.keys.mailbox('courier'),
    courierLater: live.keys.later('courier'),
    hostMailbox: live.keys.mailbox('host:1'),
    roomLease: live.keys.roomLease(room),
  })
  const any = () => keysOf('none00' as RoomId)
  const begin = (token: string, seen = '', ledgerMs = 0, stale = '') =>
    runScript(live.redis, beginRebuildScript, any(), { seen, token, ledgerMs, stale })
  const finish = (token: string) =>
    runScript(live.redis, finishRebuildScript, live.keys, { value: token, pausedBy: '' })
  const restoreWaiting = (token: string, ...rows: [UserId, number, '' | '1'][]) =>
    runScript(live.redis, restoreWaitingScript, any(), { token, waitMaxMs: 60_000 }, rows.flat())
  const restoreGroup = (token: string, chat: ChatId, place: 'stock' | 'disposing') =>
    runScript(live.redis, restoreGroupScript, any(), { token, chat, host: HOST, place })
  const recordOf = (id: string, stage: 'inviting' | 'open' | 'closing', chat = group(50), a = ann, b = bob) => ({
    id: id as RoomId,
    stage,
    a,
    b,
    chat,
    host: HOST,
    at: 1_000,
    link: 'link',
    ...(stage === 'closing' && { reason: 'left' }),
  })
  const restoreRoom = (token: string, record: ReturnType<typeof recordOf>) =>
    runScript(
      live.redis,
      restoreRoomScript,
      { ...keysOf(record.id), stage: live.keys[record.stage] },
      { token, room: record.id, json: JSON.stringify(record), leaseMs: 60_000 },
    )
  const loseRoom = (token: string, record: ReturnType<typeof recordOf>, tell: '' | '1' = '1') =>
    runScript(live.redis, loseRoomScript, keysOf(record.id), {
      token,
      room: record.id,
      json: JSON.stringify(record),
      closingMs: 60_000,
      tell,
    })

  it('makes everything else wait: nothing changes meanwhile, and everybody is told why', async () => {
    const room = await live.invited(ann, bob)
    const before = await live.redis.hgetall(live.keys.people)
    await live.redis.del(live.keys.epoch)
    const { waitingSet, rooms, groups } = live
    const outcomes = await Promise.allSettled([
      live.find(cid),
      waitingSet.match(),
      waitingSet.stop(ann),
      waitingSet.liftBan(ann),
      waitingSet.expire(),
      waitingSet.whereabouts(ann),
      rooms.claim(room.id, 'token', 1_000),
      rooms.invite(room.id, room.version, 'link'),
      rooms.enter(room.id, ann),
      rooms.renew(room.id, room.chat),
      rooms.dress(room.id, room.version),
      rooms.close(room.id, { reason: 'left', by: ann }),
      rooms.finish(room, 'stock'),
      rooms.claimDeadline(room.id, 1_000),
      groups.add(group(90), HOST),
      groups.retire(room.chat, HOST),
      groups.forget(room.chat, HOST),
      loseRoom('', recordOf('lost01', 'open')),
      // Who only asks must not take what is lost for what never was.
      rooms.get(room.id),
      rooms.roomIn(room.chat),
      groups.place(room.chat),
      groups.sizeForSure(),
    ])
    expect(outcomes.map(codeOf)).to.deep.equal(outcomes.map(() => 'rebuilding'))
    expect(await live.redis.hgetall(live.keys.people)).to.deep.equal(before)
    expect(JSON.parse((await live.redis.hget(live.keys.rooms, room.id)) ?? '')).to.deep.equal(room)
  })

  // One for each script that only asks: here no script is forgotten, as it is at a restart.
  for (const [what, ask] of Object.entries({
    'where a group is': ({ groups }, { chat }) => groups.place(chat),
    'about a room': ({ rooms }, { id }) => rooms.get(id),
    'how many groups there are': ({ groups }) => groups.sizeForSure(),
  } satisfies Record<string, (on: ReturnType<LiveState['storesOn']>, room: Room) => Promise<unknown>>))
    it(`answers nobody who asks ${what} from a Redis that restarted and that nobody has looked at`, async () => {
      const room = await live.invited(ann, bob)
      await live.redis.set(live.keys.server, 'the process before')
      const redis = live.connect()
      guardServer(redis, live.keys)
      expect((await Promise.allSettled([ask(live.storesOn(redis), room)])).map(codeOf)).to.deep.equal(['rebuilding'])
    })

  it('is not done while the live state stands', async () => {
    const outcomes = await Promise.allSettled([
      restoreWaiting('t', [ann, 1, '']),
      restoreRoom('t', recordOf('room01', 'open')),
      restoreGroup('t', group(1), 'stock'),
      runScript(live.redis, restoreBanScript, live.keys, { token: 't' }, [ann]),
      finish('t'),
    ])
    expect(outcomes.map(codeOf)).to.deep.equal(outcomes.map(() => 'not_rebuilding'))
    expect((await begin('t')).tag).to.equal('changed')
    expect(await live.record(ann)).to.equal(null)
  })

  it('begins from nothing, with a ledger that goes on behind what Postgres has', async () => {
    await live.opened(ann, bob)
    await live.find(cid)
    await live.redis.del(live.keys.epoch)
    const future = (await live.waitingSet.now()) + 60_000
    const begun = await begin('new', '', future)
    expect(begun).to.deep.equal({ tag: 'begun', floorMs: String(future + 1) })
    for (const key of ['people', 'waiting', 'waits', 'rooms', 'open', 'groups', 'stock'] as const)
      expect(await live.redis.exists(live.keys[key]), key).to.equal(0)
    await finish('new')
    await live.find(ann)
    const [[id] = ['']] = await live.redis.xrange(live.keys.mailbox('ledger'), '-', '+')
    expect(Number(id.split('-')[0])).to.be.at.least(future + 1)
  })

  it('puts people who waited back, tells them, and leaves those alone who are somewhere', async () => {
    await live.redis.del(live.keys.epoch)
    await begin('t')
    await runScript(live.redis, restoreBanScript, live.keys, { token: 't' }, [dan])
    expect(await restoreWaiting('t', [ann, 1_000, ''], [bob, 2_000, '1'], [dan, 3_000, ''])).to.equal(2)
    expect(await restoreWaiting('t', [ann, 5_000, '1'])).to.equal(0)
    await finish('t')
    expect(await live.waitingSet.whereabouts(ann)).to.deep.equal({ state: 'waiting', since: 1_000, firstInLine: false })
    expect(await live.waitingSet.whereabouts(bob)).to.deep.equal({ state: 'waiting', since: 2_000, firstInLine: true })
    expect(await live.waitingSet.whereabouts(dan)).to.deep.equal({ state: 'banned' })
    for (const user of [ann, bob])
      expect(await live.notices(user)).to.deep.equal([{ notice: 'search_goes_on', args: {} }])
    expect(await live.notices(dan)).to.deep.equal([])
    expect(await checkInvariants({ ...live, settled: false })).to.deep.equal([])
    await live.stock(1)
    expect(await live.waitingSet.match()).to.equal(1)
  })

  it('puts rooms back in each stage, with full leases and their people, and has the room actor look', async () => {
    await live.redis.del(live.keys.epoch)
    await begin('t')
    const rooms = [
      recordOf('room01', 'open', group(1), ann, bob),
      recordOf('room02', 'inviting', group(2), cid, dan),
      // Its people are free already: they may sit elsewhere by now.
      recordOf('room03', 'closing', group(3), ann, cid),
    ]
    for (const record of rooms) expect(await restoreRoom('t', record)).to.equal('restored')
    await finish('t')
    expect(await live.rooms.countByStage()).to.deep.equal({ inviting: 1, open: 1, closing: 1 })
    expect(await live.waitingSet.whereabouts(ann)).to.deep.equal({ state: 'paired', room: 'room01' })
    expect((await live.mailbox('room')).map(({ room }) => room)).to.deep.equal(['room01', 'room02', 'room03'])
    expect(await checkInvariants({ ...live, settled: false })).to.deep.equal([])
    const room = await live.room('room01' as RoomId)
    expect(room.deadline - room.since).to.equal(60_000)
    // What had been decided before the loss is not done to the room as it is now.
    expect((await live.rooms.close(room.id, { reason: 'idle', version: 2 })).tag).to.equal('changed')
    expect((await live.rooms.close(room.id, { reason: 'left', by: ann })).tag).to.equal('closed')
    expect(await live.rooms.finish(await live.room(room.id), 'stock')).to.equal('finished')
  })

  it('does not put back a room whose people or group are elsewhere: it is lost, and both are told', async () => {
    await live.redis.del(live.keys.epoch)
    await begin('t')
    await restoreWaiting('t', [ann, 1_000, ''])
    expect(await restoreRoom('t', recordOf('room01', 'open'))).to.equal('conflict')
    await restoreGroup('t', group(7), 'stock')
    expect(await restoreRoom('t', recordOf('room02', 'open', group(7), cid, dan))).to.equal('conflict')
    expect(await loseRoom('t', recordOf('room01', 'open'))).to.equal('lost')
    expect(await loseRoom('t', recordOf('room01', 'open'))).to.equal('known')
    expect(await loseRoom('t', recordOf('room02', 'open', group(7), cid, dan))).to.equal('lost')
    await finish('t')
    expect(await checkInvariants({ ...live, settled: false })).to.deep.equal([])
    const [goesOn, closed] = await live.notices(ann)
    expect([goesOn?.notice, closed?.notice]).to.deep.equal(['search_goes_on', 'closed'])
    expect(closed?.args).to.include({ reason: 'lost', searching: true })
    expect((await live.notices(bob))[0]?.args).to.include({ reason: 'lost', searching: false })
    expect(await live.waitingSet.whereabouts(ann)).to.include({ state: 'waiting' })
    // Idle, and first in line next time.
    expect(await live.record(bob)).to.match(/^\+\|/)
    // The group that came into stock meanwhile is not taken from there.
    expect(await live.rooms.finish(await live.room('room02' as RoomId), 'disposing')).to.equal('finished')
    expect(await live.groups.place(group(7))).to.equal('stock')
  })

  it('puts groups back once, in stock or for their host to dispose of', async () => {
    await live.redis.del(live.keys.epoch)
    await begin('t')
    await restoreRoom('t', recordOf('room01', 'open', group(1)))
    expect(await restoreGroup('t', group(1), 'stock')).to.equal('known')
    expect(await restoreGroup('t', group(2), 'stock')).to.equal('restored')
    expect(await restoreGroup('t', group(2), 'stock')).to.equal('known')
    expect(await restoreGroup('t', group(3), 'disposing')).to.equal('restored')
    await finish('t')
    expect(await live.groups.stocked()).to.deep.equal([{ chat: group(2), host: HOST }])
    expect(await live.mailbox('host:1')).to.deep.equal([{ type: 'dispose', chat: group(3), room: '' }])
    expect(await checkInvariants({ ...live, settled: false })).to.deep.equal([])
  })

  it('obeys the newest of several, and an overtaken one finishes nothing', async () => {
    await live.redis.del(live.keys.epoch)
    await begin('old')
    await restoreWaiting('old', [ann, 1, ''])
    await begin('new')
    expect(await live.record(ann)).to.equal(null)
    const outcomes = await Promise.allSettled([restoreWaiting('old', [bob, 1, '']), finish('old')])
    expect(outcomes.map(codeOf)).to.deep.equal(['not_rebuilding', 'not_rebuilding'])
    expect(await live.redis.exists(live.keys.epoch)).to.equal(0)
    expect(await finish('new')).to.equal('finished')
    expect(await live.redis.get(live.keys.epoch)).to.equal('new')
    expect((await Promise.allSettled([finish('new')])).map(codeOf)).to.deep.equal(['not_rebuilding'])
  })
})
