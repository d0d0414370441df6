import { expect } from 'chai'
import { createEvents } from '../../src/events.js'
import { instanceId } from '../../src/ids.js'
import { createLogger } from '../../src/logger.js'
import { runScript } from '../../src/redis/define-script.js'
import { createLeaseKeeper } from '../../src/redis/leases.js'
import { releaseLeaseScript, renewLeaseScript, takeLeaseScript } from '../../src/redis/scripts.js'
import { createLiveState, type LiveState } from '../support/live-state.js'
import { startOwnRedis, type OwnRedis } from '../support/servers.js'
import { until } from '../support/until.js'

const logger = createLogger({ level: 'silent', pretty: false })
const events = createEvents(logger)

describe('leases', () => {
  let own: OwnRedis
  let live: LiveState
  const stops: (() => Promise<unknown>)[] = []
  before(async () => {
    own = await startOwnRedis()
    live = await createLiveState({ url: own.url })
  })
  beforeEach(() => live.redis.flushall())
  afterEach(async () => {
    await Promise.all(stops.splice(0).map((stop) => stop()))
  })
  after(async () => {
    await live.close()
    await own.stop()
  })

  const lease = () => ({ lease: live.keys.lease('work') })
  let attempts = 0
  const take = (holder: string, ttlMs = 60_000, attempt = `attempt${++attempts}`) =>
    runScript(live.redis, takeLeaseScript, lease(), { holder, ttlMs, attempt, least: '0' })
  const renew = (holder: string, token: string, ttlMs = 60_000) =>
    runScript(live.redis, renewLeaseScript, lease(), { holder, token, ttlMs })
  const release = (holder: string, token: string) =>
    runScript(live.redis, releaseLeaseScript, lease(), { holder, token })
  const taken = async (holder: string, ttlMs?: number): Promise<string> => {
    const reply = await take(holder, ttlMs)
    if (reply.tag !== 'held') throw new Error(`the lease is ${reply.tag}`)
    return reply.token
  }

  it('are held by one, who can renew and release them with the token, and by nobody else', async () => {
    const token = await taken('one')
    expect(await take('two')).to.deep.equal({ tag: 'taken', holder: 'one' })
    expect(await take('one')).to.deep.equal({ tag: 'taken', holder: 'one' })
    expect(await renew('two', token)).to.equal('lost')
    expect(await renew('one', '1')).to.equal('lost')
    expect(await renew('one', token, 90_000)).to.equal('renewed')
    expect(await live.redis.pttl(lease().lease)).to.be.within(80_000, 90_000)
    expect(await release('two', token)).to.equal('lost')
    expect(await release('one', token)).to.equal('released')
    expect(await release('one', token)).to.equal('lost')
    expect((await take('two')).tag).to.equal('held')
  })

  it('are told again to an attempt that is sent again because its answer was lost, and to no other', async () => {
    const first = await take('one', 60_000, 'a1')
    expect(first.tag).to.equal('held')
    expect(await take('one', 60_000, 'a1')).to.deep.equal(first)
    expect(await take('one', 60_000, 'a2')).to.deep.equal({ tag: 'taken', holder: 'one' })
    expect(await take('two', 60_000, 'a1')).to.deep.equal({ tag: 'taken', holder: 'one' })
  })

  it('pass on when they run out, and their late holder cannot touch them any more', async () => {
    const token = await taken('one', 5)
    const next = await until('the lease has run out', async () => {
      const reply = await take('two')
      return reply.tag === 'held' && reply.token
    })
    expect(await renew('one', token)).to.equal('lost')
    expect(await release('one', token)).to.equal('lost')
    expect(await renew('two', next)).to.equal('renewed')
  })

  it('give each holder a greater token than the one before, even after Redis lost everything', async () => {
    const tokens: bigint[] = []
    for (let i = 0; i < 20; i++) {
      const token = await taken('one')
      tokens.push(BigInt(token))
      if (i % 2 === 0) await release('one', token)
      else await live.redis.flushall()
    }
    for (const [i, token] of tokens.entries()) if (i > 0) expect(token > (tokens[i - 1] ?? 0n)).to.equal(true)
    // Postgres compares them as bigint.
    expect(tokens.at(-1)! < 2n ** 63n).to.equal(true)
  })

  it('are won by exactly one of many at once', async () => {
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        runScript(live.connect(), takeLeaseScript, lease(), {
          holder: `holder-${i}`,
          ttlMs: 60_000,
          attempt: 'a',
          least: '0',
        }),
      ),
    )
    expect(replies.filter(({ tag }) => tag === 'held')).to.have.length(1)
  })

  describe('kept by workers', () => {
    /** Who works, and the most that ever worked at once. */
    const shift = () => ({ working: new Set<string>(), most: 0, tokens: [] as bigint[] })
    const keep = (name: string, on: ReturnType<typeof shift>, ttlMs = 900, redis = live.connect()) => {
      const keeper = createLeaseKeeper({ redis, keys: live.keys, instance: instanceId(name), logger, events })
      const kept = keeper.keep({
        name: 'work',
        ttlMs,
        onHeld: async (token) => {
          on.working.add(name)
          on.most = Math.max(on.most, on.working.size)
          on.tokens.push(BigInt(token))
          return { stop: async () => void on.working.delete(name) }
        },
      })
      stops.push(kept.stop)
      return { keeper, kept }
    }
    const someone = (on: ReturnType<typeof shift>) => until('somebody works', () => on.working.values().next().value)

    it('let one work at a time; when it stops, the next goes on at once', async () => {
      const on = shift()
      const all = new Map(['one', 'two', 'three'].map((name) => [name, keep(name, on)]))
      const first = await someone(on)
      const holder = all.get(first)
      expect(await holder?.keeper.holder('work')).to.equal(first)
      expect(holder?.kept.token()).to.equal(String(on.tokens[0]))
      await holder?.kept.stop()
      expect(holder?.kept.token()).to.equal(undefined)
      const second = await someone(on)
      expect(second).not.to.equal(first)
      expect(on.most).to.equal(1)
    })

    it('are renewed for as long as the work lasts', async () => {
      const on = shift()
      keep('one', on, 500)
      await someone(on)
      const since = performance.now()
      keep('two', on, 500)
      await until('three times the lease has passed', () => performance.now() - since > 1_500)
      expect([...on.working]).to.deep.equal(['one'])
      expect(on.tokens).to.have.length(1)
    })

    it('end the work of a holder whose lease was taken away, with a greater token for the next', async () => {
      const on = shift()
      keep('one', on)
      await someone(on)
      await live.redis.flushall()
      const other = await taken('two', 1_000)
      await until('the holder has noticed', () => on.working.size === 0)
      await someone(on)
      expect(on.tokens).to.have.length(2)
      expect(on.tokens[1]! > BigInt(other) && BigInt(other) > on.tokens[0]!).to.equal(true)
    })

    it('end the work in good time when Redis does not answer, and go on when it does', async () => {
      const on = shift()
      keep('one', on, 700)
      await someone(on)
      const deadSince = performance.now()
      await own.kill()
      await until('the holder has stopped', () => on.working.size === 0)
      expect(performance.now() - deadSince).to.be.lessThan(700)
      // Long enough for attempts to take the lease to be given up, and to wait for Redis to come back.
      await until('attempts were given up', () => performance.now() - deadSince > 1_600)
      await own.restart()
      const backSince = performance.now()
      await someone(on)
      expect(performance.now() - backSince).to.be.lessThan(5_000)
      expect(on.most).to.equal(1)
    })

    it('do not leave a lease with nobody behind when Redis was away for longer than the lease', async () => {
      const on = shift()
      await own.kill()
      const connection = live.connect()
      const ttlMs = 1_500
      const { kept } = keep('one', on, ttlMs, connection)
      const since = performance.now()
      // The next attempt waits behind the one that was given up: that one then takes the lease, for nobody.
      await until('an attempt was given up', () => performance.now() - since > 2_000)
      const back = new Promise((resolve) => connection.once('ready', resolve))
      await own.restart()
      await back
      const backSince = performance.now()
      await someone(on)
      expect(performance.now() - backSince, 'before such a lease would end by itself').to.be.lessThan(ttlMs - 100)
      await kept.stop()
    })

    it('are given back when what the work writes is refused, and taken again with a token that is not', async () => {
      const fence = BigInt(Date.now() + 3_600_000) * 1_000n
      const tokens: string[] = []
      const lost: string[] = []
      const keeper = createLeaseKeeper({
        redis: live.redis,
        keys: live.keys,
        instance: instanceId('one'),
        logger,
        events: { leaseLost: (name) => void lost.push(name) },
      })
      let worksStill = false
      const kept = keeper.keep({
        name: 'work',
        ttlMs: 600,
        fence: async () => fence,
        onHeld: async (token, holding) => {
          tokens.push(token)
          const isRefused = BigInt(token) < fence
          return {
            ...(isRefused && { refused: Promise.resolve() }),
            stop: async () => {
              worksStill ||= isRefused && holding()
            },
          }
        },
      })
      stops.push(kept.stop)
      await until('it is held again', () => tokens.length === 2)
      expect(tokens[1]).to.equal(String(fence + 1n))
      expect(await live.redis.get(lease().lease)).to.contain(`one:${fence + 1n}:`)
      expect(lost).to.deep.equal(['work'])
      expect(worksStill).to.equal(false)
    })

    it('are given back when the work cannot begin, and tried again', async () => {
      const on = shift()
      let attempts = 0
      const keeper = createLeaseKeeper({
        redis: live.redis,
        keys: live.keys,
        instance: instanceId('one'),
        logger,
        events,
      })
      const kept = keeper.keep({
        name: 'work',
        ttlMs: 200,
        onHeld: async () => {
          if (++attempts < 3) throw new Error('cannot')
          on.working.add('one')
          return { stop: async () => undefined }
        },
      })
      stops.push(kept.stop)
      await someone(on)
      expect(attempts).to.equal(3)
    })
  })
})
