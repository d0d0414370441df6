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
import { startServiceProcess, type ServiceProcess } from '../support/service-process.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'

const HOST_LEASE_MS = 3_000
const aftermath = { hostMs: HOST_LEASE_MS }

describe('the service as processes that crash, stand still and stop', function () {
  this.timeout(300_000)
  let stage: Stage
  let crowd: Crowd
  const random = seeded(chaosSeed())
  const services: ServiceProcess[] = []

  const start = async (): Promise<ServiceProcess> => {
    const service = await startServiceProcess(stage.env)
    services.push(service)
    return service
  }
  const roomsMade = async () => (await stage.db.one<{ n: number }>('select count(*)::int as n from rooms')).n
  /** The crowd goes on until something has come of it: on a busy machine that takes longer. */
  const untilMoreRooms = (made: number) =>
    until('more rooms were made', async () => (await roomsMade()) > made + 10, { withinMs: 60_000, everyMs: 200 })

  before(async () => {
    stage = await openStage({ env: { HOST_LEASE: `${HOST_LEASE_MS}ms`, GROUP_STOCK: '8' } })
    const first = await start()
    await stage.stocked(4)
    crowd = await createCrowd(stage, 30, random)
    await first.stop()
  })
  afterEach(() => Promise.all(services.splice(0).map((service) => service.kill())))
  after(() => stage.close())

  it('kill -9 at random moments of a busy crowd leaves nothing broken', async () => {
    const made = await roomsMade()
    let service = await start()
    const bustle = crowd.bustle(60)
    for (let round = 0; round < 5; round++) {
      await pause(500 + random() * 2_500)
      await service.kill()
      // People go on pressing buttons while nobody is there.
      await pause(random() * 2_000)
      await nothingIsBroken(stage)
      service = await start()
    }
    await untilMoreRooms(made)
    await bustle.stop()
    await recovered(stage, aftermath)
    await everybodyIsFree(stage, crowd, aftermath)
  })

  it('of two processes side by side each may be killed: the other takes over, and a third joins', async () => {
    const made = await roomsMade()
    let [one, two] = await Promise.all([start(), start()])
    const bustle = crowd.bustle(60)
    for (let round = 0; round < 4; round++) {
      await pause(1_000 + random() * 4_000)
      const dying = random() < 0.5 ? one : two
      await dying.kill()
      const heir = await start()
      if (dying === one) one = heir
      else two = heir
    }
    await untilMoreRooms(made)
    await bustle.stop()
    await one.kill()
    await recovered(stage, aftermath)
    await everybodyIsFree(stage, crowd, aftermath)
  })

  it('a process that stands still for longer than its leases does no harm when it goes on', async () => {
    const made = await roomsMade()
    const services = await Promise.all([start(), start()])
    const bustle = crowd.bustle(40)
    for (let round = 0; round < 3; round++) {
      const still = services[round % 2]
      await pause(500 + random() * 1_500)
      still?.freeze()
      await pause(7_000 + random() * 1_000)
      await nothingIsBroken(stage)
      still?.thaw()
    }
    await untilMoreRooms(made)
    await bustle.stop()
    await recovered(stage, aftermath)
    await everybodyIsFree(stage, crowd, aftermath)
    expect(services.some((service) => service.isGone())).to.equal(false)
  })

  it('stops and starts in order under load lose nothing, and take no time', async () => {
    const bustle = crowd.bustle(60)
    for (let round = 0; round < 3; round++) {
      const service = await start()
      await pause(1_500 + random() * 1_500)
      const askedAt = performance.now()
      await service.stop()
      expect(performance.now() - askedAt).to.be.lessThan(10_000)
      await nothingIsBroken(stage)
    }
    await bustle.stop()
    await start()
    await recovered(stage, aftermath)
    await everybodyIsFree(stage, crowd, aftermath)
  })
})
