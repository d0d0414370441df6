import { expect } from 'chai'
import type { App } from '../../src/app/app.js'
import { openStage, type Stage } from '../support/stage.js'
import { buttonOf, type TelegramPerson } from '../support/telegram-people.js'

describe('registration', () => {
  let stage: Stage
  let app: App
  before(async () => {
    stage = await openStage()
    app = await stage.startService()
    await stage.stocked()
  })
  afterEach(() => stage.settled())
  after(() => stage.close())

  const row = ({ id }: TelegramPerson) =>
    stage.db.one<{ username: string | null; gender: string | null; nickname: string | null }>(
      'SELECT username, gender, nickname FROM users WHERE user_id = $1',
      [id],
    )

  it('stores who came at once, then asks for gender and nickname', async () => {
    const ann = await stage.people.create('Ann', { username: 'ann_here' })
    const gender = await ann.ask('/start', /who are you/i)
    expect(await row(ann)).to.deep.equal({ username: 'ann_here', gender: null, nickname: null })
    expect((gender.buttons ?? []).flat().map(({ text }) => text)).to.deep.equal([
      'Female',
      'Male',
      'Other / rather not say',
    ])
    await ann.tap(gender, /^Female$/)
    await ann.hears(/what shall I call you/i)
    await ann.ask('  Ann   of Green Gables ', /nice to meet you, Ann of Green Gables/i)
    expect(await row(ann)).to.deep.equal({ username: 'ann_here', gender: 'female', nickname: 'Ann of Green Gables' })
  })

  it('refuses nicknames with the reason, and takes the next one', async () => {
    const person = await stage.people.create('Nick')
    await person.tap(await person.ask('/start', /who are you/i), /male/)
    await person.hears(/call you/)
    const refusals: [string, RegExp][] = [
      ['N', /too short/],
      ['x'.repeat(21), /too long/],
      ['x'.repeat(4_096), /too long/],
      ['see t.me/nick', /looks like a link/],
      ['@nick_here', /looks like an @name/],
      ['+7 900 123-45-67', /looks like a phone number/],
      ['Nick\u202Ekcin', /invisible characters/],
      ['Nick ♥', /letters, digits, spaces/],
    ]
    for (const [typed, reason] of refusals) await person.ask(typed, reason)
    await person.send({ sticker: true })
    await person.hears(/call you/)
    await person.ask('Ник-Ö 7', /nice to meet you, Ник-Ö 7/i)
  })

  it('gives a pleasant name on demand, and edits the profile later', async () => {
    const person = await stage.people.create('Grey')
    await person.tap(await person.ask('/start', /who are you/i), /other/i)
    await person.tap(await person.hears(/call you/), /give me one/i)
    const { text } = await person.hears(/nice to meet you/i)
    const given = /Nice to meet you, (.+)!/.exec(text)?.[1] ?? ''
    expect(given).to.match(/^.{2,20}$/)
    const profile = await person.ask('/start', /your profile/i)
    expect(profile.text).to.include(given).and.to.include('other / rather not say')
    await person.tap(profile, /nickname/i)
    await person.hears(/new nickname/)
    const renamed = await person.ask('Blue', /your profile/i)
    expect(renamed.text).to.include('Nickname: Blue')
    await person.tap(renamed, /gender/i)
    await person.tap(await person.hears(/who are you/i), /^Male$/)
    expect((await person.hears(/your profile/i)).text).to.include('Gender: male')
  })

  it('goes on where it was after the service was stopped between two steps', async () => {
    const person = await stage.people.create('Rest')
    const gender = await person.ask('/start', /who are you/i)
    await app.stop()
    // Said and pressed while nobody was there: it is waiting when the service is back.
    await stage.people.call('POST', `/users/${person.id}/press`, {
      chat: person.bot,
      message: gender.id,
      data: buttonOf(gender, /^Female$/).data,
      waitMs: 0,
    })
    app = await stage.startService()
    await person.hears(/call you/)
    await app.stop()
    app = await stage.startService()
    await person.ask('Rested', /nice to meet you, Rested/i)
  })

  it('takes whoever begins with /find through registration, and then searches', async () => {
    const person = await stage.people.create('Hasty')
    const gender = await person.ask('/find', /who are you/i)
    await person.tap(gender, /^Male$/)
    await person.hears(/call you/)
    await person.ask('Hasty', /searching/i)
    await person.ask('/stop', /not searching any more/)
    await person.ask('/profile', /Nickname: Hasty/)
  })

  it('speaks Russian with those whose Telegram does', async () => {
    const vera = await stage.people.create('Вера', { languageCode: 'ru-RU' })
    await vera.tap(await vera.ask('/start', /Кто вы|представ|пол/i), /gender:female/)
    await vera.hears((m) => (m.buttons ?? []).flat().some(({ data }) => data === 'name:auto'))
    await vera.ask('@vera', /@/)
    await vera.ask('Вера', /Вера/)
    await vera.ask('/find', /Ищу/)
    await vera.ask('/stop', /Поиск остановлен/)
  })

  it('takes a button that is pressed twice, and a button of an old message, for what they say', async () => {
    const person = await stage.people.create('Twice')
    const gender = await person.ask('/start', /who are you/i)
    await Promise.all([person.tap(gender, /^Female$/), person.tap(gender, /^Female$/)])
    await person.hears(/call you/)
    await person.ask('Twice', /nice to meet you/i)
    await person.tap(gender, /^Male$/)
    expect((await person.hears(/your profile/i)).text)
      .to.include('Gender: male')
      .and.to.include('Nickname: Twice')
  })
})
