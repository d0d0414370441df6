import { expect } from 'chai'
import { person } from '../support/live-state.js'
import { createRememberedState, type RememberedState } from '../support/remembered-state.js'
import { startOwnRedis, type OwnRedis } from '../support/servers.js'

describe('redis/rebuild, when an older copy came back', () => {
  let server: OwnRedis
  let state: RememberedState
  before(async () => {
    server = await startOwnRedis()
    state = await createRememberedState({ url: server.url })
  })
  after(async () => {
    await state.end()
    await server.stop()
  })
  beforeEach(() => state.begin())

  /** Every key of the deployment as it is now. */
  const dump = async () => {
    const found = await state.redis.keys(`{${state.prefix}}:*`)
    return Promise.all(
      found.map(async (key) => ({ key, ttl: await state.redis.pttl(key), value: await state.redis.dumpBuffer(key) })),
    )
  }
  const restore = async (copies: Awaited<ReturnType<typeof dump>>) => {
    await state.redis.flushall()
    for (const { key, ttl, value } of copies)
      if (value !== null) await state.redis.restore(key, Math.max(0, ttl), value)
  }

  it('notices that Postgres is further than Redis, and puts back what Postgres knows', async () => {
    const open = await state.opened(person(1), person(2))
    await state.find(person(3))
    await state.settle()
    const copy = await dump()
    await state.rooms.close(open.id, { reason: 'left', by: person(1) })
    await state.waitingSet.stop(person(3))
    await state.find(person(4))
    await state.write()
    await restore(copy)
    expect((await state.room(open.id)).stage).to.equal('open')
    expect(await state.rebuild.check()).to.equal('rebuilt')
    expect((await state.room(open.id)).stage).to.equal('closing')
    expect((await state.waitingSet.whereabouts(person(3))).state).to.equal('idle')
    expect((await state.waitingSet.whereabouts(person(4))).state).to.equal('waiting')
    expect(await state.wrong()).to.deep.equal([])
    // The old copy's messages are gone with it.
    expect((await state.mailbox('courier')).map(({ to, notice }) => [to, notice])).to.deep.equal([
      [person(4), 'search_goes_on'],
    ])
  })

  it('goes by Postgres about a pause of matching, not by the copy', async () => {
    const open = await state.opened(person(1), person(2))
    await state.waitingSet.pause('cli')
    await state.settle()
    const copy = await dump()
    await state.waitingSet.resume()
    await state.rooms.close(open.id, { reason: 'left', by: person(1) })
    await state.write()
    await restore(copy)
    expect(await state.waitingSet.pausedBy()).to.equal('cli')
    expect(await state.rebuild.check()).to.equal('rebuilt')
    expect(await state.waitingSet.pausedBy()).to.equal(null)

    await state.tables.deployment.setPausedBy('cli')
    await state.redis.flushall()
    expect(await state.rebuild.check()).to.equal('rebuilt')
    expect(await state.waitingSet.pausedBy()).to.equal('cli')
    await state.tables.deployment.setPausedBy(null)
  })

  it('notices another epoch', async () => {
    await state.find(person(1))
    await state.settle()
    const copy = await dump()
    await state.redis.flushall()
    await state.rebuild.check()
    await state.waitingSet.stop(person(1))
    await state.write()
    await restore(copy)
    expect(await state.rebuild.check()).to.equal('rebuilt')
    expect(await state.waitingSet.count()).to.equal(0)
    expect(await state.rebuild.check()).to.equal('whole')
  })
})
