import { expect } from 'chai'
import { userId } from '../../src/ids.js'
import { broadcastsTable } from '../../src/postgres/broadcasts.js'
import { startServiceProcess, type ServiceProcess } from '../support/service-process.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'

describe('a broadcast whose sender is killed', function () {
  this.timeout(60_000)
  let stage: Stage
  const services: ServiceProcess[] = []
  const start = async (): Promise<ServiceProcess> => {
    const service = await startServiceProcess(stage.env)
    services.push(service)
    return service
  }
  before(async () => {
    stage = await openStage({ env: { GROUP_STOCK: '0', COURIER_RATE: '50' } })
  })
  after(async () => {
    await Promise.all(services.map((service) => service.kill()))
    await stage.close()
  })

  it('goes on with the next one, and nobody gets it twice', async () => {
    let service = await start()
    const all = await Promise.all(Array.from({ length: 30 }, (_, n) => stage.people.create(`Person ${n}`)))
    await Promise.all(all.map((person) => person.ask('/start', /who are you/i)))
    const table = broadcastsTable(stage.db)
    const id = await table.create({
      text: 'Once only',
      entities: null,
      photo: null,
      buttonText: null,
      buttonUrl: null,
      gender: null,
      language: null,
      seenWithinS: null,
      madeBy: 'cli',
    })
    // Killed while Telegram takes its time with a message, which it delivers all the same.
    await stage.people.fault({ surface: 'bot', method: 'sendMessage', skip: 8, delayMs: 2_000 })
    await table.start(id)
    await until('one is under way', () => stage.sandbox.faults.hits.length > 0, { withinMs: 20_000 })
    await service.kill()
    service = await start()
    await until('it is done', async () => (await table.get(id))?.status === 'done', { withinMs: 30_000 })
    const counts = await table.counts(id)
    expect(counts.sent + counts.doubt).to.equal(30)
    let arrived = 0
    for (const person of all) {
      const times = (await person.messages()).filter(({ text }) => text.startsWith('Once only')).length
      expect(times, `${person.firstName} (${userId(person.id)})`).to.be.lessThan(2)
      arrived += times
    }
    expect(arrived).to.be.at.least(counts.sent)
    await service.stop()
  })
})
