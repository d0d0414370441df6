import { expect } from 'chai'
import { invite, meet, untilDeleted } from '../support/meetings.js'
import { openStage, type Stage } from '../support/stage.js'
import type { TelegramPerson } from '../support/telegram-people.js'

describe('what people write, and what the bot answers', () => {
  let stage: Stage
  let ann: TelegramPerson
  let ben: TelegramPerson
  before(async () => {
    stage = await openStage({ env: { REMATCH_AFTER: '0s' } })
    await stage.startService()
    await stage.stocked(2)
    ann = await stage.register('Ann')
    ben = await stage.register('Ben')
  })
  afterEach(() => stage.settled())
  after(() => stage.close())

  it('/help, /privacy, /profile, and what it does not know', async () => {
    expect((await ann.ask('/help', /two strangers/)).text)
      .to.include('/find')
      .and.to.include('/privacy')
    expect((await ann.ask('/privacy', /what is stored/i)).text).to.include(String(ann.id))
    await ann.ask('/profile', /Nickname: Ann/)
    await ann.ask('/dance', /I do not know this command/)
    await ann.ask('/FIND@visavis_bot', /searching/i)
    await ann.ask('/stop', /not searching/)
    await ann.ask('/stop', /nothing to stop/i)
    await ann.ask('/next', /searching/i)
    await ann.ask('/stop', /not searching/)
  })

  it('texts, stickers, forwards and edits get a short answer that is true', async () => {
    await ann.ask('hello?', /nobody reads what you write here/i)
    await ann.ask('x'.repeat(4_096), /nobody reads what you write here/i)
    await ann.send({ sticker: true })
    await ann.hears(/nobody reads/i)
    await ann.send({ text: '/find', forwardFrom: ben.id })
    await ann.hears(/nobody reads/i)
    await ann.ask('/find', /searching/i)
    const said = await ann.say('are you there?')
    await ann.hears(/still searching; nobody reads/i)
    await ann.send({ text: 'are you here?', edit: said.id })
    await ann.hears(/do not look at edited messages/i)
    await ann.ask('/stop', /not searching/)
  })

  it('while somebody is invited, and while they are in a room', async () => {
    const links = await invite(stage, ann, ben)
    const again = await ann.ask('/find', /your partner is found and your room is ready/i)
    expect((again.buttons ?? []).flat().map(({ url }) => url)).to.include(links[0])
    await ann.ask('hello', /write in the group of your room/i)
    const { chat } = await ann.enter(links[0])
    await ann.hears(/you are in/i)
    await ann.ask('/find', /you are in. your partner is on the way/i)
    await ben.enter(links[1])
    await ann.ask('/profile', /Nickname: Ann/)
    await ann.ask('/find', /you are in a room/i)
    await ann.ask('hello', /your partner does not see/i)
    await ann.ask('/stop', /left the room/)
    await ben.hears(/partner has left/)
    await untilDeleted(stage, chat)
  })

  it('says before the first room, and only then, that the other will see the profile', async () => {
    const [cat, dan] = [await stage.register('Cat'), await stage.register('Dan')]
    await Promise.all([cat.say('/find'), dan.say('/find')])
    expect((await cat.hears(/✨ somebody is here/i)).text).to.match(/sees your Telegram profile/)
    expect((await dan.hears(/✨ somebody is here/i)).text).to.match(/sees your Telegram profile/)
    await cat.ask('/stop', /left the room/)
    await dan.hears(/partner has left/)
    await Promise.all([cat.say('/find'), dan.say('/find')])
    expect((await cat.hears(/✨ somebody is here/i)).text).not.to.match(/profile/)
    await dan.hears(/✨ somebody is here/i)
    await cat.ask('/stop', /left the room/)
    await dan.hears(/partner has left/)
  })

  it('commands in the group do what they do in private, and are answered there', async () => {
    const chat = await meet(stage, ann, ben)
    await ann.say('/help@visavis_bot', chat)
    await ann.hears(/two strangers/)
    await ann.say('/find', chat)
    await ann.hears(/you are in a room/i)
    await ann.say('/dance', chat)
    await ben.say('/next', chat)
    await ben.hears(/searching for the next one/i)
    await ann.hears(/partner has left/)
    await untilDeleted(stage, chat)
    await ben.ask('/stop', /not searching/)
    expect((await ann.messages()).filter(({ text }) => text.includes('do not know'))).to.have.length(1)
  })

  it('a person without registration is led into it by any command that needs it', async () => {
    const eve = await stage.people.create('Eve')
    await eve.ask('/help', /two strangers/)
    await eve.ask('/stop', /nothing to stop/i)
    await eve.ask('/next', /who are you/i)
    await eve.ask('whatever', /who are you/i)
  })

  it('buttons of old messages do no harm', async () => {
    const searching = await ann.ask('/find', /searching/i)
    await ann.tap(searching, /stop/i)
    const stopped = await ann.hears(/not searching/)
    await ann.tap(searching, /stop/i)
    await ann.hears(/nothing to stop/i)
    await ann.tap(stopped, /search again/i)
    await ann.hears(/searching…/i)
    await ann.press(stopped, 'admin')
    await ann.press(stopped, 'close:1234')
    await ann.ask('/stop', /not searching/)
  })
})
