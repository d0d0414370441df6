import { expect } from 'chai'
import type { UserId } from '../../src/ids.js'
import type { FindReply } from '../../src/redis/replies.js'
import { createLiveState, people, person, seededRandom, type LiveState } from '../support/live-state.js'
import { checkInvariants } from '../support/oracle.js'
import { startOwnRedis } from '../support/servers.js'

describe('find, many times', () => {
  let live: LiveState
  before(async () => (live = await createLiveState()))
  beforeEach(() => live.reset())
  after(() => live.close())

  const ann = person(1)
  const findAll = (users: readonly UserId[]): Promise<FindReply[]> => Promise.all(users.map((user) => live.find(user)))

  it('pairs at random: each of six has each other as partner about equally often', async () => {
    const six = people(6)
    const rounds = 300
    const met = new Map<string, number>()
    for (let round = 0; round < rounds; round++) {
      await live.reset()
      await live.stock(3)
      await findAll(six)
      for (const { a, b } of await live.rooms.list('inviting', 0, 3)) {
        const key = [a, b].sort().join()
        met.set(key, (met.get(key) ?? 0) + 1)
      }
    }
    // 15 possible pairs, 3 a round: 60 times each on average, with a standard deviation of 7.
    expect(met.size).to.equal(15)
    for (const [pair, times] of met) expect(times, pair).to.be.within(25, 95)
  })

  it('pairs a newcomer with any of those who wait about equally often', async () => {
    const waiters = people(8)
    const chosen = new Map<string, number>()
    for (let round = 0; round < 240; round++) {
      await live.reset()
      for (const user of waiters) await live.find(user)
      await live.stock(1)
      await live.waitingSet.match()
      const [room] = await live.rooms.list('inviting', 0, 1)
      for (const user of room ? [room.a, room.b] : []) chosen.set(user, (chosen.get(user) ?? 0) + 1)
    }
    for (const user of waiters) expect(chosen.get(user) ?? 0, user).to.be.within(25, 100)
  })

  it('keeps the promises of every reply through 200 random ticks', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    console.log(`      seed ${seed}`)
    const random = seededRandom(seed)
    const crowd = people(60)
    for (let tick = 0; tick < 200; tick++) {
      if (random() < 0.5) await live.stock(Math.floor(random() * 4))
      const finders = crowd.filter(() => random() < 0.1)
      const replies = await findAll(finders)
      for (const [i, user] of finders.entries()) {
        const where = await live.waitingSet.whereabouts(user)
        const reply = replies[i]
        if (reply?.tag === 'waiting') expect(where.state).to.equal('waiting')
        else expect(where).to.deep.equal({ state: 'paired', room: reply && 'room' in reply ? reply.room : reply?.tag })
      }
      for (const { id, a } of await live.rooms.list('inviting', 0, 100))
        if (random() < 0.3) await live.rooms.close(id, { reason: 'left', by: a })
      expect(await checkInvariants({ ...live, settled: false })).to.deep.equal([])
    }
  })

  it('asks for the same work of Redis whether 100 or 20,000 people wait', async () => {
    const own = await startOwnRedis()
    const alone = await createLiveState({ url: own.url })
    const work = async (waiting: number): Promise<number> => {
      const batch = people(waiting, 1_000)
      for (let i = 0; i < batch.length; i += 5_000) {
        const some = batch.slice(i, i + 5_000)
        await alone.redis.hset(alone.keys.people, ...some.flatMap((user) => [user, '|1000||']))
        await alone.redis.sadd(alone.keys.waiting, ...some)
        await alone.redis.zadd(alone.keys.waits, ...some.flatMap((user) => [1e13, user]))
      }
      await alone.stock(40)
      const monitor = await alone.connect().monitor()
      let values = 0
      monitor.on('monitor', (_time: string, args: string[], source: string) => {
        if (source === 'lua') values += args.length
      })
      await alone.find(ann)
      await alone.waitingSet.match()
      // What the monitor says of this command comes after what it said of the script.
      const seen = new Promise<void>((resolve) =>
        monitor.on('monitor', (_time: string, args: string[]) => args[1] === 'the-end' && resolve()),
      )
      await alone.redis.echo('the-end')
      await seen
      monitor.disconnect()
      await alone.clear()
      await alone.finishRebuild()
      return values
    }
    const few = await work(100)
    const many = await work(20_000)
    expect(few).to.be.greaterThan(100)
    expect(many).to.be.lessThan(few * 1.2)
    await alone.close()
    await own.stop()
  })
})
