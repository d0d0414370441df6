import { expect } from 'chai'
import type { UserId } from '../../src/ids.js'
import { createDeparture } from '../../src/redis/departure.js'
import { createLiveState, people, type LiveState } from '../support/live-state.js'
import { checkInvariants } from '../support/oracle.js'

describe('a ban', () => {
  let live: LiveState
  before(async () => (live = await createLiveState()))
  beforeEach(() => live.reset())
  afterEach(async () => expect(await checkInvariants({ ...live, settled: false })).to.deep.equal([]))
  after(() => live.close())

  const [ann, bob, cid] = people(3) as [UserId, UserId, UserId]
  const until = 4_000_000_000_000
  const unwritten = { reason: 'insults, "threats"', by: 'cli' }
  const ban = (user: UserId, words: object = {}) =>
    createDeparture(live)(user, { reason: 'banned', ban: { until, ...words } })
  const facts = async (type: string) => (await live.mailbox('ledger')).filter((fact) => fact['type'] === type)

  it('ends a search or a room and tells its end, in the same step', async () => {
    await live.opened(ann, bob)
    await live.find(cid)
    await live.drain('courier')
    expect(await ban(ann)).to.include({ tag: 'left' })
    expect(await ban(cid)).to.deep.equal({ tag: 'stopped' })
    expect((await live.notices(ann)).map(({ args }) => args['until'])).to.deep.equal([until])
    expect(await live.notices(cid)).to.deep.equal([{ notice: 'banned', args: { until } }])
    expect((await live.notices(bob))[0]?.args)
      .to.include({ reason: 'banned', byYou: false })
      .and.not.to.have.key('until')
    for (const user of [ann, cid]) expect(await live.find(user)).to.deep.equal({ tag: 'banned' })
  })

  it('is told to the idle where they are to be told; for good it has no end', async () => {
    expect(await ban(ann)).to.deep.equal({ tag: 'idle' })
    expect(await live.notices(ann)).to.deep.equal([])
    await ban(ann, { tell: true, until: null })
    expect(await live.notices(ann)).to.deep.equal([{ notice: 'banned', args: {} }])
  })

  it('is a fact for the ledger only where nobody wrote it down, and so is its end', async () => {
    await live.opened(ann, bob)
    await ban(cid)
    expect(await facts('banned')).to.deep.equal([])
    await ban(ann, { unwritten })
    await ban(bob, { unwritten, until: null })
    const said = (await facts('banned')).map(({ user, until: end, why: reason, by }) => ({ user, end, reason, by }))
    expect(said).to.deep.equal([
      { user: ann, end: String(until), ...unwritten },
      { user: bob, end: '', ...unwritten },
    ])
    expect(await live.waitingSet.liftBan(ann)).to.equal('lifted')
    expect(await live.waitingSet.liftBan(ann)).to.equal('not_banned')
    const [lifted, ...more] = await facts('unbanned')
    expect(more).to.deep.equal([])
    expect(lifted).to.include({ user: ann })
    expect(Math.abs(Number(lifted?.['at']) - (await live.waitingSet.now()))).to.be.below(10_000)
  })

  it('that is over by itself is nothing that the ledger lifts', async () => {
    await ban(ann)
    expect(await live.waitingSet.liftBan(ann, { over: true })).to.equal('lifted')
    expect(await live.waitingSet.whereabouts(ann)).to.include({ state: 'idle' })
    expect(await facts('unbanned')).to.deep.equal([])
  })
})
