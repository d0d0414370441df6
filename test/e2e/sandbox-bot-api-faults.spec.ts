import { expect } from 'chai'
import { Telegram } from 'telegraf'
import { startSandboxHttp, type SandboxHttp } from '../support/sandbox-http.js'
import { failureOf } from '../support/telegraf-refusals.js'

describe('The sandbox Bot API: faults', () => {
  let sandbox: SandboxHttp
  let telegram: Telegram
  let alice: number

  beforeEach(async () => {
    sandbox = await startSandboxHttp()
    telegram = new Telegram(sandbox.token, { apiRoot: sandbox.root })
    alice = sandbox.person('Alice')
  })
  afterEach(() => sandbox.close())

  const said = () =>
    sandbox.world.dialogs
      .between(alice, sandbox.bot.id)
      .messages.filter(({ from }) => from === sandbox.bot.id)
      .map(({ text }) => text)

  it('answer 429 with the seconds to wait, once, and then serve normally', async () => {
    sandbox.faults.add({ surface: 'bot', method: 'sendMessage', error: '429:7' })
    const { code, description, parameters } = await failureOf(telegram.sendMessage(alice, 'x'))
    expect({ code, description, parameters }).to.deep.equal({
      code: 429,
      description: 'Too Many Requests: retry after 7',
      parameters: { retry_after: 7 },
    })
    expect(said()).to.deep.equal([])
    await telegram.sendMessage(alice, 'y')
    expect(said()).to.deep.equal(['y'])
  })

  it('answer any code with its text, a code alone, or an MTProto name', async () => {
    for (const [error, code, description] of [
      ['403:Forbidden: bot was blocked by the user', 403, 'Forbidden: bot was blocked by the user'],
      ['502:Bad Gateway', 502, 'Bad Gateway'],
      ['500', 500, 'Internal Server Error'],
      ['409', 409, 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running'],
      ['CHAT_ADMIN_REQUIRED', 400, 'Bad Request: not enough rights'],
      ['FLOOD_WAIT_3', 429, 'Too Many Requests: retry after 3'],
    ] as const) {
      sandbox.faults.add({ surface: 'bot', method: 'sendMessage', error })
      const answer = await sandbox.call('sendMessage', { chat_id: alice, text: 'x' })
      expect([answer.error_code, answer.description]).to.deep.equal([code, description])
    }
  })

  it('can let some calls pass, hit several, and concern one person', async () => {
    const bob = sandbox.person('Bob')
    sandbox.faults.add({ surface: 'bot', method: 'sendMessage', user: bob, skip: 1, times: 2, error: '500' })
    const outcomes: boolean[] = []
    for (const person of [alice, bob, bob, alice, bob, bob]) {
      outcomes.push((await sandbox.call('sendMessage', { chat_id: person, text: 'x' })).ok)
    }
    expect(outcomes).to.deep.equal([true, true, false, true, false, true])
  })

  it('lose the call, or its answer', async () => {
    sandbox.faults.add({ surface: 'bot', method: 'sendMessage', wire: 'drop-before' })
    expect((await failureOf(telegram.sendMessage(alice, 'never'))).message).to.match(/socket hang up|ECONNRESET/)
    sandbox.faults.add({ surface: 'bot', method: 'sendMessage', wire: 'drop-after' })
    expect((await failureOf(telegram.sendMessage(alice, 'lost'))).message).to.match(/socket hang up|ECONNRESET/)
    sandbox.faults.add({ surface: 'bot', method: 'sendMessage', error: '502:Bad Gateway', afterEffect: true })
    expect(await failureOf(telegram.sendMessage(alice, 'done'))).to.have.property('code', 502)
    expect(said()).to.deep.equal(['lost', 'done'])
  })

  it('leave a call without any answer', async () => {
    sandbox.faults.add({ surface: 'bot', method: 'sendMessage', wire: 'no-answer' })
    const controller = new AbortController()
    const done = sandbox.event('dialog-message')
    const hanging = fetch(`${sandbox.root}/bot${sandbox.token}/sendMessage?chat_id=${alice}&text=x`, {
      signal: controller.signal,
    }).then(
      () => 'answered',
      () => 'hung',
    )
    await done
    controller.abort()
    expect(await hanging).to.equal('hung')
  })

  it('carry a call out twice, and deliver updates twice', async () => {
    sandbox.faults.add({ surface: 'bot', method: 'sendMessage', wire: 'duplicate' })
    await telegram.sendMessage(alice, 'twice')
    expect(said()).to.deep.equal(['twice', 'twice'])
    const ids = async () => {
      const { result } = await sandbox.call('getUpdates', { offset: -2 })
      return (result as { update_id: number }[]).map((update) => update.update_id)
    }
    const [first] = await ids()
    sandbox.faults.add({ surface: 'bot', method: 'getUpdates', wire: 'duplicate' })
    expect(await ids()).to.deep.equal([first, first])
    sandbox.faults.add({ surface: 'bot', method: 'update', wire: 'duplicate' })
    sandbox.world.dialogs.write(alice, sandbox.bot.id, { text: 'again' })
    const [one, two] = await ids()
    expect(one).to.equal(two).and.not.to.equal(first)
  })

  it('lose updates', async () => {
    await sandbox.call('getUpdates', { offset: -1 })
    sandbox.faults.add({ surface: 'bot', method: 'update', wire: 'drop-before' })
    for (const text of ['lost', 'heard']) sandbox.world.dialogs.write(alice, sandbox.bot.id, { text })
    const { result } = await sandbox.call('getUpdates', { offset: -1 })
    expect((result as { message: { text: string } }[]).map(({ message }) => message.text)).to.deep.equal(['heard'])
  })

  it('delay a call', async () => {
    sandbox.faults.add({ surface: 'bot', method: 'getMe', delayMs: 60 })
    const begunAt = performance.now()
    await telegram.getMe()
    expect(performance.now() - begunAt).to.be.at.least(55)
  })
})
