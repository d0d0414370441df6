import { expect } from 'chai'
import { fromBotApiId } from '../../src/sandbox/world/chat-id.js'
import { chatState, ending, endTimeOf, invite, meet, registerTwo, roomOf, untilDeleted } from '../support/meetings.js'
import { openStage, type Stage } from '../support/stage.js'
import type { TelegramPerson } from '../support/telegram-people.js'
import { until } from '../support/until.js'
import { useStage } from '../support/use-stage.js'

describe('how rooms end', () => {
  let stage: Stage
  useStage({ env: { GROUP_STOCK: '4', REMATCH_AFTER: '10m' } }, 4, (opened) => (stage = opened))

  const two = () => registerTwo(stage)
  const owner = async (chat: number): Promise<number> => (await chatState(stage, chat)).owner
  const world = (chat: number): number => fromBotApiId(chat) ?? 0
  /** The row of the room, and a group that is gone for both. */
  const endedBy = async (chat: number, reason: string, by: TelegramPerson | undefined, people: TelegramPerson[]) => {
    await untilDeleted(stage, chat)
    expect(await ending(stage, chat)).to.deep.equal({ reason, by: by === undefined ? null : String(by.id) })
    for (const person of people) expect(await person.groups()).to.deep.equal([])
  }

  it('/stop: both are told, the group is gone, the link is dead', async () => {
    const [ann, ben] = await two()
    const chat = await meet(stage, ann, ben)
    const { link } = (await roomOf(stage, ann)) ?? {}
    const told = await ann.ask('/stop', /you have left the room/i)
    expect(told.text).to.match(/group disappears/)
    await ben.hears(/partner has left/i)
    await endedBy(chat, 'left', ann, [ann, ben])
    const stranger = await stage.people.create('Old link')
    const refused = await stranger.enter(link ?? '').then(
      () => 'let in',
      () => 'refused',
    )
    expect(refused).to.equal('refused')
  })

  it("Telegram's own leave button is /stop", async () => {
    const [ann, ben] = await two()
    const chat = await meet(stage, ann, ben)
    await ben.leave(chat)
    await ben.hears(/you have left the room/i)
    await ann.hears(/partner has left/i)
    await endedBy(chat, 'left', ben, [ann, ben])
  })

  it('/next leaves and searches on in one step; the partner is told', async () => {
    const [ann, ben] = await two()
    const chat = await meet(stage, ann, ben)
    const told = await ann.ask('/next', /you have left the room/i)
    expect(told.text).to.match(/searching for the next one.*nobody else is here/i)
    await ben.hears(/partner has left/i)
    await endedBy(chat, 'left', ann, [ann, ben])
    const cat = await stage.register('Cat')
    await cat.say('/find')
    await Promise.all([stage.invitation(ann), stage.invitation(cat)])
    const room = await roomOf(stage, ann)
    expect([room?.a, room?.b]).to.have.members([String(ann.id), String(cat.id)])
    // Before anybody came in, too.
    await cat.ask('/next', /searching for the next one/i)
    await ann.hears(/partner has left/i)
    await cat.ask('/stop', /not searching/)
  })

  it('blocking the bot takes a person out of the search, out of an invitation, and out of a room', async () => {
    const [ann, ben] = await two()
    await ann.ask('/find', /searching/i)
    await ann.block(true)
    await until('Ann waits no more', async () => (await stage.redis.scard(stage.keys.waiting)) === 0)
    await ben.ask('/find', /nobody else is here/i)
    await ann.block(false)
    await ann.hears(/not searching any more/i)
    await ann.say('/find')
    await Promise.all([stage.invitation(ann), stage.invitation(ben)])
    await ann.block(true)
    await ben.hears(/partner has left the bot/i)
    expect(await roomOf(stage, ben)).to.equal(undefined)
    const [cat, dan] = await two()
    const chat = await meet(stage, cat, dan)
    await dan.block(true)
    await cat.hears(/partner has left the bot/i)
    await endedBy(chat, 'blocked_bot', dan, [cat, dan])
    await cat.ask('/find', /searching/i)
    await cat.ask('/stop', /not searching/)
  })

  it('the bot is removed from the group: both are told and free, and the group is deleted', async () => {
    const [ann, ben] = await two()
    const chat = await meet(stage, ann, ben)
    stage.world.members.ban(world(chat), await owner(chat), ann.bot, ['view_messages'])
    const told = await ann.hears(/I was removed from the group/i)
    expect(told.text).to.match(/first in line/)
    await ben.hears(/I was removed from the group/i)
    await endedBy(chat, 'bot_removed', undefined, [ann, ben])
  })

  it('the bot loses its rights in the group: the room is closed', async () => {
    const [ann, ben] = await two()
    const chat = await meet(stage, ann, ben)
    stage.world.members.promote(world(chat), await owner(chat), ann.bot, ['change_info'])
    await Promise.all([ann, ben].map((person) => person.hears(/lost my rights/i)))
    await endedBy(chat, 'bot_removed', undefined, [ann, ben])
  })

  it('the host account deletes the group behind our back: the room is closed', async () => {
    const [ann, ben] = await two()
    const chat = await meet(stage, ann, ben)
    stage.world.chats.delete(world(chat), await owner(chat))
    await Promise.all([ann, ben].map((person) => person.hears(/room is closed/i)))
    await endedBy(chat, 'bot_removed', undefined, [ann, ben])
  })

  it('a link that Telegram does not make: both are told, and first in line; the group is not used again', async () => {
    const [ann, ben] = await two()
    await stage.people.fault({
      surface: 'bot',
      method: 'createChatInviteLink',
      error: '400:Bad Request: CHAT_RESTRICTED',
      times: 3,
    })
    await ann.ask('/find', /searching/i)
    await ben.say('/find')
    expect((await ann.hears(/something broke on our side/i)).text).to.match(/first in line/)
    await ben.hears(/something broke on our side/i)
    const { chat } = await until('the room is remembered', () =>
      stage.db.oneOrNone<{ chat: string }>('SELECT chat_id::text AS chat FROM rooms WHERE $1 IN (a, b)', [ann.id]),
    )
    await endedBy(Number(chat), 'lost', undefined, [ann, ben])
  })

  it('a title that Telegram refuses keeps nobody from being welcomed', async () => {
    const [ann, ben] = await two()
    await stage.people.fault({ surface: 'bot', method: 'setChatTitle', error: '400:Bad Request: CHAT_TITLE_INVALID' })
    const chat = await meet(stage, ann, ben)
    await ann.ask('/stop', /left the room/)
    await ben.hears(/partner has left/i)
    await untilDeleted(stage, chat)
  })

  it('a link that comes late because Telegram fails for a moment is a link all the same', async () => {
    const [ann, ben] = await two()
    await stage.people.fault({ surface: 'bot', method: 'createChatInviteLink', error: '502' })
    await invite(stage, ann, ben)
    await ann.ask('/stop', /left the room/)
    await ben.hears(/partner has left/i)
  })

  it('nobody writes: both are told, and the group is deleted', async () => {
    const [ann, ben] = await two()
    const chat = await meet(stage, ann, ben)
    await endTimeOf(stage, ann)
    await ann.hears(/nobody wrote for 30 minutes/i)
    const told = await ben.hears(/nobody wrote/i)
    await endedBy(chat, 'idle', undefined, [ann, ben])
    await ben.tap(told, /search again/i)
    await ben.hears(/searching…/i)
    await ben.ask('/stop', /not searching/)
  })
})

describe('how rooms end by themselves', () => {
  let stage: Stage
  before(async () => {
    stage = await openStage({ env: { ROOM_MAX_AGE: '2500ms', REMATCH_AFTER: '10m' } })
    await stage.startService()
    await stage.stocked(2)
  })
  afterEach(() => stage.settled())
  after(() => stage.close())

  it('at the greatest age, however much they write', async () => {
    const [ann, ben] = [await stage.register('Ann'), await stage.register('Ben')]
    const begunAt = performance.now()
    const chat = await meet(stage, ann, ben)
    let said = 0
    await until(
      'the room is closed',
      async () => {
        if (!(await roomOf(stage, ann))) return true
        await ben.say(`still here ${++said}`, chat).catch(() => undefined)
        return false
      },
      { everyMs: 100 },
    )
    expect(performance.now() - begunAt).to.be.greaterThan(2_500)
    await ann.hears(/open for \d seconds, which is as long/i)
    await ben.hears(/as long as a room lives/i)
    await untilDeleted(stage, chat)
    expect((await ending(stage, chat)).reason).to.equal('max_age')
  })
})
