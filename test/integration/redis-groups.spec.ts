import { expect } from 'chai'
import type { UserId } from '../../src/ids.js'
import { createLiveState, group, HOST, people, type LiveState } from '../support/live-state.js'
import { checkInvariants } from '../support/oracle.js'

describe('the group stock', () => {
  let live: LiveState
  before(async () => (live = await createLiveState()))
  beforeEach(() => live.reset())
  afterEach(async () => expect(await checkInvariants({ ...live, settled: false })).to.deep.equal([]))
  after(() => live.close())

  const [ann, bob] = people(2) as [UserId, UserId]
  const chat = group(1)

  it('takes a prepared group once, and tells the ledger', async () => {
    expect(await live.groups.add(chat, HOST)).to.equal('stocked')
    expect(await live.groups.add(chat, HOST)).to.equal('known')
    expect(await live.groups.size()).to.equal(1)
    expect(await live.groups.stocked()).to.deep.equal([{ chat, host: HOST }])
    const facts = await live.mailbox('ledger')
    expect(facts).to.have.length(1)
    expect(facts[0]).to.include({ type: 'stocked', chat, host: HOST })
  })

  it('gives a group away to one room only, and does not take it back while that room holds it', async () => {
    const room = await live.pair(ann, bob)
    expect(await live.groups.add(room.chat, HOST)).to.equal('known')
    expect(await live.groups.retire(room.chat, HOST)).to.equal('in_use')
    expect(await live.groups.forget(room.chat)).to.equal('in_use')
    expect(await live.rooms.roomIn(room.chat)).to.include({ id: room.id })
    expect(await live.rooms.roomIn(group(99))).to.equal(undefined)
  })

  it('lets a group go that is broken: retired, disposed of, forgotten', async () => {
    await live.groups.add(chat, HOST)
    expect(await live.groups.forget(chat)).to.equal('in_use')
    expect(await live.groups.retire(chat, HOST)).to.equal('retired')
    expect(await live.groups.size()).to.equal(0)
    expect(await live.mailbox('host:1')).to.deep.equal([{ type: 'dispose', chat, room: '' }])
    expect(await live.groups.retire(chat, HOST)).to.equal('in_use')
    expect(await live.groups.forget(chat)).to.equal('forgotten')
    expect(await live.groups.forget(chat)).to.equal('unknown')
    expect(await live.groups.retire(chat, HOST)).to.equal('unknown')
    expect(await live.groups.place(chat)).to.equal(undefined)
  })

  it('takes a cleaned group back', async () => {
    await live.groups.add(chat, HOST)
    await live.groups.retire(chat, HOST)
    expect(await live.groups.add(chat, HOST)).to.equal('stocked')
    expect(await live.groups.place(chat)).to.equal('stock')
  })

  it('names every group with its place', async () => {
    await live.groups.add(group(1), HOST)
    await live.groups.add(group(2), HOST)
    await live.groups.retire(group(2), HOST)
    const places = new Map<string, string>()
    for await (const [id, place] of live.groups.places()) places.set(id, place)
    expect(Object.fromEntries(places)).to.deep.equal({ [group(1)]: 'stock', [group(2)]: 'disposing' })
  })

  it('is not emptied twice by finds and retirements that race', async () => {
    const other = live.storesOn(live.connect())
    for (let round = 0; round < 100; round++) {
      await live.reset()
      const [stocked] = await live.stock(1)
      if (stocked === undefined) return expect.fail('nothing in stock')
      await live.find(ann)
      const [retired, found] = await Promise.all([
        live.groups.retire(stocked, HOST),
        other.waitingSet.find(bob, live.nextUpdate()),
      ])
      expect(retired === 'retired').to.equal(found.tag === 'waiting')
      expect(await checkInvariants({ ...live, settled: false })).to.deep.equal([])
    }
  })
})
