import { expect } from 'chai'
import { fromBotApiId } from '../../src/sandbox/world/chat-id.js'
import { chatState, invite, roomOf, untilDeleted } from '../support/meetings.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'

describe('the stock of groups and those who search', () => {
  let stage: Stage
  before(async () => {
    stage = await openStage({ env: { GROUP_STOCK: '1', REMATCH_AFTER: '0s' } })
    await stage.startService()
    await stage.stocked(1)
  })
  afterEach(async () => {
    await stage.people.clearFaults()
    await stage.settled()
  })
  after(() => stage.close())

  it('says when only a group is missing, and pairs as soon as there is one', async () => {
    const [ann, ben, cat, dan] = await Promise.all(['Ann', 'Ben', 'Cat', 'Dan'].map((name) => stage.register(name)))
    if (!ann || !ben || !cat || !dan) throw new Error('nobody came')
    // For as long as the test wants: each refusal ends after a second.
    await stage.people.fault({ surface: 'mtproto', method: 'channels.createChannel', error: 'FLOOD_WAIT_1', times: 99 })
    await invite(stage, ann, ben)
    expect((await cat.ask('/find', /searching/i)).text).to.match(/nobody else is here/i)
    const told = await dan.ask('/find', /searching/i)
    expect(told.text)
      .to.match(/1 other person is waiting/)
      .and.to.match(/all rooms are taken/)
    expect(await roomOf(stage, dan)).to.equal(undefined)
    await stage.people.clearFaults()
    await Promise.all([stage.invitation(cat), stage.invitation(dan)])
    expect((await roomOf(stage, cat))?.id).to.equal((await roomOf(stage, dan))?.id)
    await ann.ask('/stop', /left the room/)
    await dan.ask('/stop', /left the room/)
    await Promise.all([ben.hears(/partner has left/), cat.hears(/partner has left/)])
  })

  it('puts a group that nobody entered back, without its link, for the next two', async () => {
    const [eve, fay] = [await stage.register('Eve'), await stage.register('Fay')]
    await until('a group is in stock', async () => (await stage.redis.scard(stage.keys.stock)) > 0)
    const [link] = await invite(stage, eve, fay)
    const chat = Number((await roomOf(stage, eve))?.chat)
    await eve.ask('/stop', /left the room/)
    await fay.hears(/partner has left/)
    await until(
      'the group is in stock again',
      async () => (await stage.redis.hget(stage.keys.groups, String(chat))) === 'stock',
    )
    const group = await chatState(stage, chat)
    expect(group.deleted).to.equal(false)
    expect(group.links.find((known) => known.link === link)?.revoked).to.equal(true)
    expect(group.members.map(({ id }) => id)).to.have.members([group.owner, eve.bot])
  })

  it('never makes a room in a group that is not empty, whatever the stock says', async () => {
    const [gus, hal] = [await stage.register('Gus'), await stage.register('Hal')]
    const stranger = await stage.register('Ida')
    await until('a group is in stock', async () => (await stage.redis.scard(stage.keys.stock)) > 0)
    const [member = '', ...others] = await stage.redis.smembers(stage.keys.stock)
    const chat = Number(member.split(':')[0])
    // Others are taken out, so that chance must choose this one.
    if (others.length > 0) await stage.redis.srem(stage.keys.stock, ...others)
    // As if Redis had lost its data in the moment in which somebody came in: nobody hears of it.
    await stage.people.fault({ surface: 'bot', method: 'update', wire: 'drop-before', times: 3 })
    const { owner } = await chatState(stage, chat)
    stage.world.members.add(fromBotApiId(chat) ?? 0, owner, stranger.id)
    await stage.people.clearFaults()
    await gus.ask('/find', /searching/i)
    await hal.say('/find')
    await Promise.all([gus.hears(/something broke/i), hal.hears(/something broke/i)])
    if (others.length > 0) await stage.redis.sadd(stage.keys.stock, ...others)
    await untilDeleted(stage, chat)
    await Promise.all([gus, hal].map((person) => person.say('/find')))
    const [link] = await Promise.all([stage.invitation(gus), stage.invitation(hal)])
    expect((await gus.enter(link)).chat).not.to.equal(chat)
    await gus.ask('/stop', /left the room/)
    await hal.hears(/partner has left/)
  })
})
