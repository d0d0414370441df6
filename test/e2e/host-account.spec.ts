import { expect } from 'chai'
import { newMarker } from '../../src/actors/host-markers.js'
import { createHostStage, type HostStage } from '../support/host-stage.js'
import { until } from '../support/until.js'

describe('what a host notices by itself', () => {
  let stage: HostStage
  before(async () => (stage = await createHostStage()))
  beforeEach(() => stage.reset())
  afterEach(() => expect(stage.sandbox.unknown.mtproto).to.deep.equal({}))
  after(() => stage.close())

  const judge = (verdict: { restricted?: boolean; frozen?: boolean }) =>
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
    judge({ restricted: true })
    await quarantined('USER_RESTRICTED')
    expect(host.state().standing).to.equal('limited')
    await stage.live.groups.retire(chat, stage.host)
    await host.handle({ type: 'dispose', chat, room: '' })
    await until('it is deleted', () => stage.owned().length === 0)
    expect((await stage.accounts.get(stage.host))?.lastError).to.equal('USER_RESTRICTED')
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
    judge({ restricted: true })
    await host.handle({ type: 'check', answer: 'question' })
    await quarantined('USER_RESTRICTED')
  })

  it('nothing new in a restriction while it drains: it gives up its groups and makes none', async () => {
    await stage.accounts.drain(stage.host)
    const orphan = stage.world.chats.create(stage.account.id, { title: newMarker('test') })
    judge({ restricted: true })
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
})
