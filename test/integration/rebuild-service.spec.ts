import { expect } from 'chai'
import { userId } from '../../src/ids.js'
import type { App } from '../../src/app/app.js'
import { startOwnRedis, type OwnRedis } from '../support/servers.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'

describe('the service when Redis loses its data', () => {
  let server: OwnRedis
  let stage: Stage
  let app: App
  before(async () => {
    server = await startOwnRedis()
    stage = await openStage({ redisUrl: server.url, env: { GROUP_STOCK: '3' } })
    app = await stage.startService()
    await stage.stocked(3)
  })
  after(async () => {
    await stage.close()
    await server.stop()
  })

  const inARoom = async (one: string, two: string, enter: boolean) => {
    const [ann, ben] = [await stage.register(one), await stage.register(two)]
    await ann.say('/find')
    await ann.hears(/searching/i)
    await ben.say('/find')
    const links = [await stage.invitation(ann), await stage.invitation(ben)] as const
    if (enter) {
      await ann.enter(links[0])
      await ben.enter(links[1])
      await until('the welcome line stands', async () => {
        const [group] = await ann.groups()
        return group && (await ann.messages(group.id)).some(({ from }) => from === ann.bot)
      })
    }
    return { ann, ben, links }
  }
  /** Facts reach Postgres within a second; what is lost within that second is not what these tests are about. */
  const written = () =>
    until('the ledger has written everything', async () => (await stage.redis.xlen(stage.keys.mailbox('ledger'))) === 0)
  const stands = () =>
    until('Redis stands again', async () => (await stage.redis.exists(stage.keys.epoch)) === 1, { withinMs: 10_000 })

  it('goes on: who waits waits, rooms stand, invitations hold, and all of it ends as ever', async () => {
    const open = await inARoom('Ann', 'Ben', true)
    const invited = await inARoom('Cem', 'Dan', false)
    const eve = await stage.register('Eve')
    await eve.say('/find')
    await eve.hears(/searching/i)
    await written()

    await loseAll()
    await stands()
    await eve.hears(/search/i)
    expect((await app.parts.waitingSet.whereabouts(userId(eve.id))).state).to.equal('waiting')

    // The invited ones come in by the links that they have.
    await invited.ann.enter(invited.links[0])
    await invited.ben.enter(invited.links[1])
    await until(
      'both are inside',
      async () => (await invited.ann.groups()).length === 1 && (await invited.ben.groups()).length === 1,
    )
    // The room that was open ends by one of its two.
    await open.ann.say('/stop')
    await until(
      'the group is gone for both',
      async () => (await open.ann.groups()).length + (await open.ben.groups()).length === 0,
    )
    await invited.ben.say('/stop')
    await until('the other group is gone', async () => (await invited.ann.groups()).length === 0)
    await eve.say('/stop')
    await stage.settled()
  })

  it('holds again within ten seconds when everything is lost in the middle of it all', async () => {
    const { ann, ben } = await inARoom('Fay', 'Gus', false)
    await loseAll()
    await Promise.all([ann.say('/find'), ben.say('/find')])
    await loseAll()
    await stands()
    await stage.settled()
    await ann.say('/stop')
    await ben.say('/stop')
    await stage.settled()
  })

  const loseAll = () => stage.redis.flushall()
})
