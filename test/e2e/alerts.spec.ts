import { expect } from 'chai'
import type { App } from '../../src/app/app.js'
import { hostId, userId } from '../../src/ids.js'
import { openStage, type Stage } from '../support/stage.js'
import type { TelegramPerson } from '../support/telegram-people.js'

describe('alerts', () => {
  let stage: Stage
  let app: App
  let boss: TelegramPerson
  const start = async () => (app = await stage.startService({ ADMIN_IDS: [userId(boss.id)] }))
  /** Every alert (and its end) that the administrator was sent. */
  const alerts = async () =>
    (await boss.messages()).map(({ text }) => text.split('\n')[0] ?? '').filter((text) => /^(⚠️|✅)/u.test(text))
  before(async () => {
    stage = await openStage({ env: { GROUP_STOCK: '0', ALERT_INTERVAL: '50ms' } })
    boss = await stage.people.create('Boss')
    await start()
    await boss.ask('/start', /who are you/i)
  })
  afterEach(() => stage.settled())
  after(() => stage.close())

  it('tell of an empty stock while somebody waits, and when that is over', async () => {
    const ann = await stage.register('Ann')
    await ann.ask('/find', /searching/i)
    const told = await boss.hears(/No group is in stock while 1 person waits/)
    for (const command of ['doctor', 'hosts resume', 'hosts login']) expect(told.text).to.include(command)
    await ann.ask('/stop', /not searching/)
    await boss.hears(/✅ Over after .*No group is in stock/)
  })

  it('tell of a host once, also across a restart, in the language of the administrator', async () => {
    const parkedUntil = Date.now() + 3_600_000
    await app.parts.tables.hosts.park(hostId(1), parkedUntil, 'FLOOD_WAIT_3600')
    const parked = await boss.hears(/Host 1 \(\+1…0\) is parked/)
    expect(parked.text)
      .to.include('FLOOD_WAIT_3600')
      .and.to.match(/in 59 minutes|in 1 hour/)
    await app.stop()
    await start()
    await app.parts.tables.hosts.activate(hostId(1))
    await boss.hears(/✅ Over after .*Host 1/)
    expect((await alerts()).filter((text) => text.startsWith('⚠️ Host 1'))).to.have.length(1)

    await app.parts.tables.hosts.quarantine(hostId(1), 'USER_RESTRICTED')
    await boss.hears(/Host 1 \(\+1…0\) is in quarantine/)
    await app.parts.tables.hosts.activate(hostId(1))
    await boss.hears(/✅ Over after .*quarantine/)
  })

  it('tell of dead letters until there are none', async () => {
    const { redis, keys } = stage
    const letter = ['mailbox', 'courier', 'attempts', '8', 'error', 'none', 'message', '[]']
    const entry = await redis.xadd(keys.deadLetters, '*', ...letter)
    await boss.hears(/1 message has failed the last attempt/)
    await redis.xdel(keys.deadLetters, entry ?? '')
    await boss.hears(/✅ Over after .*dead letters/)
  })
})
