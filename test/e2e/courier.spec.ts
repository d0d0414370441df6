import { expect } from 'chai'
import { invite, meet, untilDeleted } from '../support/meetings.js'
import { openStage, type Stage } from '../support/stage.js'
import type { TelegramPerson } from '../support/telegram-people.js'
import { until } from '../support/until.js'

describe('the courier, when Telegram does not take its messages', () => {
  let stage: Stage
  let ann: TelegramPerson
  let ben: TelegramPerson
  before(async () => {
    stage = await openStage({ env: { REMATCH_AFTER: '0s' } })
    await stage.startService()
    await stage.stocked(2)
  })
  beforeEach(async () => {
    ann = await stage.register('Ann')
    ben = await stage.register('Ben')
  })
  afterEach(() => stage.people.clearFaults())
  after(() => stage.close())

  const refuse = (person: TelegramPerson, rule: object) =>
    stage.people.fault({ surface: 'bot', method: 'sendMessage', user: person.id, ...rule })
  /** What was said after the registration, by its first word, repetitions left out. */
  const said = async (person: TelegramPerson) => {
    const words = (await person.messages()).filter(({ from }) => from === person.bot).map(({ text }) => text)
    const since = words.slice(words.findIndex((text) => text.startsWith('Nice to meet you')) + 1)
    return since.map((text) => text.split(/\s/)[0]).filter((word, index, all) => word !== all[index - 1])
  }

  it('waits as long as a 429 says, and keeps the order', async () => {
    await refuse(ann, { error: '429:1' })
    const startedAt = performance.now()
    await ann.say('/help')
    await ann.say('/privacy')
    await ann.hears(/two strangers/)
    expect(performance.now() - startedAt).to.be.greaterThan(950)
    await ann.hears(/what is stored/i)
    await stage.settled()
  })

  for (const [what, rule] of Object.entries({
    '5xx': { error: '502' },
    'a dropped connection': { wire: 'drop-before' },
    'a lost answer': { wire: 'drop-after' },
  }))
    it(`after ${what} everything is said at least once, in order`, async () => {
      await refuse(ann, rule)
      for (const command of ['/help', '/privacy', '/profile', '/dance']) await ann.say(command)
      await ann.hears(/I do not know this command/)
      expect(await said(ann)).to.deep.equal(['I', 'What', 'Your', 'I'])
      await stage.settled()
    })

  it('what Telegram refuses for good becomes a dead letter, and holds up nobody', async () => {
    await refuse(ann, { error: '400:Bad Request: message text is empty' })
    await ann.say('/help')
    await ann.ask('/privacy', /what is stored/i)
    await stage.settled({ allowDeadLetters: true })
    expect(await stage.redis.xlen(stage.keys.deadLetters)).to.equal(1)
    await stage.redis.del(stage.keys.deadLetters)
  })

  for (const error of [
    '403:Forbidden: bot was blocked by the user',
    '403:Forbidden: user is deactivated',
    '400:Bad Request: chat not found',
  ]) {
    it(`"${error}" takes a person out of the search`, async () => {
      await ann.ask('/find', /searching/i)
      await refuse(ann, { error })
      await ann.say('/help')
      await until('Ann waits no more', async () => (await stage.redis.scard(stage.keys.waiting)) === 0)
      await stage.people.clearFaults()
      await ben.ask('/find', /nobody else is here/i)
      await ann.say('/find')
      await Promise.all([ann, ben].map((person) => stage.invitation(person)))
      await ann.ask('/stop', /left the room/)
      await ben.hears(/partner has left/)
      await stage.settled()
    })
  }

  it('a 403 takes a person out of a room; the partner is told and free', async () => {
    const chat = await meet(stage, ann, ben)
    await refuse(ben, { error: '403:Forbidden: bot was blocked by the user', times: 5 })
    await ben.say('/help')
    await ann.hears(/partner has left the bot/i)
    await untilDeleted(stage, chat)
    await ann.ask('/find', /nobody else is here/i)
    await ann.ask('/stop', /not searching/)
    await stage.people.clearFaults()
    await ben.ask('/stop', /nothing to stop/i)
    await stage.settled()
  })

  it('an invitation that cannot reach one of the two frees the other', async () => {
    await refuse(ben, { error: '403:Forbidden: user is deactivated', times: 5 })
    await ann.ask('/find', /searching/i)
    await ben.say('/find')
    await ann.hears(/partner has left the bot/i)
    await stage.people.clearFaults()
    await ben.ask('/stop', /nothing to stop/i)
    await stage.settled()
  })

  it('a search that is over by the time its words can be sent is not announced any more', async () => {
    await refuse(ann, { error: '429:2' })
    await ann.say('/find')
    await ann.say('/stop')
    await ann.hears(/not searching any more/)
    expect(await said(ann)).to.deep.equal(['⏹'])
    await stage.settled()
  })

  it('goes on under a second 429 in a whole room, and everybody hears everything', async () => {
    await stage.people.fault({ surface: 'bot', method: 'sendMessage', error: '429:1', skip: 2 })
    await invite(stage, ann, ben)
    await ann.ask('/stop', /left the room/)
    await ben.hears(/partner has left/)
    await stage.settled()
  })
})
