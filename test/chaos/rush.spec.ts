import { expect } from 'chai'
import type { RoomId } from '../../src/ids.js'
import { createCrowd, everybodyIsFree, nothingIsBroken, recovered, seeded } from '../support/crowd.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'

const PEOPLE = 200
/** Nothing crashed here, and so much work takes a while on a busy machine. */
const RUSH = { busyMs: 20_000 }

describe('everybody at once', function () {
  this.timeout(180_000)
  let stage: Stage
  before(async () => {
    stage = await openStage({ env: { GROUP_STOCK: String(PEOPLE / 2), HOST_LEASE: '3s' }, hosts: 2 })
    await stage.startService()
    await until('the stock is full', async () => (await stage.redis.scard(stage.keys.stock)) >= PEOPLE / 2, {
      withinMs: 60_000,
    })
  })
  after(() => stage.close())

  it('200 people who search in the same moment are all paired, each pair in a group of its own', async () => {
    const crowd = await createCrowd(stage, PEOPLE, seeded(1))
    await Promise.all(crowd.people.map((person) => person.say('/find')))
    await until(
      'everybody is paired',
      async () => {
        await nothingIsBroken(stage)
        return (await stage.redis.hlen(stage.keys.rooms)) === PEOPLE / 2
      },
      { withinMs: 30_000, everyMs: 250 },
    )
    await recovered(stage, RUSH)
    const rooms = await stage.db.any<{ room: RoomId; chat: string }>(
      'select room_id as room, chat_id as chat from rooms',
    )
    expect(new Set(rooms.map(({ chat }) => chat)).size).to.equal(PEOPLE / 2)
    const links = await Promise.all(crowd.people.map((person) => stage.invitation(person)))
    await Promise.all(crowd.people.map((person, index) => person.enter(links[index] ?? '')))
    await until('all rooms are open', async () => (await stage.redis.zcard(stage.keys.open)) === PEOPLE / 2, {
      withinMs: 20_000,
      everyMs: 50,
    })
    await recovered(stage, RUSH)
    await everybodyIsFree(stage, crowd, { ...RUSH, hostMs: 60_000 })
  })
})
