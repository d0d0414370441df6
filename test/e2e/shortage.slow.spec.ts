import { cli } from '../support/cli.js'
import { expect } from 'chai'
import { openStage, type Stage } from '../support/stage.js'
import type { TelegramPerson } from '../support/telegram-people.js'
import { until } from '../support/until.js'

const NO_ROOMS = /no new ones can be made.*you keep your place/is

describe('when no host can make groups and none is left', () => {
  let stage: Stage
  before(async () => {
    // No group is ever made: what people hear depends on the host alone.
    stage = await openStage({ env: { GROUP_STOCK: '0', REMATCH_AFTER: '1h' } })
    await stage.startService()
  })
  after(() => stage.close())

  const command = async (line: string) => expect((await cli(line.split(' '), stage.env)).code, line).to.equal(0)
  const texts = async (person: TelegramPerson) => (await person.messages()).map(({ text }) => text)

  it('those who wait are told when it begins and when it is over, and who comes meanwhile in the answer', async () => {
    const [ann, ben, cat] = (await Promise.all(['Ann', 'Ben', 'Cat'].map((name) => stage.register(name)))) as [
      TelegramPerson,
      TelegramPerson,
      TelegramPerson,
    ]
    await ann.ask('/find', /nobody else is here/i)
    await ben.ask('/find', /all rooms are taken/i)
    await command('hosts park 1 --for 1h')
    // At once, though nobody is told unasked.
    await ben.ask('/find', NO_ROOMS)
    await Promise.all([ann, ben].map((person) => person.hears(NO_ROOMS, { withinMs: 30_000 })))
    const answer = await cat.ask('/find', /searching…/i)
    expect(answer.text).to.match(NO_ROOMS)
    await ann.ask('/find', NO_ROOMS)
    expect(await stage.redis.scard(stage.keys.waiting)).to.equal(3)

    await command('hosts resume 1 --force')
    const crowd = [ann, ben, cat]
    await Promise.all(crowd.map((person) => person.hears(/people are paired again/)))
    await until('nothing is left to say', async () => (await stage.redis.xlen(stage.keys.mailbox('courier'))) === 0)
    const said = async (person: TelegramPerson, words: RegExp) =>
      (await texts(person)).filter((text) => words.test(text ?? '')).length
    for (const person of crowd) expect(await said(person, /people are paired again/)).to.equal(1)
    for (const [person, times] of [
      [ann, 2],
      [ben, 2],
      [cat, 1],
    ] as const)
      expect(await said(person, NO_ROOMS)).to.equal(times)
    await Promise.all(crowd.map((person) => person.ask('/stop', /not searching/)))
    await stage.settled()
  })
})
