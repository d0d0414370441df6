import { expect } from 'chai'
import { LeaseLostError } from '../../src/errors.js'
import { instanceId, type UserId } from '../../src/ids.js'
import { runScript } from '../../src/redis/define-script.js'
import { createGroups } from '../../src/redis/groups.js'
import { leaseNames } from '../../src/redis/lease-names.js'
import { releaseLeaseScript, takeLeaseScript } from '../../src/redis/scripts.js'
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
    expect(await live.groups.forget(room.chat, HOST)).to.equal('in_use')
    expect(await live.rooms.roomIn(room.chat)).to.include({ id: room.id })
    expect(await live.rooms.roomIn(group(99))).to.equal(undefined)
  })

  it('lets a group go that is broken: retired, disposed of, forgotten', async () => {
    await live.groups.add(chat, HOST)
    expect(await live.groups.forget(chat, HOST)).to.equal('in_use')
    expect(await live.groups.retire(chat, HOST)).to.equal('retired')
    expect(await live.groups.size()).to.equal(0)
    expect(await live.mailbox('host:1')).to.deep.equal([{ type: 'dispose', chat, room: '' }])
    expect(await live.groups.retire(chat, HOST)).to.equal('in_use')
    expect(await live.groups.forget(chat, HOST)).to.equal('forgotten')
    expect(await live.groups.forget(chat, HOST)).to.equal('unknown')
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

  describe('when a host writes', () => {
    const holding = async (name: string) => {
      const holder = instanceId(name)
      const lease = live.keys.lease(leaseNames.host(HOST))
      const taken = await runScript(
        live.redis,
        takeLeaseScript,
        { lease },
        {
          holder,
          ttlMs: 60_000,
          attempt: 'a1',
          least: '0',
        },
      )
      if (taken.tag !== 'held') throw new Error(`taken by ${taken.holder}`)
      const { token } = taken
      const release = () => runScript(live.redis, releaseLeaseScript, { lease }, { holder, token })
      return { groups: createGroups(live.redis, live.keys, { holder, token }), release }
    }
    /** Everything that its scripts could change. */
    const seen = async () => [
      await live.redis.hgetall(live.keys.groups),
      await live.groups.stocked(),
      await live.mailbox('host:1'),
      await live.mailbox('ledger'),
    ]

    it('obeys the holder of its lease', async () => {
      const { groups } = await holding('one')
      expect(await groups.add(chat, HOST)).to.equal('stocked')
      expect(await groups.retire(chat, HOST)).to.equal('retired')
      expect(await groups.forget(chat, HOST)).to.equal('forgotten')
    })

    it('refuses a former holder, who can change nothing: whether nobody holds the lease or another does', async () => {
      const [stocked, disposing, unknown] = [group(1), group(2), group(3)]
      const former = await holding('one')
      await live.groups.add(stocked, HOST)
      await live.groups.add(disposing, HOST)
      await live.groups.retire(disposing, HOST)
      await former.release()
      const before = await seen()
      const tryAll = async () => {
        for (const write of [
          () => former.groups.add(unknown, HOST),
          () => former.groups.add(disposing, HOST),
          () => former.groups.retire(stocked, HOST),
          () => former.groups.forget(disposing, HOST),
        ])
          expect(await write().catch((error: unknown) => error)).to.be.instanceOf(LeaseLostError)
        expect(await seen()).to.deep.equal(before)
      }
      await tryAll()
      const next = await holding('two')
      await tryAll()
      await next.release()
      // The same process again, by another token.
      const again = await holding('one')
      await tryAll()
      expect(await again.groups.forget(disposing, HOST)).to.equal('forgotten')
    })
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
