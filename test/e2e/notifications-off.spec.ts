import { expect } from 'chai'
import { ending, invite, meet, roomOf, untilDeleted } from '../support/meetings.js'
import { startOwnRedis, type OwnRedis } from '../support/servers.js'
import { openStage, type Stage } from '../support/stage.js'

describe('a Redis that publishes nothing about expired keys, and may not be told to', () => {
  let redis: OwnRedis
  let stage: Stage
  before(async () => {
    redis = await startOwnRedis(['--notify-keyspace-events', '', '--rename-command', 'CONFIG', ''])
    stage = await openStage({
      redisUrl: redis.url,
      env: {
        ROOM_ENTRY_TIMEOUT: '1s',
        ROOM_IDLE_TIMEOUT: '700ms',
        WAIT_MAX: '500ms',
        WAIT_CONFIRM: '300ms',
        REMATCH_AFTER: '0s',
      },
    })
    await stage.startService()
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
    const room = await roomOf(stage, ann)
    await ann.hears(/you did not come in time/i)
    expect(Date.now() - (room?.deadline ?? 0)).to.be.lessThan(1_000)
    await ben.hears(/you did not come in time/i)
    const chat = await meet(stage, ann, ben)
    await ann.hears(/nobody wrote/i)
    await ben.hears(/nobody wrote/i)
    await untilDeleted(stage, chat)
    expect((await ending(stage, chat)).reason).to.equal('idle')
    await ann.ask('/find', /searching/i)
    await ann.hears(/still there/i)
    await ann.hears(/ended your search/i)
  })
})
