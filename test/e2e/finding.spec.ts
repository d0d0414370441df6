import { expect } from 'chai'
import { invite, roomOf } from '../support/meetings.js'
import { openStage, type Stage } from '../support/stage.js'
import type { TelegramPerson } from '../support/telegram-people.js'
import { until } from '../support/until.js'

describe('finding somebody', () => {
  let stage: Stage
  const names = ['Ada', 'Bo', 'Cy', 'Dee', 'Eli', 'Flo', 'Gus', 'Hal', 'Ida', 'Jo']
  let crowd: TelegramPerson[] = []
  before(async () => {
    stage = await openStage({ env: { GROUP_STOCK: '10', REMATCH_AFTER: '2s' } })
    await stage.startService()
    crowd = await Promise.all([...names, ...names.map((name) => `${name} 2`)].map((name) => stage.register(name)))
  })
  afterEach(async () => {
    await stage.people.clearFaults()
    // Whoever is still somewhere goes.
    await Promise.all(crowd.map((person) => person.say('/stop')))
    await until('nobody waits or sits in a room', async () =>
      [
        await stage.redis.scard(stage.keys.waiting),
        await stage.redis.scard(stage.keys.first),
        await stage.redis.hlen(stage.keys.rooms),
      ].every((count) => count === 0),
    )
    await stage.settled()
    await Promise.all(crowd.map((person) => person.forget()))
  })
  after(() => stage.close())

  const take = (count: number): TelegramPerson[] => crowd.slice(0, count)

  it('pairs twenty people who ask at once, each with exactly one other', async () => {
    await stage.stocked(10)
    await Promise.all(crowd.map((person) => person.say('/find')))
    await Promise.all(crowd.map((person) => stage.invitation(person)))
    const rooms = await Promise.all(crowd.map((person) => roomOf(stage, person)))
    expect(new Set(rooms.map((room) => room?.id)).size).to.equal(10)
    expect(new Set(rooms.map((room) => room?.chat)).size).to.equal(10)
    crowd.forEach(({ id }, index) => expect([rooms[index]?.a, rooms[index]?.b]).to.include(String(id)))
  })

  it('takes double taps and repeated updates for one search, never for a pair of one', async () => {
    await stage.stocked(2)
    const [ann] = take(1) as [TelegramPerson]
    await stage.people.fault({ surface: 'bot', method: 'update', wire: 'duplicate', times: 3 })
    await Promise.all([ann.say('/find'), ann.say('/find'), ann.say('/find')])
    await ann.hears(/searching…/i)
    await ann.hears(/still searching/i)
    await ann.hears(/still searching/i)
    expect(await stage.redis.scard(stage.keys.waiting)).to.equal(1)
    expect(await roomOf(stage, ann)).to.equal(undefined)
  })

  it('takes /find and /stop of one batch in their order', async () => {
    const [ann, ben] = take(2) as [TelegramPerson, TelegramPerson]
    await Promise.all(
      [ann, ben].map(async (person) => {
        await person.say('/find')
        await person.say('/stop')
      }),
    )
    await Promise.all([ann, ben].map((person) => person.hears(/not searching any more|left the room|room is closed/i)))
  })

  it('brings last partners together again only when nobody else came for a while', async () => {
    await stage.stocked(3)
    const [ann, ben, cat] = take(3) as [TelegramPerson, TelegramPerson, TelegramPerson]
    await invite(stage, ann, ben)
    await ann.ask('/stop', /left the room/)
    await ben.hears(/partner has left/)
    await ann.ask('/find', /searching/i)
    await ben.ask('/find', /searching/i)
    await cat.say('/find')
    await stage.invitation(cat)
    const room = await roomOf(stage, cat)
    const other = [ann, ben].find(({ id }) => ![room?.a, room?.b].includes(String(id) as never))
    expect(await roomOf(stage, other as TelegramPerson)).to.equal(undefined)
    await cat.ask('/stop', /left the room/)
    // Both have waited, and nobody else is there: better the same one than nobody.
    await (other === ann ? ben : ann).say('/find')
    await Promise.all([ann, ben].map((person) => stage.invitation(person)))
  })
})

describe('searching for long', () => {
  let stage: Stage
  before(async () => {
    stage = await openStage({ env: { GROUP_STOCK: '0', WAIT_MAX: '700ms', WAIT_CONFIRM: '1s' } })
    await stage.startService()
  })
  afterEach(() => stage.settled())
  after(() => stage.close())

  it('asks whether the person is still there, and ends the search that nobody watches', async () => {
    const ann = await stage.register('Ann')
    await ann.ask('/find', /searching/i)
    const asked = await ann.hears(/still there/)
    await ann.tap(asked, /keep searching/i)
    await ann.hears(/still searching/i)
    await ann.hears(/still there/)
    const ended = await ann.hears(/ended your search/)
    expect(await stage.redis.scard(stage.keys.waiting)).to.equal(0)
    await ann.tap(ended, /search again/i)
    await ann.hears(/searching…/i)
    await ann.ask('/stop', /not searching/)
  })
})
