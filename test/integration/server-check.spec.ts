import { expect } from 'chai'
import { Redis } from 'ioredis'
import { checkRedisServer, type Finding } from '../../src/redis/server-check.js'
import { startOwnRedis, type OwnRedis } from '../support/servers.js'

describe('redis/server-check', () => {
  let server: OwnRedis
  let redis: Redis
  before(async () => {
    server = await startOwnRedis()
    redis = new Redis(server.url, { protocol: 2 })
  })
  after(async () => {
    redis.disconnect()
    await server.stop()
  })
  beforeEach(async () => {
    await redis.config('SET', 'notify-keyspace-events', '')
    await redis.config('SET', 'maxmemory-policy', 'noeviction')
    await redis.config('SET', 'appendonly', 'no')
    await redis.config('SET', 'save', '')
  })

  const check = async (setWhatItMay = false, on = redis): Promise<Record<Finding['name'], Finding>> =>
    Object.fromEntries(
      (await checkRedisServer(on, { setWhatItMay })).map((finding) => [finding.name, finding]),
    ) as Record<Finding['name'], Finding>
  const setting = async (name: string): Promise<string | undefined> => (await redis.config('GET', name))[1]

  it('names the version, tries a script and measures how far away the server is', async () => {
    const { version, scripting, latency } = await check()
    expect(version).to.include({ ok: true, required: true })
    expect(version.words).to.match(/^(Redis|Valkey) \d+\.\d+\.\d+$/)
    expect(scripting).to.include({ ok: true, required: true })
    expect(latency.words).to.match(/answers in [\d.]+ ms/)
  })

  it('adds the missing notifications, and keeps those of others', async () => {
    await redis.config('SET', 'notify-keyspace-events', 'Kg')
    expect((await check(true)).notifications).to.include({ ok: true })
    const flags = (await setting('notify-keyspace-events')) ?? ''
    for (const flag of 'KgEx') expect(flags).to.contain(flag)
    expect((await check(true)).notifications.words).to.equal(`notify-keyspace-events is "${flags}"`)
  })

  it('takes A for x, which it contains', async () => {
    await redis.config('SET', 'notify-keyspace-events', 'AE')
    expect((await check()).notifications.ok).to.equal(true)
  })

  it('sets the policy that throws nothing away', async () => {
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru')
    expect((await check(true)).eviction).to.include({ ok: true })
    expect(await setting('maxmemory-policy')).to.equal('noeviction')
  })

  it('says exactly what to change where it may not', async () => {
    await redis.config('SET', 'notify-keyspace-events', 'K')
    await redis.config('SET', 'maxmemory-policy', 'volatile-ttl')
    const { notifications, eviction } = await check(false)
    expect(notifications).to.include({ ok: false, required: false })
    expect(notifications.words).to.contain('CONFIG SET notify-keyspace-events KEx')
    expect(eviction).to.include({ ok: false, required: false })
    expect(eviction.words).to.contain('CONFIG SET maxmemory-policy noeviction')
    expect(await setting('notify-keyspace-events')).to.equal('K')
    expect(await setting('maxmemory-policy')).to.equal('volatile-ttl')
  })

  it('says what is kept over a restart', async () => {
    expect((await check()).persistence).to.include({ ok: false, required: false })
    await redis.config('SET', 'save', '900 1')
    expect((await check()).persistence.words).to.contain('save 900 1')
    await redis.config('SET', 'appendonly', 'yes')
    expect((await check()).persistence).to.include({ ok: true })
  })

  describe('with a server that forbids things', () => {
    let limited: Redis
    const as = async (user: string, ...rules: string[]): Promise<Redis> => {
      await redis.acl('SETUSER', user, 'reset', 'on', '>pw', '~*', '&*', '+@all', ...rules)
      limited = new Redis(server.url, { protocol: 2, username: user, password: 'pw' })
      return limited
    }
    afterEach(() => limited.disconnect())

    it('goes on without CONFIG, and says what to look for', async () => {
      const found = await check(true, await as('managed', '-config'))
      expect(found.version.ok).to.equal(true)
      expect(found.notifications).to.include({ ok: false, required: false })
      expect(found.notifications.words).to.contain('contains E and x')
      expect(found.eviction.words).to.contain('maxmemory-policy is noeviction')
      expect(found.persistence.ok).to.equal(true)
    })

    it('says what to set where it may read, but not set', async () => {
      const found = await check(true, await as('readonly', '-config', '+config|get'))
      expect(found.notifications.ok).to.equal(false)
      expect(found.notifications.words).to.contain('set notify-keyspace-events to Ex where the server is managed')
    })

    it('says that scripts are needed', async () => {
      const found = await check(true, await as('scriptless', '-eval', '-evalsha'))
      expect(found.scripting).to.include({ ok: false, required: true })
      expect(found.scripting.words).to.contain('allow EVAL')
    })
  })
})
