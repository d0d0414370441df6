import { expect } from 'chai'
import type { App } from '../../src/app/app.js'
import { userId } from '../../src/ids.js'
import { meet, untilDeleted } from '../support/meetings.js'
import { openStage, type Stage } from '../support/stage.js'
import type { TelegramPerson } from '../support/telegram-people.js'
import { until } from '../support/until.js'

describe('/admin', () => {
  let stage: Stage
  let app: App
  let boss: TelegramPerson
  before(async () => {
    stage = await openStage({ env: { GROUP_STOCK: '2' } })
    boss = await stage.people.create('Boss')
    app = await stage.startService({ ADMIN_IDS: [userId(boss.id)] })
    await stage.stocked(2)
  })
  afterEach(() => stage.settled())
  after(() => stage.close())

  it('shows the counts to administrators, registered or not, and refreshes in place', async () => {
    const [ann, ben, cat] = await Promise.all(['Ann', 'Ben', 'Cat'].map((name) => stage.register(name)))
    if (!ann || !ben || !cat) throw new Error('nobody came')
    const chat = await meet(stage, ann, ben)
    await cat.ask('/find', /searching/i)
    await stage.stocked(2)
    const panel = await boss.ask('/admin', /Rooms:/)
    expect(panel.text).to.include('Rooms: 0 inviting, 1 open, 0 closing')
    expect(panel.text).to.match(/Waiting: 1 \(0 first in line\), longest: \d+ seconds?/)
    expect(panel.text).to.include('0 female, 0 male, 3 other')
    expect(panel.text)
      .to.include('Groups in stock: 2')
      .and.to.match(/Host 1 \(\+1…0\): active, 3 of 500 groups today/)
    await cat.ask('/stop', /not searching/)
    await ann.ask('/stop', /left the room/)
    await ben.hears(/partner has left/)
    await untilDeleted(stage, chat)
    await boss.tap(panel, /refresh/i)
    const refreshed = await until('the panel is refreshed', async () =>
      (await boss.messages()).find(({ id, text }) => id === panel.id && text !== panel.text),
    )
    expect(refreshed.text).to.include('0 open').and.to.include('Waiting: 0').and.to.include('longest: nobody')
    expect(refreshed.text).to.include('Dead letters: none')
    const { redis, keys } = stage
    await redis.xadd(keys.deadLetters, `${Date.now() - 3_600_000}-0`, 'mailbox', 'room')
    await boss.tap(panel, /refresh/i)
    await until('the panel has the dead letter', async () =>
      (await boss.messages()).find(
        ({ id, text }) => id === panel.id && /Dead letters: 1, the oldest for 1 h/.test(text),
      ),
    )
    await redis.del(keys.deadLetters)
    await boss.tap(panel, /refresh/i)
  })

  it('is a command that does not exist for everybody else, whatever button they forge', async () => {
    const eve = await stage.register('Eve')
    const unknown = await eve.ask('/admin', /I do not know this command/)
    await eve.press(unknown, 'admin').catch(() => undefined)
    await eve.ask('/help', /two strangers/)
    expect((await eve.messages()).some(({ text }) => /Rooms:|Host /.test(text))).to.equal(false)
    expect(app.parts.config.ADMIN_IDS).to.deep.equal([userId(boss.id)])
  })
})
