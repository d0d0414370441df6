import { expect } from 'chai'
import { setTimeout as pause } from 'node:timers/promises'
import {
  chaosSeed,
  createCrowd,
  everybodyIsFree,
  nothingIsBroken,
  recovered,
  seeded,
  type Crowd,
} from '../support/crowd.js'
import { startOwnRedis, type OwnRedis } from '../support/servers.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'

const aftermath = { hostMs: 3_000 }
const ENV = { HOST_LEASE: '3s', GROUP_STOCK: '8' }

describe('Redis that dies', function () {
  this.timeout(180_000)
  let own: OwnRedis
  let stage: Stage
  let crowd: Crowd
  const random = seeded(chaosSeed())

  const open = async (args: readonly string[]) => {
    own = await startOwnRedis(args)
    stage = await openStage({ redisUrl: own.url, env: ENV })
    await Promise.all([stage.startService(), stage.startService()])
    await stage.stocked(8)
    crowd = await createCrowd(stage, 20, random)
  }
  afterEach(async () => {
    await stage.close()
    await own.stop()
  })

  /** A rebuild has to be over before the next loss: what it restores, the next one needs. */
  const rebuilt = async () => {
    await until('Redis stands again', async () => (await stage.redis.exists(stage.keys.epoch)) === 1, {
      withinMs: 20_000,
    })
    await pause(1_500)
  }
  const rounds = async (count: number, disturb: () => Promise<void>) => {
    const bustle = crowd.bustle(50)
    try {
      for (let round = 0; round < count; round++) {
        await pause(1_000 + random() * 2_000)
        await disturb()
      }
    } finally {
      await bustle.stop()
    }
    await recovered(stage, aftermath)
    await everybodyIsFree(stage, crowd, aftermath)
    expect((await stage.db.one<{ n: number }>('select count(*)::int as n from rooms')).n).to.be.greaterThan(5)
  }

  it('and comes back with everything loses nothing', async () => {
    await open(['--appendonly', 'yes', '--appendfsync', 'always'])
    await rounds(4, async () => {
      await own.kill()
      await pause(random() * 3_000)
      await own.restart()
      await nothingIsBroken(stage)
    })
  })

  it('and comes back empty is rebuilt', async () => {
    await open([])
    await rounds(4, async () => {
      await own.kill()
      await pause(random() * 2_000)
      await own.restart()
      await rebuilt()
    })
  })

  it('and is flushed under load is rebuilt', async () => {
    await open([])
    await rounds(5, async () => {
      await stage.redis.flushall()
      await rebuilt()
    })
  })

  it('and comes back with older data is rebuilt', async () => {
    await open([])
    await rounds(3, async () => {
      await stage.redis.save()
      await pause(1_000 + random() * 2_000)
      await own.kill()
      await own.restart()
      await rebuilt()
    })
  })
})
