import { expect } from 'chai'
import { chatId } from '../../src/ids.js'
import type { HostClient } from '../../src/telegram/host-client.js'
import { createHostStage, TIMEOUT_MS, type HostStage } from '../support/host-stage.js'
import { until } from '../support/until.js'

/** For tests in which every answer comes: a long list of dialogs takes its time on a busy machine. */
const PATIENT_MS = 10_000

describe("a host's client", () => {
  let stage: HostStage
  let client: HostClient
  before(async () => (stage = await createHostStage()))
  const connect = async (timeoutMs: number) => {
    client = stage.client({ timeoutMs })
    await client.connect()
  }
  beforeEach(async () => {
    await stage.reset()
    await connect(PATIENT_MS)
  })
  afterEach(async () => {
    await client.close()
    expect(stage.sandbox.unknown.mtproto).to.deep.equal({})
  })
  after(() => stage.close())

  const codeOf = async (call: Promise<unknown>): Promise<string> =>
    call.then(
      () => 'done',
      (error: unknown) => (error as { code: string }).code,
    )

  it('finds its groups by marker in a long list of dialogs, private chats among them', async () => {
    for (let n = 0; n < 230; n++) stage.world.chats.create(stage.account.id, { title: `group ${n}` })
    const stranger = stage.world.users.add({ firstName: 'Eve' })
    const foreign = stage.world.chats.create(stranger.id, { title: 'group 3' })
    stage.world.invites.join(stage.account.id, stage.world.invites.export(foreign.id, stranger.id).hash)
    expect(await client.ownGroups()).to.have.length(230)
    const found = await client.findGroup('group 3')
    expect(found?.chat).to.equal(stage.idOf(stage.owned()[3] ?? foreign))
    expect(await client.findGroup('group')).to.equal(undefined)
  })

  it('looks up an access hash that is missing or wrong', async () => {
    const { chat } = await client.createGroup('marker')
    await client.close()
    await connect(PATIENT_MS)
    await client.setTitle({ chat, accessHash: '42' }, 'first')
    await client.setTitle({ chat }, 'second')
    await client.setTitle({ chat }, 'second')
    expect(stage.owned()[0]?.title).to.equal('second')
    expect(await client.deleteGroup({ chat, accessHash: '42' })).to.equal('deleted')
    expect(await client.deleteGroup({ chat })).to.equal('gone')
    expect(await codeOf(client.setTitle({ chat: chatId(-1_009_999_999_999) }, 'x'))).to.equal('host_group_gone')
  })

  it('does not call a group gone that is there, though Telegram says so', async () => {
    const group = await client.createGroup('marker')
    stage.fault({ method: 'channels.deleteChannel', error: 'CHANNEL_PRIVATE' })
    expect(await codeOf(client.deleteGroup(group))).to.equal('host_rejected')
    expect(stage.owned()).to.have.length(1)
  })

  it('deletes long histories, also of others', async () => {
    const group = await client.createGroup('marker')
    const [chat] = stage.owned()
    if (!chat) throw new Error('no group')
    for (let n = 0; n < 250; n++) stage.world.messages.send(chat.id, stage.account.id, { text: `${n}` })
    await client.clean(group)
    expect(chat.messages.filter(({ text }) => text !== undefined)).to.deep.equal([])
  })

  it('after a lost answer it is dead at once, and nothing is sent again', async () => {
    await client.close()
    await connect(TIMEOUT_MS)
    stage.fault({ method: 'channels.createChannel', wire: 'no-answer' })
    const startedAt = performance.now()
    const waiting = client.members({ chat: chatId(-1_009_999_999_999), accessHash: '1' }).catch(() => undefined)
    expect(await codeOf(client.createGroup('marker'))).to.equal('host_unavailable')
    expect(performance.now() - startedAt).to.be.within(TIMEOUT_MS - 10, PATIENT_MS)
    await waiting
    expect(client.alive()).to.equal(false)
    expect(await codeOf(client.createGroup('marker'))).to.equal('host_unavailable')
    expect(stage.owned()).to.have.length(1)
  })

  it('a drop rejects everything in flight at once, and is noticed while idle', async () => {
    stage.fault({ method: 'channels.createChannel', wire: 'no-answer' })
    const creating = codeOf(client.createGroup('marker'))
    await until('it is under way', () => stage.faults.list().length === 0)
    const startedAt = performance.now()
    stage.sandbox.dropConnections()
    expect(await creating).to.equal('host_unavailable')
    expect(performance.now() - startedAt).to.be.lessThan(PATIENT_MS / 2)
    expect(client.alive()).to.equal(false)
  })

  it('a session that Telegram does not know is dead, not slow', async () => {
    const { sandbox } = stage
    const session = sandbox.mintSession(stage.account.id)
    // Its last bytes are the key.
    const strange = stage.client({ session: `${session.slice(0, -8)}AAAAAAA=`, timeoutMs: PATIENT_MS })
    const startedAt = performance.now()
    expect(await codeOf(strange.connect())).to.equal('host_session')
    expect(performance.now() - startedAt).to.be.lessThan(PATIENT_MS / 2)
  })

  it('says when Telegram cannot be reached', async () => {
    const { address } = await closedPort()
    const lost = stage.client({ address })
    expect(await codeOf(lost.connect())).to.equal('host_unavailable')
    await lost.close()
  })

  it('prints nothing', async () => {
    const written: string[] = []
    const [out, err] = [process.stdout.write.bind(process.stdout), process.stderr.write.bind(process.stderr)]
    const note = (text: unknown) => written.push(String(text)) > 0
    process.stdout.write = note
    process.stderr.write = note
    try {
      stage.fault({ method: 'channels.createChannel', error: 'CHAT_INVALID' })
      await codeOf(client.createGroup('marker'))
      stage.sandbox.dropConnections()
      await until('it is gone', () => !client.alive())
    } finally {
      process.stdout.write = out
      process.stderr.write = err
    }
    expect(written).to.deep.equal([])
  })
})

/** An address at which nobody listens. */
const closedPort = async (): Promise<{ address: string }> => {
  const { createServer } = await import('node:net')
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return { address: `127.0.0.1:${port}` }
}
