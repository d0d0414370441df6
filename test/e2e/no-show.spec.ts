import { expect } from 'chai'
import { fromBotApiId } from '../../src/sandbox/world/chat-id.js'
import { chatState, ending, endTimeOf, invite, registerTwo, roomOf, untilDeleted } from '../support/meetings.js'
import type { Stage } from '../support/stage.js'
import { RefusedBySandbox, type TelegramPerson } from '../support/telegram-people.js'
import { until } from '../support/until.js'
import { useStage } from '../support/use-stage.js'

describe('somebody does not come', () => {
  let stage: Stage
  const env = { REMATCH_AFTER: '0s', NO_SHOW_COOLDOWN: '1s', NO_SHOW_COOLDOWN_MAX: '4s' }
  useStage({ env }, 3, (opened) => (stage = opened))

  const two = () => registerTwo(stage)
  const groupOf = async (person: TelegramPerson): Promise<number> => Number((await roomOf(stage, person))?.chat)
  const deadLink = async (person: TelegramPerson, link: string) => {
    const refused = await person.enter(link).catch((error: unknown) => error)
    expect(refused).to.be.instanceOf(RefusedBySandbox)
    expect((refused as RefusedBySandbox).error).to.match(/INVITE_HASH_(EXPIRED|INVALID)/)
  }

  it('nobody: both are told why, the link dies, and the group holds the next room', async () => {
    const [ann, ben] = await two()
    const [link] = await invite(stage, ann, ben)
    const chat = await groupOf(ann)
    await endTimeOf(stage, ann)
    await Promise.all([ann, ben].map((person) => person.hears(/you did not come in time/i)))
    expect((await ending(stage, chat)).reason).to.equal('no_show')
    await until(
      'the group is in stock',
      async () => (await stage.redis.hget(stage.keys.groups, String(chat))) === 'stock',
    )
    await deadLink(ann, link)
    const [cat, dan] = await two()
    await until('the same group is the only one left', async () => {
      // Others are taken out until chance must choose this one.
      for (const member of await stage.redis.smembers(stage.keys.stock))
        if (!member.startsWith(`${chat}:`))
          await stage.redis.smove(stage.keys.stock, `${stage.keys.stock}-aside`, member)
      return (await stage.redis.scard(stage.keys.stock)) === 1
    })
    const links = await invite(stage, cat, dan)
    const aside = await stage.redis.smembers(`${stage.keys.stock}-aside`)
    if (aside.length > 0) await stage.redis.sadd(stage.keys.stock, ...aside)
    await stage.redis.del(`${stage.keys.stock}-aside`)
    expect((await cat.enter(links[0])).chat).to.equal(chat)
    await cat.hears(/you are in/i)
    await dan.enter(links[1])
    await until('both are in', async () => (await roomOf(stage, dan))?.stage === 'open')
    await cat.ask('/stop', /left the room/)
    await dan.hears(/partner has left/)
    await untilDeleted(stage, chat)
  })

  it('one: told why, the group is deleted for everyone, and one tap searches on, first in line', async () => {
    const [ann, ben] = await two()
    const links = await invite(stage, ann, ben)
    const { chat } = await ann.enter(links[0])
    await ann.hears(/you are in.*partner is on the way/i)
    await ben.hears(/partner is already in the room/i)
    await endTimeOf(stage, ann)
    const told = await ann.hears(/partner did not come in time/i)
    expect(told.text).to.match(/first in line/)
    await ben.hears(/you did not come in time/i)
    await untilDeleted(stage, chat)
    expect(await ann.groups()).to.deep.equal([])
    await deadLink(ben, links[1])
    await ann.tap(told, /search again/i)
    await ann.hears(/you are first in line/i)
    expect(await stage.redis.smembers(stage.keys.first)).to.deep.equal([String(ann.id)])
    await ann.ask('/stop', /not searching/)
  })

  it('again and again: waits longer and longer before the next search, and is forgiven in time', async () => {
    const [ann, ben] = await two()
    const miss = async (): Promise<string> => {
      const [link] = await invite(stage, ben, ann)
      await ben.enter(link)
      await ben.hears(/you are in/i)
      await endTimeOf(stage, ben)
      await ben.hears(/partner did not come/i)
      return (await ann.hears(/you did not come in time/i)).text
    }
    expect(await miss()).not.to.match(/you can search again in/)
    expect(await miss()).to.match(/not the first time.*search again in 1 second/)
    await ann.ask('/find', /you can search again in 1 second/i)
    await until('the pause is over', async () => {
      await ann.say('/find')
      return (await ann.hears(/./)).text.includes('Searching')
    })
    await ann.ask('/stop', /not searching/)
    await miss()
    const pause = Number((await stage.redis.hget(stage.keys.penalties, String(ann.id)))?.split('|')[1])
    const at = Number((await stage.redis.hget(stage.keys.penalties, String(ann.id)))?.split('|')[2])
    expect(pause - at).to.equal(2_000)
    await ann.ask('/find', /you can search again in/i)
  })

  it('one who came in although Telegram lost the news of it is no no-show', async () => {
    const [ann, ben] = await two()
    const links = await invite(stage, ann, ben)
    const { chat } = await ann.enter(links[0])
    await ann.hears(/you are in/i)
    // Nothing of it reaches the bot: not the request, not that somebody was let in.
    await stage.people.fault({ surface: 'bot', method: 'update', wire: 'drop-before', times: 20 })
    await ben.enter(links[1])
    stage.world.invites.decide(fromBotApiId(chat) ?? 0, (await chatState(stage, chat)).owner, ben.id, true)
    expect(await ben.groups()).to.have.length(1)
    expect((await roomOf(stage, ben))?.stage).to.equal('inviting')
    await endTimeOf(stage, ben)
    await until('the room is open', async () => (await roomOf(stage, ben))?.stage === 'open')
    await stage.people.clearFaults()
    await ann.ask('/stop', /left the room/)
    await ben.hears(/partner has left/)
    await untilDeleted(stage, chat)
  })

  it('one whose request to come in was never heard is let in at the deadline', async () => {
    const [ann, ben] = await two()
    const links = await invite(stage, ann, ben)
    const { chat } = await ann.enter(links[0])
    await ann.hears(/you are in/i)
    await stage.people.fault({ surface: 'bot', method: 'update', wire: 'drop-before', times: 20 })
    await ben.enter(links[1])
    await endTimeOf(stage, ben)
    await until('the room is open', async () => (await roomOf(stage, ben))?.stage === 'open')
    expect(await ben.groups()).to.have.length(1)
    await stage.people.clearFaults()
    await ann.ask('/stop', /left the room/)
    await ben.hears(/partner has left/)
    await untilDeleted(stage, chat)
  })

  it('who comes around the deadline is either in the room or told that it is closed', async () => {
    const crowd = (await Promise.all([two(), two(), two()])).flat()
    await stage.stocked(3)
    await Promise.all(crowd.map((person) => person.say('/find')))
    await Promise.all(crowd.map((person) => stage.invitation(person)))
    const rooms = new Map<string, TelegramPerson[]>()
    for (const person of crowd) {
      const id = (await roomOf(stage, person))?.id ?? ''
      rooms.set(id, [...(rooms.get(id) ?? []), person])
    }
    expect(rooms.size).to.equal(3)
    await Promise.all(
      [...rooms.values()].map(async (pair, index) => {
        const [one] = pair as [TelegramPerson]
        const { link = '' } = (await roomOf(stage, one)) ?? {}
        const deadline = await endTimeOf(stage, one, 50)
        await until('the deadline is near', () => Date.now() >= deadline - 15 + 10 * index, { everyMs: 1 })
        await Promise.all(pair.map((person) => person.enter(link).catch(() => undefined)))
      }),
    )
    await Promise.all(
      crowd.map((person) =>
        until(`${person.firstName} knows`, async () => {
          const room = await roomOf(stage, person)
          return room === undefined || room.stage === 'open'
        }),
      ),
    )
    await stage.settled()
    for (const person of crowd) if (await roomOf(stage, person)) await person.say('/stop')
  })

  it('both came and one left after moments: the other one is free at once', async () => {
    const [ann, ben] = await two()
    const links = await invite(stage, ann, ben)
    const [{ chat }] = await Promise.all([ann.enter(links[0]), ben.enter(links[1])])
    await until('Ben is inside', async () => (await ben.groups()).length === 1)
    await ben.leave(chat)
    await ann.hears(/partner has left/i)
    await ben.hears(/you have left/i)
    await untilDeleted(stage, chat)
    expect(await ending(stage, chat)).to.deep.equal({ reason: 'left', by: String(ben.id) })
  })
})
