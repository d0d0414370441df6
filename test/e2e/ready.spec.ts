import { expect } from 'chai'
import type { App } from '../../src/app/app.js'
import { freePort } from '../../scripts/servers/ports.js'
import { hostId, userId } from '../../src/ids.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { cli } from '../support/cli.js'
import { startOwnRedis } from '../support/own-redis.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'

interface Answer {
  readonly checks: Record<string, { ok: boolean; words: string }>
}

describe('/readyz', () => {
  it('says why Redis takes no changes, though it answers', async () => {
    const own = await startOwnRedis()
    const stage = await openStage({ redisUrl: own.url, env: { GROUP_STOCK: '0' } })
    const app = await stage.startService({ ROLES: ['cron'] })
    const redis = async () => {
      const response = await fetch(`${app.opsUrl}/readyz`)
      return ((await response.json()) as Answer).checks['redis']
    }
    const saysThat = (words: RegExp | string) =>
      until(`redis: ${words}`, async () => RegExp(words).test((await redis())?.words ?? ''))
    await saysThat('^answers$')
    await stage.redis.replicaof('127.0.0.1', 1)
    await saysThat(/takes no changes, because it is read-only \(READONLY\)/)
    expect((await redis())?.ok).to.equal(false)
    await stage.redis.replicaof('NO', 'ONE')
    await saysThat('^answers$')
    await stage.redis.config('SET', 'maxmemory', '1')
    await saysThat(/takes no changes, because its memory is full \(OOM\)/)
    await stage.redis.config('SET', 'maxmemory', '0')
    await saysThat('^answers$')
    await stage.close()
    await own.stop()
  })
})

describe('/readyz on updates', () => {
  let stage: Stage
  beforeEach(async () => {
    stage = await openStage({ env: { GROUP_STOCK: '0' } })
  })
  afterEach(() => stage.close())

  const look = async (app: App) => {
    const response = await fetch(`${app.opsUrl}/readyz`)
    const { checks } = (await response.json()) as Answer
    return { status: response.status, updates: checks['updates'] }
  }
  const untilUpdates = (app: App, words: string) =>
    until(`updates: ${words}`, async () => {
      const seen = await look(app)
      return seen.updates?.words === words ? seen : undefined
    })

  it('is red while the process that polls does not do so well; others rely on it', async () => {
    const app = await stage.startService()
    await untilUpdates(app, 'by polling')
    expect((await look(app)).status).to.equal(200)
    const other = await stage.startService()
    expect((await look(other)).updates).to.deep.equal({ ok: true, words: 'another process polls' })

    await stage.people.fault({ surface: 'bot', method: 'getUpdates', times: 50, error: '409:Conflict' })
    await stage.people.create('Ann').then((ann) => ann.say('/start'))
    expect((await untilUpdates(app, 'polling does not go well')).status).to.equal(503)
    await stage.people.clearFaults()
    expect((await untilUpdates(app, 'by polling')).status).to.equal(200)
  })

  it('says nothing of updates in a process that is no bot', async () => {
    const app = await stage.startService({ ROLES: ['cron'] })
    expect((await look(app)).updates).to.equal(undefined)
  })

  it('is red until Telegram knows the webhook', async () => {
    await stage.people.fault({ surface: 'bot', method: 'setWebhook', times: 50, error: '500:Internal Server Error' })
    const app = await stage.startService({
      BOT_WEBHOOK_URL: 'http://127.0.0.1:1/updates',
      BOT_WEBHOOK_SECRET: 'the-secret-of-this-webhook',
      BOT_WEBHOOK_PORT: await freePort(),
    })
    expect((await look(app)).status).to.equal(503)
    expect((await look(app)).updates).to.deep.equal({ ok: false, words: 'Telegram does not know the webhook yet' })
    await stage.people.clearFaults()
    await untilUpdates(app, 'by webhook')
  })
})

describe('/readyz on mailboxes', () => {
  it('takes neither a host out of work nor a person whom Telegram lets wait for a trouble of the service', async () => {
    const stage = await openStage({ env: { GROUP_STOCK: '0' } })
    const app = await stage.startService({ ROLES: ['bot', 'worker', 'cron'] })
    const ann = await stage.register('Ann')
    await stage.people.fault({ surface: 'bot', method: 'sendMessage', user: ann.id, error: '429:300' })
    await ann.say('/help')
    await until(
      'it is known that Ann waits',
      async () => (await stage.redis.zscore(stage.keys.chatPauses, String(ann.id))) !== null,
    )
    await hostsTable(stage.db, stage.env['SECRET_KEY'] ?? '').quarantine(hostId(1), 'AUTH_KEY_UNREGISTERED')
    const longAgo = `${Date.now() - 3_600_000}-1`
    await stage.redis.xadd(stage.keys.mailbox('host:1'), longAgo, 'type', 'fill')
    const ready = async () => ((await (await fetch(`${app.opsUrl}/readyz`)).json()) as Answer).checks['mailboxes']
    const look = async () => {
      const metrics = await (await fetch(`${app.opsUrl}/metrics`)).text()
      const oldest = /^visavis_mailbox_oldest_seconds\{mailbox="host"\} (\S+)$/m.exec(metrics)?.[1]
      const { out } = await cli(['doctor'], stage.env)
      return { ok: (await ready())?.ok, isOld: Number(oldest) > 60, doctor: /^(\S+) +mailboxes /m.exec(out)?.[1] }
    }
    expect(await look()).to.deep.equal({ ok: true, isOld: false, doctor: 'ok' })
    expect((await cli(['mailboxes', 'list'], stage.env)).out).to.match(/^host:1 .* \(waits for the host\)$/m)
    await stage.redis.xadd(stage.keys.mailbox('host:2'), longAgo, 'type', 'fill')
    await hostsTable(stage.db, '').add({ phoneLabel: 'x', userId: userId(77), session: 's' })
    const words = (await until('a host that may work is missed', async () => {
      const found = await ready()
      return found?.ok === false && found
    })) as { words: string }
    expect(words.words).to.match(/^host:2 waits for 36\d\d s$/)
    await stage.close()
  })
})
