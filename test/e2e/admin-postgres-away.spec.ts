import { expect } from 'chai'
import { userId } from '../../src/ids.js'
import { startProxy, type Proxy } from '../support/proxy.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'

describe("the administrator's panel without Postgres", () => {
  let stage: Stage
  let postgres: Proxy
  before(async () => {
    stage = await openStage({ env: { GROUP_STOCK: '2' } })
    postgres = await startProxy(Number(new URL(stage.config.DATABASE_URL).port))
  })
  after(async () => {
    await postgres.mend()
    await stage.close()
    await postgres.close()
  })

  it('shows what Redis knows, and says what is missing', async () => {
    const url = new URL(stage.config.DATABASE_URL)
    url.port = String(postgres.port)
    const boss = await stage.people.create('Boss')
    await stage.startService({ ADMIN_IDS: [userId(boss.id)], DATABASE_URL: url.href })
    await stage.stocked(2)
    const panel = await boss.ask('/admin', /People: 0 female/)
    const shows = (page: RegExp) =>
      until(`the panel shows ${String(page)}`, async () =>
        (await boss.messages()).find(({ id, text }) => id === panel.id && page.test(text)),
      )

    await postgres.cut()
    await boss.tap(panel, /refresh/i)
    const away = await shows(/People and hosts: unknown, since Postgres does not answer/)
    expect(away.text)
      .to.match(/Rooms: 0 inviting, 0 open/)
      .and.to.match(/Groups in stock: 2/)
      .and.to.match(/⚙️ bot, worker, host, cron/)
      .and.to.match(/Redis answers in \d+ ms, Postgres not at all, Telegram in \d+ ms/)
      .and.not.to.match(/No hosts/)
    await boss.tap(away, /Hosts/)
    const hosts = await shows(/Groups in stock: 2\n\nHosts: unknown, since Postgres does not answer/)

    await postgres.mend()
    await boss.tap(hosts, /back/i)
    expect((await shows(/People: 0 female/)).text).to.match(/Host 1 .*active, 2 of 500/)
  })
})
