import { expect } from 'chai'
import { fromBotApiId } from '../../src/sandbox/world/chat-id.js'
import { chatState, ending, invite, meet, registerTwo, roomOf, untilDeleted } from '../support/meetings.js'
import type { Stage } from '../support/stage.js'
import type { TelegramPerson } from '../support/telegram-people.js'
import { until } from '../support/until.js'
import { useStage } from '../support/use-stage.js'

describe('GROUP_DISPOSAL=recycle', () => {
  let stage: Stage
  // One group, and never another: whoever meets, meets there.
  const env = { GROUP_DISPOSAL: 'recycle', GROUP_STOCK: '1', GROUP_BUDGET: '1', REMATCH_AFTER: '0s' }
  useStage({ env }, 1, (opened) => (stage = opened))

  const two = () => registerTwo(stage)
  const part = async (one: TelegramPerson, other: TelegramPerson) => {
    await one.ask('/stop', /left the room/)
    await other.hears(/partner has left/i)
  }
  const inStock = () =>
    until('the group is in stock', async () => (await stage.redis.scard(stage.keys.stock)) === 1, { withinMs: 8_000 })

  it('the next pair meets in the same group and finds nothing of the one before', async () => {
    const [ann, ben] = await two()
    const chat = await meet(stage, ann, ben)
    await ann.say('my secret', chat)
    await until('Ben reads it', async () => (await ben.messages(chat)).some(({ text }) => text === 'my secret'))
    await part(ann, ben)
    await inStock()
    expect(await ann.groups()).to.deep.equal([])
    const { members, title, owner } = await chatState(stage, chat)
    expect(members.map(({ id }) => id)).to.have.members([owner, ann.bot])
    expect(title).not.to.match(/Ann|Ben/)
    const [cat, dan] = await Promise.all([stage.register('Cat'), stage.register('Dan')])
    expect(await meet(stage, cat, dan)).to.equal(chat)
    const texts = (await cat.messages(chat)).map(({ text }) => text).join('\n')
    expect(texts)
      .not.to.include('my secret')
      .and.not.to.match(/Ann|Ben/)
    await dan.say('another secret', chat)
    await part(cat, dan)
    expect((await ending(stage, chat)).reason).to.equal('left')
    await inStock()
  })

  it('people who were there before can come again', async () => {
    const [ann, ben] = await two()
    const chat = await meet(stage, ann, ben)
    await part(ann, ben)
    await inStock()
    expect(await meet(stage, ben, ann)).to.equal(chat)
    await part(ben, ann)
    await inStock()
  })

  it('somebody who waits is invited as soon as the group is back', async () => {
    const [ann, ben] = await two()
    const [cat, dan] = await Promise.all([stage.register('Cat'), stage.register('Dan')])
    await meet(stage, ann, ben)
    await cat.ask('/find', /searching/i)
    await dan.ask('/find', /no new ones can be made/i)
    await part(ann, ben)
    await Promise.all([stage.invitation(cat), stage.invitation(dan)])
    expect((await roomOf(stage, cat))?.id).to.equal((await roomOf(stage, dan))?.id)
    await part(cat, dan)
    await inStock()
  })

  it('whoever else got in is out before the group is used again', async () => {
    const [ann, ben] = await two()
    const chat = await meet(stage, ann, ben)
    const eve = await stage.people.create('Eve')
    await stage.people.fault({ surface: 'bot', method: 'update', wire: 'drop-before', times: 2 })
    stage.world.members.add(fromBotApiId(chat) ?? 0, (await chatState(stage, chat)).owner, eve.id)
    await stage.people.clearFaults()
    await part(ann, ben)
    await inStock()
    expect(await eve.groups()).to.deep.equal([])
  })

  it('a step that Telegram refuses has the group deleted instead', async () => {
    const [ann, ben] = await two()
    const links = await invite(stage, ann, ben)
    const { chat } = await ann.enter(links[0])
    await ann.hears(/you are in/i)
    await stage.people.fault({ surface: 'mtproto', method: 'channels.deleteHistory', error: 'CHAT_ADMIN_REQUIRED' })
    await part(ann, ben)
    await untilDeleted(stage, chat)
    await until('no group is known any more', async () => (await stage.redis.hlen(stage.keys.groups)) === 0)
  })
})
