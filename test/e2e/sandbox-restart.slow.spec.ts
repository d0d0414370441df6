import { expect } from 'chai'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Telegram } from 'telegraf'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js'
import { until } from '../support/until.js'

describe('a restart of the sandbox', () => {
  let dataDir: string
  let sandbox: Sandbox
  let webhook: Server | undefined

  const bot = () => sandbox.world.users.byUsername('visavis_bot') ?? sandbox.world.users.addBot('V', 'visavis_bot')
  const telegram = () => new Telegram(bot().bot?.token ?? '', { apiRoot: sandbox.http })
  const restart = async (): Promise<void> => {
    await sandbox.close()
    sandbox = await startSandbox({ dataDir })
  }
  const texts = async (offset = 0): Promise<[number, string][]> => {
    const updates = await telegram().getUpdates(0, 100, offset, undefined)
    return updates.map((update) => [
      update.update_id,
      'message' in update && 'text' in update.message ? update.message.text : '',
    ])
  }
  const write = (text: string): void => {
    const ann = sandbox.world.users.byUsername('ann') ?? sandbox.world.users.add({ firstName: 'Ann', username: 'ann' })
    sandbox.world.dialogs.write(ann.id, bot().id, { text })
  }

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sandbox-'))
    sandbox = await startSandbox({ dataDir })
  })
  afterEach(async () => {
    await sandbox.close()
    webhook?.closeAllConnections()
    webhook?.close()
    webhook = undefined
    await rm(dataDir, { recursive: true })
  })

  it('keeps updates that nobody has fetched, and goes on numbering', async () => {
    write('first')
    write('second')
    const [[first] = [], [second] = []] = await texts()
    await texts(second)
    await restart()
    expect(await texts()).to.deep.equal([[second, 'second']])
    write('third')
    expect((await texts(second)).map(([, text]) => text)).to.deep.equal(['second', 'third'])
    expect(second).to.equal((first ?? 0) + 1)
    await restart()
    expect(await texts()).to.have.length(2)
  })

  it('keeps commands, the texts about the bot and what kinds of updates it wants', async () => {
    await telegram().setMyCommands([{ command: 'find', description: 'Find somebody' }])
    await telegram().setMyDescription('A bot')
    await telegram().getUpdates(0, 1, 0, ['chat_join_request'])
    await restart()
    expect(await telegram().getMyCommands()).to.deep.equal([{ command: 'find', description: 'Find somebody' }])
    expect(await telegram().getMyDescription()).to.deep.equal({ description: 'A bot' })
    write('not wanted')
    expect(await texts()).to.deep.equal([])
  })

  it('keeps the webhook with its secret, and delivers what waited for it', async () => {
    const seen: [string | undefined, string][] = []
    let isUp = false
    webhook = createServer((request, response) => {
      let body = ''
      request.on('data', (data: Buffer) => (body += data.toString()))
      request.on('end', () => {
        if (isUp) {
          const secret = request.headers['x-telegram-bot-api-secret-token'] as string | undefined
          seen.push([secret, (JSON.parse(body) as { message: { text: string } }).message.text])
        }
        response.writeHead(isUp ? 200 : 503).end()
      })
    })
    await new Promise<void>((resolve) => webhook?.listen(0, '127.0.0.1', resolve))
    const { port } = webhook.address() as AddressInfo
    await telegram().setWebhook(`http://127.0.0.1:${port}/hook`, { secret_token: 'sesame' })
    write('while it is down')
    await restart()
    isUp = true
    write('and up again')
    await until('both are delivered', () => seen.length === 2)
    expect(seen).to.deep.equal([
      ['sesame', 'while it is down'],
      ['sesame', 'and up again'],
    ])
  })

  it('keeps limits that were switched on, and faults with what is left of them', async () => {
    const control = (method: string, path: string, body?: object) =>
      fetch(`${sandbox.http}/sandbox/${path}`, {
        method,
        ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      }).then((response) => response.json())
    await control('PUT', 'limits', { creationsPerDay: 2 })
    await control('POST', 'faults', { surface: 'bot', method: 'getMe', error: '429:1', times: 2 })
    await control('POST', 'faults', { surface: 'mtproto', method: 'ping', skip: 3, wire: 'no-answer' })
    await telegram()
      .getMe()
      .catch(() => undefined)
    sandbox.faults.take('mtproto', 'ping')
    await restart()
    expect(await control('GET', 'limits')).to.include({ creationsPerDay: 2, chatsPerUser: 500 })
    expect(await control('GET', 'faults')).to.deep.equal({
      rules: [
        { surface: 'bot', method: 'getMe', error: '429:1', times: 1 },
        { surface: 'mtproto', method: 'ping', skip: 2, wire: 'no-answer' },
      ],
      hits: [],
    })
    await control('DELETE', 'faults')
    await restart()
    expect(sandbox.faults.list()).to.deep.equal([])
  })

  it('keeps accounts as Telegram judged them, and their ended sessions', async () => {
    const host = sandbox.world.users.add({ firstName: 'Host', phone: '1' })
    sandbox.mintSession(host.id)
    sandbox.world.users.judge(host.id, { frozen: true })
    sandbox.revokeSessions(host.id)
    await restart()
    expect(sandbox.world.users.get(host.id)).to.include({ frozen: true })
    expect(sandbox.revokeSessions(host.id)).to.equal(0)
  })
})
