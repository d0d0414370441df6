import { expect } from 'chai'
import type { App } from '../../src/app/app.js'
import { ending, endTimeOf, invite, meet, untilDeleted } from '../support/meetings.js'
import { startOwnRedis, type OwnRedis } from '../support/servers.js'
import { openStage, type Stage } from '../support/stage.js'

describe('a Redis that publishes nothing about expired keys, and may not be told to', () => {
  let redis: OwnRedis
  let stage: Stage
  let app: App
  before(async () => {
    redis = await startOwnRedis(['--notify-keyspace-events', '', '--rename-command', 'CONFIG', ''])
    stage = await openStage({
      redisUrl: redis.url,
      env: { REMATCH_AFTER: '0s' },
    })
    app = await stage.startService()
    await stage.stocked(2)
  })
  afterEach(() => stage.settled())
  after(async () => {
    await stage.close()
    await redis.stop()
  })

  it('ends rooms and searches all the same, only a little later', async () => {
    const [ann, ben] = [await stage.register('Ann'), await stage.register('Ben')]
    await invite(stage, ann, ben)
    const deadline = await endTimeOf(stage, ann)
    await ann.hears(/you did not come in time/i)
    expect(Date.now() - deadline).to.be.lessThan(5_000)
    await ben.hears(/you did not come in time/i)
    const chat = await meet(stage, ann, ben)
    await endTimeOf(stage, ann)
    await ann.hears(/nobody wrote/i)
    await ben.hears(/nobody wrote/i)
    await untilDeleted(stage, chat)
    expect((await ending(stage, chat)).reason).to.equal('idle')
    await app.stop()
    await stage.startService({ WAIT_MAX: 500, WAIT_CONFIRM: 300 })
    await ann.ask('/find', /searching/i)
    await ann.hears(/still there/i)
    await ann.hears(/ended your search/i)
  })
})
