import { expect } from 'chai'
import { Api, type TelegramClient } from 'telegram'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js'
import type { FaultRule } from '../../src/sandbox/faults.js'
import type { User } from '../../src/sandbox/world/types.js'
import { failureOf, gramjs, sessionOf } from '../support/gramjs.js'
import { until } from '../support/until.js'

describe('faults of the sandbox as GramJS meets them', () => {
  let sandbox: Sandbox
  let hostUser: User
  let host: TelegramClient

  const create = (title = 'Room'): Promise<Api.TypeUpdates> =>
    host.invoke(new Api.channels.CreateChannel({ title, about: '', megagroup: true }))
  const groups = (): number => sandbox.world.chats.of(hostUser.id).length
  const fault = (rule: Partial<FaultRule>): unknown =>
    sandbox.faults.add({ surface: 'mtproto', method: 'channels.createChannel', ...rule })

  beforeEach(async () => {
    sandbox = await startSandbox()
    hostUser = sandbox.world.users.add({ firstName: 'Host', phone: '1' })
    host = gramjs(sandbox, sandbox.mintSession(hostUser.id))
    await host.connect()
  })

  afterEach(async () => {
    await host.destroy()
    expect(sandbox.unknown.mtproto).to.deep.equal({})
    await sandbox.close()
  })

  it('FLOOD_WAIT carries its seconds and nothing was done', async () => {
    fault({ error: 'FLOOD_WAIT_7' })
    const error = (await create().catch((reason: unknown) => reason)) as { seconds: number; code: number }
    expect([error.seconds, error.code, groups()]).to.deep.equal([7, 420, 0])
    await create()
    expect(groups()).to.equal(1)
  })

  it('any error name comes with the code that Telegram gives it', async () => {
    const expected = [
      '400 CHANNELS_TOO_MUCH',
      '406 USER_RESTRICTED',
      '420 FROZEN_METHOD_INVALID',
      '401 USER_DEACTIVATED',
      '401 AUTH_KEY_UNREGISTERED',
    ]
    for (const line of expected) fault({ error: line.slice(4) })
    for (const line of expected) expect(await failureOf(create())).to.equal(line)
    expect(groups()).to.equal(0)
  })

  it('after-effect: the error is reported, the group is there', async () => {
    fault({ error: 'CHAT_INVALID', afterEffect: true })
    expect(await failureOf(create())).to.equal('400 CHAT_INVALID')
    expect(groups()).to.equal(1)
  })

  it('drop-after: the answer is lost with the connection, and GramJS makes a second group', async () => {
    fault({ wire: 'drop-after' })
    await create()
    expect(groups()).to.equal(2)
  })

  it('drop-before: nothing was done, the repetition does it', async () => {
    fault({ wire: 'drop-before' })
    await create()
    expect(groups()).to.equal(1)
  })

  it('no-answer: the group is there, the call never ends', async () => {
    fault({ wire: 'no-answer' })
    const ended = create().then(
      () => true,
      () => true,
    )
    await until('the group is there', () => groups() === 1)
    await host.invoke(new Api.updates.GetState())
    expect(await Promise.race([ended, Promise.resolve(false)])).to.equal(false)
  })

  it('duplicate: the second answer is ignored', async () => {
    fault({ wire: 'duplicate' })
    await create()
    await host.invoke(new Api.updates.GetState())
    expect(groups()).to.equal(1)
  })

  it('rules count, skip, and mind the account and the family of methods', async () => {
    fault({ method: 'channels.*', skip: 1, times: 2, error: 'TIMEOUT_TEST' })
    fault({ user: hostUser.id + 1, error: 'NEVER', times: 99 })
    await create()
    expect(await failureOf(create())).to.equal('400 TIMEOUT_TEST')
    expect(await failureOf(create())).to.equal('400 TIMEOUT_TEST')
    await create()
    expect(sandbox.faults.hits).to.have.length(2)
  })

  it('delays answers', async () => {
    fault({ delayMs: 150 })
    const startedAt = performance.now()
    await create()
    expect(performance.now() - startedAt).to.be.greaterThan(140)
  })

  it('doubles and loses updates', async () => {
    await create()
    const [chat] = sandbox.world.chats.of(hostUser.id)
    const bot = sandbox.world.users.addBot('Bot', 'the_bot')
    sandbox.world.members.add(chat?.id ?? 0, hostUser.id, bot.id)
    const seen: string[] = []
    host.addEventHandler((update: { message?: { message?: string } }) => seen.push(update.message?.message ?? ''))
    const say = (text: string): unknown => sandbox.world.messages.send(chat?.id ?? 0, bot.id, { text })
    const of = (text: string): number => seen.filter((heard) => heard === text).length
    fault({ method: 'update', wire: 'duplicate' })
    say('twice')
    fault({ method: 'update', wire: 'no-answer' })
    say('never')
    say('once')
    await until('the last one arrives', () => of('once') === 1)
    expect([of('twice'), of('never')]).to.deep.equal([2, 0])
  })

  it('a saved session works again on a new client after the connection broke', async () => {
    const session = sessionOf(host)
    await host.destroy()
    host = gramjs(sandbox, session)
    await host.connect()
    sandbox.dropConnections()
    await create()
    expect(groups()).to.equal(1)
  })
})
