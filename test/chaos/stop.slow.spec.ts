import { expect } from 'chai'
import { setTimeout as pause } from 'node:timers/promises'
import { startOwnRedis, type OwnRedis } from '../support/servers.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'

describe('stopping while Redis is away', function () {
  this.timeout(60_000)
  let own: OwnRedis
  let stage: Stage
  beforeEach(async () => {
    own = await startOwnRedis(['--appendonly', 'yes', '--appendfsync', 'always'])
    stage = await openStage({ redisUrl: own.url, env: { GROUP_STOCK: '1', HOST_LEASE: '3s' } })
  })
  afterEach(async () => {
    await stage.close()
    await own.stop()
  })

  it('ends', async () => {
    const app = await stage.startService()
    await stage.stocked(1)
    await own.kill()
    const askedAt = performance.now()
    await app.stop()
    expect(performance.now() - askedAt).to.be.lessThan(12_000)
    await own.restart()
  })

  it('ends when some connections are back, and others still wait to reconnect', async () => {
    const app = await stage.startService()
    await stage.stocked(1)
    await own.kill()
    // The longer it is away, the more the connections are apart from each other.
    await pause(1_500)
    await own.restart()
    await until('Redis answers', () => stage.redis.ping())
    const askedAt = performance.now()
    await app.stop()
    expect(performance.now() - askedAt).to.be.lessThan(6_000)
  })
})
