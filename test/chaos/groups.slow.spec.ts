import { createCrowd, everybodyIsFree, recovered, seeded, type Crowd } from '../support/crowd.js'
import { startServiceProcess, type ServiceProcess } from '../support/service-process.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'

const HOST_LEASE_MS = 3_000
const aftermath = { hostMs: HOST_LEASE_MS + 5_000 }
const MAKING = [
  'channels.createChannel',
  'channels.togglePreHistoryHidden',
  'messages.editChatDefaultBannedRights',
  'channels.editAdmin',
]

for (const disposal of ['delete', 'recycle'] as const)
  describe(`kill -9 while a host works (GROUP_DISPOSAL=${disposal})`, function () {
    this.timeout(300_000)
    let stage: Stage
    let crowd: Crowd
    let service: ServiceProcess
    const unmaking =
      disposal === 'delete'
        ? ['channels.deleteChannel']
        : ['channels.editBanned', 'channels.deleteHistory', 'channels.getParticipants']

    before(async () => {
      stage = await openStage({ env: { HOST_LEASE: `${HOST_LEASE_MS}ms`, GROUP_STOCK: '2', GROUP_DISPOSAL: disposal } })
      service = await startServiceProcess(stage.env)
      await stage.stocked(2)
      crowd = await createCrowd(stage, 2, seeded(3))
    })
    after(async () => {
      await service.kill()
      await stage.close()
    })

    /** Two people use a group up, so that another is made and this one is disposed of. */
    const useGroup = async () => {
      for (const person of crowd.people) await person.forget()
      await Promise.all(crowd.people.map((person) => person.say('/find')))
      const links = await Promise.all(crowd.people.map((person) => stage.invitation(person)))
      await Promise.all(crowd.people.map((person, index) => person.enter(links[index] ?? '')))
      await until('the room is open', async () => (await stage.redis.zcard(stage.keys.open)) === 1)
      await Promise.all(crowd.people.map((person) => person.say('/stop')))
    }

    /** Kills the service while a call hangs: before Telegram has done it, or after. */
    const killDuring = async (method: string, done: boolean) => {
      const { faults } = stage.sandbox
      faults.clear()
      faults.hits.length = 0
      if (done) faults.add({ surface: 'mtproto', method, wire: 'no-answer' })
      else faults.add({ surface: 'mtproto', method, delayMs: 1_500, wire: 'drop-before' })
      await useGroup()
      await until(`${method} is under way`, () => faults.hits.length > 0, { withinMs: 30_000 })
      await service.kill()
      faults.clear()
      service = await startServiceProcess(stage.env)
      await recovered(stage, aftermath)
    }

    for (const [what, methods] of [
      ['making', disposal === 'delete' ? MAKING : []],
      ['disposing of', unmaking],
    ] as const)
      for (const method of methods)
        it(`${what} a group, in ${method}: each group has one place in the end, and none is lost`, async () => {
          for (const done of [true, false]) await killDuring(method, done)
          await everybodyIsFree(stage, crowd, aftermath)
          await until('the stock is full', async () => (await stage.redis.scard(stage.keys.stock)) >= 2, {
            withinMs: 10_000,
          })
        })
  })
