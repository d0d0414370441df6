import { expect } from 'chai'
import type { App } from '../../src/app/app.js'
import { userId } from '../../src/ids.js'
import { broadcastsTable, type BroadcastId } from '../../src/postgres/broadcasts.js'
import { scrape } from '../support/scrape.js'
import { openStage, type Stage } from '../support/stage.js'
import type { SeenMessage, TelegramPerson } from '../support/telegram-people.js'
import { until } from '../support/until.js'

describe('broadcasts', () => {
  let stage: Stage
  let app: App
  let boss: TelegramPerson
  const start = async () => (app = await stage.startService({ ADMIN_IDS: [userId(boss.id)] }))
  before(async () => {
    stage = await openStage({ env: { GROUP_STOCK: '0', COURIER_RATE: '200' } })
    boss = await stage.people.create('Boss')
    await start()
    await boss.ask('/start', /who are you/i)
  })
  beforeEach(() => stage.db.none("update users set gender = 'other'"))
  afterEach(() => stage.people.clearFaults())
  after(() => stage.close())

  const table = () => broadcastsTable(stage.db)
  const people = async (names: readonly string[]) => {
    const all = await Promise.all(names.map((name) => stage.people.create(name)))
    for (const person of all) await person.ask('/start', /who are you/i)
    await stage.db.none(`update users set gender = 'female' where user_id in ($1:csv)`, [all.map(({ id }) => id)])
    return all
  }
  /** What a person got of a broadcast. */
  const got = async (person: TelegramPerson, text: string) =>
    (await person.messages()).filter((message) => message.from === person.bot && message.text.includes(text))
  const draft = (text: string): Promise<BroadcastId> =>
    table().create({
      text,
      entities: [{ type: 'bold', offset: 0, length: 3 }],
      photo: null,
      buttonText: null,
      buttonUrl: null,
      gender: 'female',
      language: null,
      seenWithinS: null,
      madeBy: 'cli',
    })
  const done = (id: BroadcastId) =>
    until('the broadcast is done', async () => ((await table().get(id))?.status === 'done' ? true : undefined), {
      withinMs: 15_000,
    })
  /** The page that a message of the bot has become. */
  const page = (message: SeenMessage, what: RegExp) =>
    until(`the panel shows ${String(what)}`, async () =>
      (await boss.messages()).find(({ id, text }) => id === message.id && what.test(text)),
    )
  const turn = async (panel: SeenMessage, button: RegExp, what: RegExp) => {
    await boss.tap(panel, button)
    return page(panel, what)
  }

  it('are written, aimed, looked at and sent from the panel; whoever switched them off gets none', async () => {
    const [ann, ben, cat] = (await people(['Ann', 'Ben', 'Cat'])) as [TelegramPerson, TelegramPerson, TelegramPerson]
    for (const [person, name] of [
      [ann, 'Annie'],
      [ben, 'Benny'],
    ] as const)
      await person.ask(name, /Annie|Benny/)
    const profile = await ben.ask('/profile', /Announcements: you get them/)
    await ben.tap(profile, /Announcements off/)
    await ben.hears(/Announcements: switched off/)
    const blocked = '403:Forbidden: bot was blocked by the user'
    await stage.people.fault({ surface: 'bot', method: 'sendMessage', user: cat.id, error: blocked })

    const list = await turn(await boss.ask('/admin', /Rooms:/), /Broadcasts/, /^Broadcasts/)
    await turn(list, /New broadcast/, /Send me the message/)
    await boss.say('Big news for everybody')
    let panel = await boss.hears(/📣 \d+\. Big news/)
    expect(panel.text).to.match(/3 people would get it/)
    panel = await turn(panel, /Gender: all/, /gender female/)
    expect(panel.text).to.match(/2 people would get it/)
    panel = await turn(panel, /Language: all/, /language en/)
    panel = await turn(panel, /Language: en/, /Nobody would get it now, so it cannot be started/)
    expect((panel.buttons ?? []).flat().map(({ text }) => text)).to.satisfy((all: string[]) =>
      all.every((text) => !text.includes('Start')),
    )
    panel = await turn(panel, /Language: ru/, /2 people would get it/)
    const [newest] = await table().newest(1)
    const number = newest?.broadcast ?? ''
    panel = await turn(panel, /Back/, new RegExp(`\\n${number}\\. draft: Big news`))
    panel = await turn(panel, new RegExp(`^${number}$`), new RegExp(`^📣 ${number}\\. Big news`))
    await turn(panel, /Button/, /Send me the button/)
    await boss.ask('nonsense', /That is no button/)
    await boss.say('Read on | https://example.org/news')
    panel = await boss.hears(/📣 \d+\. Big news/)
    await boss.tap(panel, /Preview/)
    const preview = await boss.hears(/^Big news for everybody/)
    expect(preview.text).to.include('/profile')
    expect(preview.buttons?.[0]?.[0]).to.include({ text: 'Read on', url: 'https://example.org/news' })

    await boss.tap(panel, /Start/)
    const sure = await until('the button asks again', async () =>
      (await boss.messages()).find(
        ({ id, buttons }) => id === panel.id && buttons?.flat().some(({ text }) => /Yes, send/.test(text)),
      ),
    )
    await boss.tap(sure, /Yes, send/)
    await ann.hears(/Big news for everybody/)
    await boss.hears(/(Being sent|Done): \d of 2/)
    const shown = await until('the progress is shown to its end', async () =>
      (await boss.messages()).find(({ text }) => /Done: 2 of 2/.test(text)),
    )
    expect(shown.text).to.include('Sent: 1').and.to.include('Blocked the bot: 1')
    const deeds = await stage.db.any<{ action: string }>(
      "select action from audit where action like 'broadcast %' and subject = $1 order by audit_id",
      [number],
    )
    expect(deeds.map(({ action }) => action.replace('broadcast ', ''))).to.deep.equal([
      'create',
      ...Array.from({ length: 5 }, () => 'change'),
      'preview',
      'start',
    ])
    expect(await got(ann, 'Big news')).to.have.length(1)
    expect(await got(ben, 'Big news')).to.have.length(0)
    expect(await stage.db.one('select reachable from users where user_id = $1', [cat.id])).to.deep.equal({
      reachable: false,
    })
    await stage.settled()
  })

  it('are a photo with its text, when the administrator sends one', async () => {
    const list = await turn(await boss.ask('/admin', /Rooms:/), /Broadcasts/, /^Broadcasts/)
    await turn(list, /New broadcast/, /Send me the message/)
    const sent = await boss.send({ photo: true, text: 'Look at this' })
    const panel = await boss.hears(/📣 \d+\. Look at this/)
    await boss.tap(panel, /Preview/)
    const preview = await boss.hears(/^Look at this/)
    expect(sent.photo).to.match(/^[0-9a-f]{16}$/)
    expect(preview.photo, 'it is the same picture').to.equal(sent.photo)
    await stage.settled()
  })

  it('are deleted as drafts, or ended for good, from the panel: both asked twice', async () => {
    const [dan] = (await people(['Dan'])) as [TelegramPerson]
    const button = (words: RegExp) => async (message: SeenMessage) =>
      until(`there is a button ${String(words)}`, async () =>
        (await boss.messages()).find(
          ({ id, buttons }) => id === message.id && buttons?.flat().some(({ text }) => words.test(text)),
        ),
      )
    const kept = await draft('Stopped news')
    await table().start(kept)
    await table().pause(kept)
    const gone = await draft('No news')
    let panel = await turn(await boss.ask('/admin', /Rooms:/), /Broadcasts/, /^Broadcasts/)
    panel = await turn(panel, new RegExp(`^${gone}$`), /No news/)
    await boss.tap(panel, /Delete/)
    panel = await button(/Yes, delete/)(panel)
    panel = await turn(panel, /Yes, delete/, /^Broadcasts/)
    expect(await table().get(gone)).to.equal(null)
    panel = await turn(panel, new RegExp(`^${kept}$`), /Paused/)
    await boss.tap(panel, /End it/)
    panel = await button(/Yes, end it/)(panel)
    await turn(panel, /Yes, end it/, /Cancelled/)
    expect(await table().resume(kept)).to.equal(false)
    expect((await got(dan, 'Stopped news')).length).to.be.lessThan(2)
    const deeds = (
      await stage.db.any<{ subject: string }>("select subject from audit where action = 'broadcast cancel'")
    ).map(({ subject }) => subject)
    expect(deeds).to.include.members([gone, kept])
    await stage.settled()
  })

  it('stop and go on where they stopped, across a restart; a message in doubt is counted and not repeated', async () => {
    await stage.db.none('delete from users where user_id <> $1', [boss.id])
    const all = await people(Array.from({ length: 12 }, (_, n) => `Person ${n}`))
    await stage.people.fault({ surface: 'bot', method: 'sendMessage', skip: 3, wire: 'drop-after' })
    const id = await draft('Slow news')
    await table().start(id)
    await until('some got it', async () => (await table().counts(id)).sent >= 4)
    await table().pause(id)
    await until('nothing is under way', async () => (await table().counts(id)).sending === 0)
    const { sent } = await table().counts(id)
    await app.stop()
    await start()
    expect((await table().counts(id)).sent, 'a paused broadcast stays where it is').to.equal(sent)
    await table().resume(id)
    await done(id)
    expect(await table().counts(id)).to.include({ sent: 11, doubt: 1, planned: 0, sending: 0 })
    const { value } = await scrape(app.opsUrl)
    const counted = (outcome: string) => value('broadcast_messages_total', { outcome })
    expect([counted('sent'), counted('skipped'), value('broadcast_left')], 'by this process').to.deep.equal([
      11 - sent,
      0,
      0,
    ])
    for (const person of all) expect(await got(person, 'Slow news'), person.firstName).to.have.length(1)
    await stage.settled()
  })

  it('wait as long as a 429 says, and pause by themselves when Telegram refuses the message itself', async () => {
    await stage.db.none('delete from users where user_id <> $1', [boss.id])
    const all = await people(['Ann', 'Ben', 'Cat', 'Dan'])
    await stage.people.fault({ surface: 'bot', method: 'sendMessage', error: '429:1' })
    const first = await draft('Patient news')
    await table().start(first)
    await done(first)
    for (const person of all) expect(await got(person, 'Patient news'), person.firstName).to.have.length(1)

    await stage.people.fault({
      surface: 'bot',
      method: 'sendMessage',
      times: 9,
      error: '400:Bad Request: no such entity',
    })
    const second = await draft('Odd news')
    await table().start(second)
    const paused = await until('it pauses', async () => {
      const one = await table().get(second)
      return one?.status === 'paused' ? one : undefined
    })
    expect(paused.error).to.include('no such entity')
    await stage.settled()
  })

  it('a photo goes with the text under it', async () => {
    await stage.db.none('delete from users where user_id <> $1', [boss.id])
    const [ann] = (await people(['Ann'])) as [TelegramPerson]
    const id = await table().create({
      text: 'Picture news',
      entities: null,
      photo: stage.world.photos.sizesOf(stage.world.photos.paint())[0]?.fileId ?? '',
      buttonText: 'Look',
      buttonUrl: 'https://example.org',
      gender: 'female',
      language: 'en',
      seenWithinS: 86_400,
      madeBy: 'cli',
    })
    expect(await table().audience(id)).to.equal(1)
    await table().start(id)
    await done(id)
    const [message] = await got(ann, 'Picture news')
    expect(message?.buttons?.[0]?.[0]?.url).to.equal('https://example.org')
  })
})
