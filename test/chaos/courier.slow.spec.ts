import { expect } from 'chai'
import { createTell } from '../../src/mailbox/tell.js'
import { userId } from '../../src/ids.js'
import { createCrowd, recovered, seeded } from '../support/crowd.js'
import { startServiceProcess, type ServiceProcess } from '../support/service-process.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'

const PEOPLE = 60

describe('a courier that stands still in the middle of its round', function () {
  this.timeout(90_000)
  let stage: Stage
  const services: ServiceProcess[] = []
  before(async () => {
    stage = await openStage({ env: { COURIER_RATE: '12', HOST_LEASE: '3s' } })
  })
  after(async () => {
    await Promise.all(services.map((service) => service.kill()))
    await stage.close()
  })

  it('is replaced, and repeats nothing when it goes on', async () => {
    const crowd = await createCrowd(stage, PEOPLE, seeded(9))
    const { redis, keys } = stage
    // Whoever starts first has the lease; a bot can only write to those who wrote first.
    const first = await startServiceProcess(stage.env)
    services.push(first)
    const second = await startServiceProcess(stage.env)
    services.push(second)
    await Promise.all(crowd.people.map((person) => person.say('/stop')))
    const heard = async () =>
      (
        await Promise.all(
          crowd.people.map(async (person) => (await person.messages()).filter((m) => m.from === person.bot)),
        )
      ).map((messages) => messages.length)
    const sum = (counts: number[]) => counts.reduce((all, one) => all + one, 0)
    await until('everybody is answered', async () => sum(await heard()) === PEOPLE, { withinMs: 15_000, everyMs: 50 })

    const tell = createTell(redis, keys)
    for (const person of crowd.people)
      await tell('courier', { type: 'notice', to: userId(person.id), notice: 'nothing_to_stop', args: '{}' })
    await until('it is in the middle of it', async () => sum(await heard()) > PEOPLE + PEOPLE / 4, { withinMs: 10_000 })
    first.freeze()
    await until('the other has done the rest', async () => (await redis.xlen(keys.mailbox('courier'))) === 0, {
      withinMs: 20_000,
      everyMs: 50,
    })
    first.thaw()
    await recovered(stage)
    const twice = (await heard()).filter((count) => count > 2)
    expect(Math.min(...(await heard()))).to.equal(2)
    // What was on its way to Telegram in the instant of the standstill may come twice.
    expect(twice.length).to.be.at.most(1)
  })
})
