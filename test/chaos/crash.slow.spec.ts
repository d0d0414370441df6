import { setTimeout as pause } from 'node:timers/promises'
import { chaosSeed, createCrowd, everybodyIsFree, nothingIsBroken, recovered, seeded } from '../support/crowd.js'
import { startServiceProcess } from '../support/service-process.js'
import { openStage, type Stage } from '../support/stage.js'

const HOST_LEASE_MS = 3_000
const aftermath = { hostMs: HOST_LEASE_MS }

describe('kill -9 of the whole service', function () {
  this.timeout(240_000)
  let stage: Stage
  before(async () => {
    stage = await openStage({ env: { HOST_LEASE: `${HOST_LEASE_MS}ms`, GROUP_STOCK: '8' } })
  })
  after(() => stage.close())

  it('at random moments of a busy crowd leaves nothing broken', async () => {
    const random = seeded(chaosSeed())
    let service = await startServiceProcess(stage.env)
    await stage.stocked(4)
    const crowd = await createCrowd(stage, 30, random)
    const bustle = crowd.bustle(60)
    for (let round = 0; round < 5; round++) {
      await pause(500 + random() * 2_500)
      await service.kill()
      // People go on pressing buttons while nobody is there.
      await pause(random() * 2_000)
      await nothingIsBroken(stage)
      service = await startServiceProcess(stage.env)
    }
    await bustle.stop()
    await recovered(stage, aftermath)
    await everybodyIsFree(stage, crowd, aftermath)
    await service.stop()
  })
})
