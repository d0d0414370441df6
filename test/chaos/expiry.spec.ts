import { expect } from 'chai'
import { createCrowd, everybodyIsFree, recovered, seeded } from '../support/crowd.js'
import { endTimeOf, roomOf } from '../support/meetings.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'

describe('an expiry that many hear, again and again', function () {
  this.timeout(120_000)
  let stage: Stage
  before(async () => {
    stage = await openStage({ env: { NO_SHOW_COOLDOWN: '0s', HOST_LEASE: '3s' } })
    await Promise.all([stage.startService(), stage.startService(), stage.startService()])
    await stage.stocked(3)
  })
  after(() => stage.close())

  it('ends each room once, and tells each person once', async () => {
    const crowd = await createCrowd(stage, 6, seeded(13))
    const { redis, keys } = stage
    await Promise.all(crowd.people.map((person) => person.say('/find')))
    await Promise.all(crowd.people.map((person) => stage.invitation(person)))
    const rooms = await redis.hkeys(keys.rooms)
    expect(rooms).to.have.length(3)
    const where = await Promise.all(crowd.people.map((person) => roomOf(stage, person)))
    for (const [index, person] of crowd.people.entries())
      if (where[index]?.a === String(person.id)) await endTimeOf(stage, person, 500)
    // Hints for all of them, before their time, at it and after it.
    await until('all rooms are gone', async () => {
      for (const room of rooms) await redis.publish('__keyevent@0__:expired', `${keys.roomLeasePrefix}${room}`)
      return (await redis.hlen(keys.rooms)) === 0
    })
    await recovered(stage, { hostMs: 3_000 })
    const ended = await stage.db.any<{ reason: string }>('select reason from rooms')
    expect(ended.map(({ reason }) => reason)).to.deep.equal(['no_show', 'no_show', 'no_show'])
    for (const person of crowd.people) {
      const said = (await person.messages()).filter(({ from }) => from === person.bot)
      const invited = said.findIndex(({ buttons }) => (buttons ?? []).flat().some(({ url }) => url !== undefined))
      expect(said.slice(invited + 1)).to.have.length(1)
    }
    await everybodyIsFree(stage, crowd, { hostMs: 3_000 })
  })
})
