import { expect } from 'chai'
import type { App } from '../../src/app/app.js'
import { userId } from '../../src/ids.js'
import { auditTable } from '../../src/postgres/audit.js'
import { bansTable } from '../../src/postgres/bans.js'
import { cli } from '../support/cli.js'
import { meet, untilDeleted } from '../support/meetings.js'
import { openStage, type Stage } from '../support/stage.js'
import { buttonOf, type SeenMessage, type TelegramPerson } from '../support/telegram-people.js'
import { until } from '../support/until.js'

describe("the administrator's panel", () => {
  let stage: Stage
  let app: App
  let boss: TelegramPerson
  let ann: TelegramPerson
  let ben: TelegramPerson
  before(async () => {
    stage = await openStage({ env: { GROUP_STOCK: '2', REMATCH_AFTER: '0s' } })
    boss = await stage.people.create('Boss')
    app = await stage.startService({ ADMIN_IDS: [userId(boss.id)] })
    await stage.stocked(2)
  })
  beforeEach(async () => {
    ann = await stage.register('Ann')
    ben = await stage.register('Ben')
  })
  afterEach(() => stage.settled())
  after(() => stage.close())

  const open = () => boss.ask('/admin', /Rooms:/)
  /** Presses a button and gives the page that the panel shows then. */
  const turn = async (panel: SeenMessage, button: RegExp, page: RegExp): Promise<SeenMessage> => {
    await boss.tap(panel, button)
    return until(`the panel shows ${String(page)}`, async () =>
      (await boss.messages()).find(({ id, text }) => id === panel.id && page.test(text)),
    )
  }
  const deeds = async () => (await auditTable(stage.db).newest(20)).map(({ action }) => action)

  it('shows a room with its people by pseudonym, and closes it at the second press', async () => {
    const chat = await meet(stage, ann, ben)
    const list = await turn(await open(), /Rooms/, /Rooms: 1 \(page 1 of 1\)/)
    expect(list.text).to.match(/1\. open, .*: (Ann – Ben|Ben – Ann)/)
    const room = await turn(list, /^1$/, /^Room /)
    expect(room.text).to.include('👤 Ann, has come in').and.not.to.include(String(ann.id))
    const sure = await turn(room, /Close the room/, /^Room /)
    await until('the button asks again', async () =>
      (await boss.messages())
        .find(({ id }) => id === sure.id)
        ?.buttons?.flat()
        .some(({ text }) => /Yes, close/.test(text)),
    )
    const asking = (await boss.messages()).find(({ id }) => id === sure.id) ?? sure
    await boss.tap(asking, /Yes, close/)
    await ann.hears(/An administrator has closed the room/)
    await ben.hears(/An administrator has closed the room/)
    await untilDeleted(stage, chat)
    const closings = async () => (await deeds()).filter((deed) => deed === 'rooms close').length
    expect(await closings()).to.equal(1)
    const again = await boss.tap(asking, /Yes, close/)
    expect(again.text).to.match(/pressed before/)
    expect(await closings()).to.equal(1)
  })

  it('shows how the service is, and the groups of each host', async () => {
    const panel = await open()
    expect(panel.text).to.match(/⚙️ bot, worker, host, cron, for .*; holds poller, courier, ledger, cron, host:1\n/)
    expect(panel.text).to.match(
      /Redis answers in \d+ ms, Postgres in \d+ ms, Telegram in \d+ ms\nMailboxes: read at once/,
    )
    expect(panel.text).to.match(/Rooms past their deadline: 0\nReconciled: /)
    const hosts = await turn(panel, /Hosts/, /Groups in stock/)
    expect(hosts.text).to.match(/Host 1 .* of 500 groups today.*\n– groups: 2 in stock, 0 with rooms/)
  })

  it('finds people by a forwarded message or an id, excludes them for a reason and lets them in again', async () => {
    await ann.ask('/find', /searching/i)
    await turn(await open(), /Find somebody/, /Forward a message/)
    await boss.ask('who knows', /Nobody who has written to the bot/)
    await boss.send({ text: 'hello', forwardFrom: ann.id })
    const found = await boss.hears(/👤 Ann/)
    expect(found.text).to.include('Waits').and.not.to.include(String(ann.id))
    const ban = () => auditTable(stage.db).last('users ban')
    const until = await turn(found, /Exclude/, /For how long is Ann to be excluded/)
    const why = await turn(until, /^7 days$/, /Why is Ann to be excluded for 7 days/)
    await boss.ask('x'.repeat(201), /at most 200 characters/)
    await boss.say('insulted three partners')
    const written = await boss.hears(/^Exclude Ann for 7 days\?\nReason: insulted three partners/)
    const person = await turn(written, /Back/, /👤 Ann/)
    expect([await ban(), (person.buttons ?? []).flat().some(({ text }) => /Let in/.test(text))]).to.deep.equal([
      null,
      false,
    ])
    const sure = await turn(why, /^Spam$/, /^Exclude Ann for 7 days\?\nReason: spam/)
    const banned = await turn(sure, /Yes, exclude now/, /Excluded for another/)
    await ann.hears(/excluded you. You can search again in/)
    const row = await bansTable(stage.db).isBanned(userId(ann.id))
    expect(row).to.include({ reason: 'spam', by: String(boss.id) })
    expect((row?.until ?? 0) - Date.now()).to.be.within(6.99 * 86_400_000, 7 * 86_400_000)
    expect((await ban())?.details).to.deep.equal({ reason: 'spam', until: row?.until })
    await ann.ask('/find', /excluded you/)
    await turn(banned, /Let in again/, /Neither waits/)
    await ann.hears(/let you in again/)
    // What somebody did must not be done again by a button that is still on a screen.
    const replayed = await boss.tap(sure, /Yes, exclude now/)
    expect(replayed.text).to.match(/pressed before/)
    expect(await bansTable(stage.db).isBanned(userId(ann.id))).to.equal(null)
    await ann.ask('/find', /searching/i)
    await ann.ask('/stop', /not searching/)

    await turn(await open(), /Find somebody/, /Forward a message/)
    await boss.say(String(ben.id))
    const other = await boss.hears(/👤 Ben/)
    const named = await turn(other, /Who is it/, /Telegram id/)
    expect(named.text).to.include(`Telegram id ${ben.id}`)
    const [last] = await auditTable(stage.db).newest(1)
    expect(last).to.include({ actor: String(boss.id), action: 'users show', subject: String(ben.id) })
  })

  it('tells nobody that they are let in whom somebody else has let in before', async () => {
    const id = String(ben.id)
    await cli(['users', 'ban', id, '--reason', 'spam'], stage.env)
    await turn(await open(), /Find somebody/, /Forward a message/)
    await boss.say(id)
    const banned = await boss.hears(/👤 Ben[^]*Excluded/)
    await cli(['users', 'unban', id], stage.env)
    await ben.hears(/let you in again/)
    await turn(banned, /Let in again/, /Neither waits/)
    // What the courier has for one person comes in order.
    await ben.ask('/find', /searching/i)
    expect((await ben.messages()).filter(({ text }) => /let you in again/.test(text))).to.have.length(1)
    await ben.ask('/stop', /not searching/)
  })

  it('finds people by @username or a part of a nickname, and says truly when it finds nobody', async () => {
    const look = async (words: string, page: RegExp) => {
      await turn(await open(), /Find somebody/, /Forward a message/)
      return boss.ask(words, page)
    }
    await stage.db.none("update users set username = 'ann_smith' where user_id = $1", [ann.id])
    await stage.db.none("update users set username = 'ann_smithson', nickname = 'Anna' where user_id = $1", [ben.id])
    await look('@ANN_smith', /^👤 Ann,/)
    await look('nna', /^👤 Anna,/)
    const several = await look('ann_s', /^2 people fit/)
    expect(several.text).to.match(/1\. Anna?, seen .* ago\n2\. Anna?, seen/)
    await turn(several, /^2$/, /^👤 Anna?,/)
    const [last] = await auditTable(stage.db).newest(1)
    expect(last).to.deep.include({ action: 'users find', subject: null, details: { found: 2 } })
    await look('77', /Nobody who has written to the bot has this id/)
    await boss.ask('@', /That names nobody/)
    const own = await look(String(boss.id), /^👤/)
    expect(
      (own.buttons ?? [])
        .flat()
        .map(({ text }) => text)
        .join(),
      'no administrator is excluded',
    ).not.to.match(/Exclude/)
  })

  it('pauses matching: people are told so, keep their place, and are paired when it goes on', async () => {
    await ann.ask('/find', /searching/i)
    const paused = await turn(await open(), /Pause matching/, /Matching is paused/)
    await ann.hears(/You keep your place/)
    await ben.ask('/find', /You keep your place/)
    await app.parts.waitingSet.match()
    expect(await app.parts.waitingSet.count()).to.equal(2)
    const { redis, keys } = stage
    await redis.del(keys.paused, keys.epoch)
    await until('Redis is rebuilt', async () => (await redis.exists(keys.epoch)) === 1, { withinMs: 10_000 })
    expect(await app.parts.waitingSet.paused(), 'also when Redis forgets it').to.equal(true)
    const listed = await turn(paused, /Waiting/, /Waiting: 2/)
    expect(listed.text).to.include('Ann').and.to.include('Ben')
    const one = await turn(listed, /^1$/, /👤/)
    const named = await turn(one, /Who is it/, /Telegram id/)
    const again = await turn(named, /Back/, /Waiting: 2/)
    const back = await turn(again, /Back/, /Rooms:/)
    await boss.tap(back, /Resume matching/)
    await Promise.all([stage.invitation(ann), stage.invitation(ben)])
    await ann.ask('/stop', /left the room/)
    await ben.hears(/partner has left/)
  })

  it('shows a pause that the command line has made; who waits is told when it ends, too', async () => {
    await ann.ask('/find', /searching/i)
    expect((await cli(['matching', 'pause', '--reason', 'night'], stage.env)).code).to.equal(0)
    await ann.hears(/You keep your place/)
    expect((await open()).text).to.include('Matching is paused')
    expect((await cli(['matching', 'resume'], stage.env)).code).to.equal(0)
    const last = await ann.hears(/Still searching/)
    expect(last.text).not.to.include('You keep your place')
    await ann.ask('/stop', /not searching/)
  })

  it('is opaque, and worth nothing to anybody else', async () => {
    const panel = await open()
    const data = (panel.buttons ?? []).flat().map((button) => button.data ?? '')
    for (const one of data) expect(one).to.match(/^panel:[\w-]{16}$/)
    const help = await ann.ask('/help', /two strangers/)
    await ann.press(help, buttonOf(panel, /Pause/).data ?? '').catch(() => undefined)
    await ann.press(help, 'panel:AAAAAAAAAAAAAAAA').catch(() => undefined)
    expect(await app.parts.waitingSet.paused()).to.equal(false)
    const unknown = await boss.press(panel, 'panel:AAAAAAAAAAAAAAAA')
    expect(unknown.text).to.match(/too old/)

    // Who is no administrator any more cannot press even their own buttons.
    await app.stop()
    app = await stage.startService({ ADMIN_IDS: [userId(ann.id)] })
    const pause = buttonOf(panel, /Pause/).data ?? ''
    await boss.press(panel, pause)
    const answer = await ann.press(help, pause)
    expect(answer.text, 'another administrator').to.match(/too old/)
    expect(await app.parts.waitingSet.paused()).to.equal(false)
  })
})
