import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect } from 'chai'
import pino from 'pino'
import { Telegraf } from 'telegraf'
import { startPolling } from '../../src/bot/polling.js'
import { startWebhook } from '../../src/bot/webhook.js'
import { systemClock } from '../../src/clock.js'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js'
import { createBotApi } from '../../src/telegram/bot-api.js'
import { isTelegramError } from '../../src/telegram/errors.js'
import { until } from '../support/until.js'

const SECRET = 'a-secret-of-the-webhook'

const findFreePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

describe('how updates come in', () => {
  let sandbox: Sandbox
  let token: string
  let bot: number
  let person: number
  const logger = pino({ level: 'silent' })
  const stops: (() => Promise<unknown>)[] = []

  beforeEach(async () => {
    sandbox = await startSandbox({ seed: 'transport' })
    const added = sandbox.world.users.addBot('Visavis', 'visavis_bot')
    bot = added.id
    token = added.bot?.token ?? ''
    person = sandbox.world.users.add({ firstName: 'Anna' }).id
  })
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop()
    await sandbox.close()
  })

  const telegraf = (heard: string[], withToken = token) => {
    const client = new Telegraf(withToken, { telegram: { apiRoot: sandbox.http, webhookReply: false } })
    client.botInfo = { id: bot, is_bot: true, username: 'visavis_bot' } as NonNullable<Telegraf['botInfo']>
    client.on('message', (ctx) => {
      if ('text' in ctx.message) heard.push(ctx.message.text)
    })
    return client
  }
  const poll = (heard: string[], withToken?: string, callLimitMs?: number) => {
    const wells: boolean[] = []
    const started = startPolling({
      bot: telegraf(heard, withToken),
      clock: systemClock,
      logger,
      polling: (well) => wells.push(well),
      callLimitMs,
    })
    stops.push(started.stop)
    return { ...started, wells }
  }
  const write = (text: string) => sandbox.world.dialogs.write(person, bot, { text })

  it('by polling, until it is stopped; what was handled is confirmed', async () => {
    const heard: string[] = []
    const polling = poll(heard)
    write('one')
    await until('it is heard', () => heard.includes('one'))
    await polling.stop()
    await polling.ended
    write('two')
    const later: string[] = []
    poll(later)
    await until('the next process hears the rest', () => later.length > 0)
    expect(later).to.deep.equal(['two'])
    expect(heard).to.deep.equal(['one'])
  })

  it('polling can be stopped at any moment', async () => {
    for (let i = 0; i < 5; i++) {
      const polling = poll([])
      if (i % 2 === 1) await new Promise((resolve) => setImmediate(resolve))
      await polling.stop()
      await polling.ended
    }
  })

  it('a second poller ends the poll with 409, and polling goes on after it', async () => {
    const heard: string[] = []
    const polling = poll(heard)
    await until('it polls well', () => polling.wells.at(-1) === true)
    const other = new Telegraf(token, { telegram: { apiRoot: sandbox.http } })
    await other.telegram.getUpdates(0, 100, 0, undefined)
    await until('the conflict is seen', () => polling.wells.includes(false))
    write('after the conflict')
    await until('it is heard', () => heard.length > 0)
  })

  it('a refused token ends the polling with an error for the operator', async () => {
    const polling = poll([], '999:not-a-token-that-anybody-knows-here')
    let failure: unknown
    await polling.ended.catch((error: unknown) => (failure = error))
    expect(isTelegramError(failure, 'telegram_unauthorized'), String(failure)).to.equal(true)
  })

  it('a call that gets no answer holds up neither the polling nor its end', async () => {
    sandbox.faults.add({ surface: 'bot', method: 'deleteWebhook', wire: 'no-answer' })
    const heard: string[] = []
    poll(heard, undefined, 50)
    write('after the silence')
    await until('it is heard', () => heard.length > 0)

    sandbox.faults.add({ surface: 'bot', method: 'deleteWebhook', wire: 'no-answer' })
    const silent = poll([])
    await until('it asked', () => sandbox.faults.hits.length > 1)
    await silent.stop()
    await silent.ended
  })

  it('polling that Telegram fails does not go well any more', async () => {
    const polling = poll([])
    await until('it polls well', () => polling.wells.at(-1) === true)
    sandbox.faults.add({ surface: 'bot', method: 'getUpdates', error: '500:Internal Server Error' })
    write('one')
    await until('it is seen', () => polling.wells.at(-1) === false)
  })

  it('by webhook, with the secret only', async () => {
    const heard: string[] = []
    const freePort = await findFreePort()
    const url = `http://127.0.0.1:${freePort}/telegram/updates`
    const settings = { url, secret: SECRET, host: '127.0.0.1', port: freePort }
    const start = () =>
      startWebhook({ bot: telegraf(heard), settings, clock: systemClock, logger, serving: () => undefined })
    const webhook = await start()
    await webhook.ended
    write('through the webhook')
    await until('it is heard', () => heard.includes('through the webhook'))

    const forged = JSON.stringify({ update_id: 1, message: { message_id: 1, date: 1, text: 'forged' } })
    const headers = { 'content-type': 'application/json' }
    expect((await fetch(url, { method: 'POST', headers, body: forged })).status).to.equal(403)
    expect(heard).to.deep.equal(['through the webhook'])

    let words = ''
    await start().catch((error: Error) => (words = error.message))
    expect(words).to.contain('BOT_WEBHOOK_PORT')
    await webhook.stop()
  })

  it('the same token answers who the bot is', async () => {
    const api = createBotApi({ token, apiRoot: sandbox.http, timeoutMs: 5_000 })
    expect(await api.me()).to.deep.equal({ id: String(bot), username: 'visavis_bot' })
  })
})
