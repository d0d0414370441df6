import { expect } from 'chai'
import type { UserId } from '../../src/ids.js'
import { createLiveState, people, type LiveState } from '../support/live-state.js'
import { checkInvariants } from '../support/oracle.js'

describe('find among those who met', () => {
  let live: LiveState
  before(async () => (live = await createLiveState()))
  beforeEach(() => live.reset())
  afterEach(async () => expect(await checkInvariants({ ...live, settled: false })).to.deep.equal([]))
  after(() => live.close())

  const [ann, bob, cid, dan] = people(4) as [UserId, UserId, UserId, UserId]
  const placeOf = async (user: UserId) => (await live.waitingSet.whereabouts(user)).state
  /** They wait for longer than last partners must, each with these for last partners. */
  const haveWaited = async (...met: readonly (readonly [UserId, ...UserId[]])[]) => {
    for (const [user] of met) await live.find(user)
    const since = (await live.waitingSet.now()) - live.settings.rematchAfterMs - 1_000
    for (const [user, ...recents] of met)
      await live.redis.hset(live.keys.people, user, `|${since}||${recents.join(',')}`)
  }
  /** Chance decides in which order people are looked at: what must not happen has this many chances to. */
  const TRIES = 12

  it('whoever met neither is paired with one of two recent partners, however long those have waited for a room', async () => {
    for (let i = 0; i < TRIES; i++) {
      await live.reset()
      await haveWaited([ann, bob], [bob, ann])
      expect(await live.find(cid)).to.deep.equal({ tag: 'waiting', count: 3, already: false, noGroup: true })
      await live.stock(1)
      expect(await live.waitingSet.match()).to.equal(1)
      expect(await placeOf(cid), `try ${i}`).to.equal('paired')
    }
  })

  it('as many fresh pairs are made as there can be, and recent partners meet again among who is left', async () => {
    for (let i = 0; i < TRIES; i++) {
      await live.reset()
      await haveWaited([ann, bob], [bob, ann], [cid, dan], [dan, cid])
      await live.stock(2)
      expect(await live.waitingSet.match()).to.equal(2)
      for (const { a, b } of await live.rooms.list('inviting', 0, 2))
        expect(
          [a, b].filter((user) => user === ann || user === bob),
          `try ${i}`,
        ).to.have.length(1)
    }
    await live.reset()
    await haveWaited([ann, bob], [bob, ann])
    await live.stock(1)
    expect(await live.waitingSet.match()).to.equal(1)
  })

  it('a find brings recent partners together again only if there is nobody else', async () => {
    await haveWaited([ann, bob], [bob, ann])
    await live.stock(1)
    expect(await live.find(bob)).to.include({ tag: 'paired' })
    for (let i = 0; i < TRIES; i++) {
      await live.reset()
      await haveWaited([ann, bob], [bob, ann], [cid, dan])
      await live.stock(1)
      await live.find(bob)
      expect(await placeOf(cid), `try ${i}`).to.equal('paired')
    }
  })

  it('the odd one out of a tick without groups is told that a group is missing, whoever met all others is not', async () => {
    const found = await Promise.all([ann, bob, cid].map((user) => live.find(user)))
    for (const reply of found) expect(reply).to.include({ tag: 'waiting', noGroup: true })
    await live.reset()
    await live.redis.hset(live.keys.people, cid, `|||${ann},${bob}`)
    const replies = await Promise.all([ann, bob, cid].map((user) => live.find(user)))
    expect(replies.map((reply) => reply.tag === 'waiting' && reply.noGroup)).to.deep.equal([true, true, false])
  })
})
