import { expect } from 'chai'
import type { UserId } from '../../src/ids.js'
import { createLiveState, people, type LiveState } from '../support/live-state.js'
import { checkInvariants } from '../support/oracle.js'
import { until } from '../support/until.js'

describe('the claim of a room', () => {
  let live: LiveState
  before(async () => (live = await createLiveState()))
  beforeEach(() => live.reset())
  afterEach(async () => expect(await checkInvariants({ ...live, settled: false })).to.deep.equal([]))
  after(() => live.close())

  const [ann, bob] = people(2) as [UserId, UserId]

  it('lets one act at a time, and has the holder look again when somebody else came', async () => {
    const { id } = await live.pair(ann, bob)
    await live.drain('room')
    const claimed = await live.rooms.claim(id, 'one', 10_000)
    if (claimed.tag !== 'room') return expect.fail(claimed.tag)
    expect(claimed.room).to.include({ id, stage: 'inviting' })
    const busy = await live.rooms.claim(id, 'two', 10_000)
    expect(busy).to.deep.equal({ tag: 'busy', claimUntil: claimed.now + 10_000 })
    expect(await live.rooms.release(id, 'two')).to.equal('lost')
    expect(await live.rooms.release(id, 'one')).to.equal('again')
    expect(await live.mailbox('room')).to.deep.equal([{ type: 'look', room: id }])
    expect((await live.rooms.claim(id, 'two', 10_000)).tag).to.equal('room')
    expect(await live.rooms.release(id, 'two')).to.equal('released')
    expect(await live.rooms.release(id, 'two')).to.equal('lost')
    expect(await live.mailbox('room')).to.have.length(1)
  })

  it('keeps the mark of whoever came while the holder prolongs it', async () => {
    const { id } = await live.pair(ann, bob)
    await live.drain('room')
    await live.rooms.claim(id, 'one', 10_000)
    expect((await live.rooms.claim(id, 'two', 10_000)).tag).to.equal('busy')
    expect((await live.rooms.claim(id, 'one', 10_000)).tag).to.equal('room')
    expect(await live.rooms.release(id, 'one')).to.equal('again')
    expect(await live.mailbox('room')).to.deep.equal([{ type: 'look', room: id }])
  })

  it('passes on when it has run out, and the late holder cannot give away what is not theirs', async () => {
    const { id } = await live.pair(ann, bob)
    await live.rooms.claim(id, 'one', 1)
    await until('the claim has run out', async () => (await live.rooms.claim(id, 'two', 10_000)).tag === 'room')
    expect(await live.rooms.release(id, 'one')).to.equal('lost')
    expect((await live.rooms.claim(id, 'three', 10_000)).tag).to.equal('busy')
  })

  it('is won by exactly one of many', async () => {
    const { id } = await live.pair(ann, bob)
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, i) => live.storesOn(live.connect()).rooms.claim(id, `token-${i}`, 10_000)),
    )
    expect(replies.filter(({ tag }) => tag === 'room')).to.have.length(1)
    expect(replies.filter(({ tag }) => tag === 'busy')).to.have.length(19)
  })

  it('does not stand in the way of what people do meanwhile', async () => {
    const room = await live.invited(ann, bob)
    await live.rooms.claim(room.id, 'one', 10_000)
    expect(await live.rooms.enter(room.id, ann)).to.equal('entered')
    expect(await live.rooms.close(room.id, { reason: 'left', by: bob })).to.include({ tag: 'closed' })
    expect(await live.rooms.release(room.id, 'one')).to.equal('released')
  })

  it('of a room that is gone is gone', async () => {
    const room = await live.pair(ann, bob)
    await live.rooms.close(room.id, { reason: 'left', by: ann })
    await live.rooms.finish(await live.room(room.id), 'stock')
    expect(await live.rooms.claim(room.id, 'one', 10)).to.deep.equal({ tag: 'gone' })
    expect(await live.rooms.release(room.id, 'one')).to.equal('lost')
  })
})
