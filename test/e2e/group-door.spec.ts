import { expect } from 'chai'
import { fromBotApiId } from '../../src/sandbox/world/chat-id.js'
import { chatState, invite, meet, registerTwo, roomOf, untilDeleted } from '../support/meetings.js'
import type { Stage } from '../support/stage.js'
import type { TelegramPerson } from '../support/telegram-people.js'
import { until } from '../support/until.js'
import { useStage } from '../support/use-stage.js'

describe('the door of a group', () => {
  let stage: Stage
  useStage({ env: { REMATCH_AFTER: '0s', GROUP_STOCK: '2' } }, 2, (opened) => (stage = opened))

  const two = () => registerTwo(stage)
  const part = async (ann: TelegramPerson, ben: TelegramPerson, chat: number) => {
    await ann.ask('/stop', /left the room/)
    await ben.hears(/partner has left/i)
    await untilDeleted(stage, chat)
  }
  const worldId = (chat: number): number => fromBotApiId(chat) ?? 0

  it('declines a stranger with a forwarded link, and lets in the one whose link it was', async () => {
    const [ann, ben] = await two()
    const eve = await stage.people.create('Eve')
    const [link] = await invite(stage, ann, ben)
    const { chat, status } = await eve.enter(link)
    expect(status).to.equal('requested')
    await until('Eve is declined', async () => !(await chatState(stage, chat)).requests.includes(eve.id))
    expect(await eve.groups()).to.deep.equal([])
    await ann.enter(link)
    await ann.hears(/you are in/i)
    await ben.enter(link)
    await until('both are in', async () => (await roomOf(stage, ann))?.stage === 'open')
    await part(ann, ben, chat)
  })

  it('revokes the link when both are in', async () => {
    const [ann, ben] = await two()
    const chat = await meet(stage, ann, ben)
    const { links, members } = await chatState(stage, chat)
    expect(links.filter(({ createsJoinRequest }) => createsJoinRequest).map(({ revoked }) => revoked)).to.deep.equal([
      true,
    ])
    const owner = (await chatState(stage, chat)).owner
    expect(members.map(({ id }) => id)).to.have.members([owner, ann.bot, ann.id, ben.id])
    await part(ann, ben, chat)
  })

  it('puts out a third person, whom somebody added, at once', async () => {
    const [ann, ben] = await two()
    const chat = await meet(stage, ann, ben)
    const eve = await stage.people.create('Eve')
    stage.world.members.add(worldId(chat), (await chatState(stage, chat)).owner, eve.id)
    await until('Eve is out', async () => (await eve.groups()).length === 0)
    expect((await roomOf(stage, ann))?.stage).to.equal('open')
    await part(ann, ben, chat)
  })

  it('puts out whoever gets into a group in stock, who may still be invited to it later', async () => {
    await stage.stocked(1)
    const chat = Number((await stage.redis.srandmember(stage.keys.stock))?.split(':')[0])
    const eve = await stage.register('Eve')
    stage.world.members.add(worldId(chat), (await chatState(stage, chat)).owner, eve.id)
    await until('Eve is out', async () => (await eve.groups()).length === 0)
    await until('Eve is not banned', () => {
      const group = stage.world.chats.byId.get(worldId(chat))
      return group && stage.world.members.find(group, eve.id)?.status === 'left'
    })
    expect(await stage.redis.hget(stage.keys.groups, String(chat))).to.equal('stock')
  })

  it('tells a person whom Telegram does not let into one more group, and lets them in when there is room', async () => {
    const [ann, ben] = await two()
    await stage.people.fault({ surface: 'bot', method: 'approveChatJoinRequest', error: 'USER_CHANNELS_TOO_MUCH' })
    const [link] = await invite(stage, ann, ben)
    const { chat } = await ann.enter(link)
    const told = await ann.hears(/as many groups and channels as it allows/i)
    expect((told.buttons ?? []).flat().map(({ url }) => url)).to.deep.equal([link])
    await ann.enter(link)
    await until('Ann is in', async () => (await ann.groups()).length === 1)
    await part(ann, ben, chat)
  })

  it('lets people in although the answers of Telegram get lost', async () => {
    const [ann, ben] = await two()
    await stage.people.fault({ surface: 'bot', method: 'approveChatJoinRequest', wire: 'drop-after' })
    await stage.people.fault({ surface: 'bot', method: 'getChatMember', error: '502', times: 2 })
    const chat = await meet(stage, ann, ben)
    await part(ann, ben, chat)
  })
})
