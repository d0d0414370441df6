import { expect } from 'chai'
import { newMarker } from '../../src/actors/host-markers.js'
import type { HostSettings } from '../../src/actors/host-parts.js'
import { userId } from '../../src/ids.js'
import { createHostStage, type HostStage } from '../support/host-stage.js'
import { until } from '../support/until.js'

describe('what a host notices by itself', () => {
  let stage: HostStage
  before(async () => (stage = await createHostStage()))
  beforeEach(() => stage.reset())
  afterEach(() => expect(stage.sandbox.unknown.mtproto).to.deep.equal({}))
  after(() => stage.close())

  const judge = (verdict: { restrictedOn?: string[]; frozen?: boolean }) =>
    stage.world.users.judge(stage.account.id, verdict)
  const stocked = () => until('a group is in stock', async () => (await stage.live.groups.stocked())[0])
  const quarantined = (reason: string) =>
    until(`quarantined: ${reason}`, async () => {
      const row = await stage.accounts.get(stage.host)
      return row?.status === 'quarantined' && row.lastError === reason
    })

  it('a restriction, though it has nothing to make; it still deletes what it owns', async () => {
    const host = stage.start({ accountEveryMs: 30 })
    const { chat } = await stocked()
    judge({ restrictedOn: ['ios', 'all'] })
    await quarantined('USER_RESTRICTED')
    expect(host.state().standing).to.equal('limited')
    await stage.live.groups.retire(chat, stage.host)
    await host.handle({ type: 'dispose', chat, room: '' })
    await until('it is deleted', () => stage.owned().length === 0)
    expect((await stage.accounts.get(stage.host))?.lastError).to.equal('USER_RESTRICTED')
  })

  const looks = () => stage.faults.hits.length
  /** Counts what the account is asked for, without changing the answers. */
  const counting = (method: string) => stage.fault({ method, delayMs: 1, times: 100_000 })

  it('nothing in a restriction on some platforms only', async () => {
    counting('users.getUsers')
    const host = stage.start({ accountEveryMs: 30 })
    await stocked()
    judge({ restrictedOn: ['ios'] })
    const before = looks()
    await until('it has looked at it', () => looks() >= before + 3)
    expect(host.state().standing).to.equal('working')
  })

  it('nothing new in a restriction with which it was logged in again: Telegram refuses it something first', async () => {
    judge({ restrictedOn: ['all'] })
    await stage.accounts.quarantine(stage.host, 'USER_RESTRICTED')
    await stage.accounts.add({ phoneLabel: '+15…5', userId: userId(stage.account.id), session: stage.session })
    counting('users.getUsers')
    const host = stage.start({ accountEveryMs: 30 })
    await stocked()
    const before = looks()
    await until('it has looked at it', () => looks() >= before + 3)
    expect(host.state().standing).to.equal('working')
  })

  it('what it costs little to ask for: settings only when they change, logins never', async () => {
    counting('account.getAuthorizations')
    const client = stage.client()
    await client.connect()
    expect(await client.verdict()).to.deep.equal({ frozen: null, restrictions: [] })
    judge({ frozen: true, restrictedOn: ['ios'] })
    const verdict = await client.verdict()
    expect(verdict.frozen?.appealUrl).to.contain('spambot')
    expect(verdict.restrictions).to.deep.equal([{ platform: 'ios', reason: 'terms' }])
    expect(await client.verdict(), 'not modified').to.deep.equal(verdict)
    expect(looks()).to.equal(0)
    expect(await client.standing()).to.deep.include(verdict)
    expect(looks()).to.equal(1)
    judge({ frozen: false })
    expect((await client.verdict()).frozen).to.equal(null)
    await client.close()
  })

  it('that it is frozen', async () => {
    const host = stage.start({ accountEveryMs: 30 })
    await stocked()
    judge({ frozen: true })
    await quarantined('FROZEN_METHOD_INVALID')
    expect(host.state().standing).to.equal('halted')
  })

  it('that its session has ended', async () => {
    const host = stage.start({ accountEveryMs: 30 })
    await stocked()
    stage.fault({ method: 'help.getAppConfig', error: 'SESSION_REVOKED' })
    await quarantined('SESSION_REVOKED')
    expect(host.state().standing).to.equal('halted')
  })

  it('either at once, when an operator asks how it is', async () => {
    const host = stage.start({ accountEveryMs: 3_600_000 })
    await stocked()
    judge({ restrictedOn: ['all'] })
    await host.handle({ type: 'check', answer: 'question' })
    await quarantined('USER_RESTRICTED')
  })

  it('nothing new in a restriction while it drains: it gives up its groups and makes none', async () => {
    await stage.accounts.drain(stage.host)
    const orphan = stage.world.chats.create(stage.account.id, { title: newMarker('test') })
    judge({ restrictedOn: ['all'] })
    const host = stage.start({ sweepEveryMs: 30 })
    await until('it has looked around', () => orphan.deleted === true)
    expect(host.state().standing).to.equal('draining')
    expect((await stage.accounts.get(stage.host))?.status).to.equal('draining')
  })

  it('orphans, soon after a look for them has failed', async () => {
    stage.world.chats.create(stage.account.id, { title: newMarker('test') })
    stage.fault({ method: 'messages.getDialogs', error: 'CHAT_INVALID' })
    stage.start({ stock: 0, sweepEveryMs: 3_600_000 })
    await until('the orphan is deleted', () => stage.owned().length === 0)
  })

  describe('when a look fails', () => {
    const start = (settings: Partial<HostSettings>) =>
      stage.start({ stock: 0, accountEveryMs: 40, sweepEveryMs: 3_600_000, ...settings })

    it('it rests until the look may be repeated', async () => {
      stage.fault({ method: 'help.getAppConfig', error: 'CHAT_INVALID', times: 100_000 })
      start({})
      // After 20, 40, 80, 160 and 320 ms.
      await until('it has failed six times', () => stage.faults.hits.length >= 6)
      expect(stage.passes()).to.be.below(15)
    })

    it('it is not repeated sooner because an operator asks', async () => {
      stage.fault({ method: 'help.getAppConfig', error: 'CHAT_INVALID' })
      counting('messages.getDialogs')
      const host = start({ retryMs: 3_600_000, sweepEveryMs: 100 })
      const swept = () => looks() - 1
      await until('it has failed, and goes on', () => swept() >= 1)
      counting('help.getAppConfig')
      await host.handle({ type: 'check', answer: 'question' })
      const [hits, before] = [looks(), stage.passes()]
      await until('some time has passed', () => looks() >= hits + 4)
      expect(stage.faults.hits.filter(({ method }) => method === 'help.getAppConfig')).to.have.length(2)
      expect(stage.passes() - before).to.be.below(15)
    })

    for (const [look, method] of [
      ['account', 'help.getAppConfig'],
      ['account', 'users.getUsers'],
      ['sweep', 'messages.getDialogs'],
    ] as const)
      it(`a wait that Telegram asks for keeps only the next look (${look}, ${method}) back`, async () => {
        // The connection asks for the account as well.
        stage.fault({ method, error: 'FLOOD_WAIT_3600', times: 1, ...(method === 'users.getUsers' && { skip: 1 }) })
        const host = start({ stock: 1 })
        await stocked()
        expect(stage.faults.hits).to.have.length(1)
        expect(host.state().standing).to.equal('working')
        expect(await stage.accounts.get(stage.host)).to.include({ status: 'active', floodUntil: null })
        expect(stage.passes()).to.be.below(15)
      })
  })
})
