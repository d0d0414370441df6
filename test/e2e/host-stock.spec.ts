import { isMarker, newMarker } from '../../src/actors/host-markers.js'
import { expect } from 'chai'
import { wordsOf } from '../../src/errors.js'
import { chatId } from '../../src/ids.js'
import type { Chat } from '../../src/sandbox/world/types.js'
import { createHostStage, type HostStage } from '../support/host-stage.js'
import { until } from '../support/until.js'

/** For a host that does not come to the end of its patience. */
const NO_ANSWER_MS = 10_000

describe('a host fills the stock of groups', () => {
  let stage: HostStage
  before(async () => (stage = await createHostStage()))
  beforeEach(() => stage.reset())
  afterEach(() => expect(stage.sandbox.unknown.mtproto).to.deep.equal({}))
  after(() => stage.close())

  const stocked = (count = 1) => until(`${count} in stock`, async () => (await stage.live.groups.size()) === count)

  /** Exactly one group exists, it is in stock, and it is as a group in stock must be. */
  const expectOneGroupInStock = async () => {
    await stocked()
    const [group, ...others] = stage.owned() as [Chat, ...Chat[]]
    expect(others.map(({ title }) => title)).to.deep.equal([])
    expect(await stage.live.groups.place(stage.idOf(group))).to.equal('stock')
    expect(group.historyHidden).to.equal(true)
    expect([...group.defaultBanned].sort()).to.deep.equal(['change_info', 'invite_users', 'pin_messages'])
    const members = [...group.members.values()].filter(({ status }) => status !== 'left')
    expect(members.map(({ userId, status }) => `${userId} ${status}`).sort()).to.deep.equal(
      [`${stage.account.id} creator`, `${stage.bot.id} administrator`].sort(),
    )
    const rights = group.members.get(Number(stage.bot.id))?.rights
    // The right to give tags is asked for as well, but not insisted on.
    const needed = [...(rights ?? [])].filter((right) => right !== 'other' && right !== 'manage_ranks')
    expect(needed.sort()).to.deep.equal(['ban_users', 'change_info', 'delete_messages', 'invite_users', 'pin_messages'])
    const row = await stage.groups.byChat(stage.idOf(group))
    expect(row).to.include({ marker: group.title, host: stage.host })
  }

  it('prepares as many groups as the stock needs, and says each time that people may be matched', async () => {
    const host = stage.start({ stock: 3 })
    await stocked(3)
    expect(stage.owned()).to.have.length(3)
    expect(new Set(stage.owned().map(({ title }) => title)).size).to.equal(3)
    expect(stage.owned().every(({ title }) => isMarker('test', title))).to.equal(true)
    await until('it has said so each time', () => stage.stockings() === 3)
    expect(host.state()).to.include({ standing: 'working', connected: true })
    for (const { members } of stage.owned())
      expect(members.get(Number(stage.bot.id))?.rights).to.include('manage_ranks')
  })

  it('makes no group too many while another host makes those that lack', async () => {
    const other = await stage.newAccount()
    const created = () => stage.world.chats.byId.size
    // Both have looked at the stock long before the first group is in it.
    stage.fault({ method: 'channels.createChannel', delayMs: 400, times: 10 })
    const hosts = [stage.host, other.host].map((host) => stage.start({ stock: 3 }, 5_000, host))
    await until('all that are made are in stock', async () => {
      const size = await stage.live.groups.size()
      return size >= 3 && size === created()
    })
    for (const host of hosts) await host.handle({ type: 'fill' })
    await until('nobody makes any more', () => hosts.every((host) => host.state().preparing === 0))
    expect(created()).to.equal(3)
  })

  it('fills up again when a message says that the stock may have shrunk', async () => {
    const host = stage.start()
    await expectOneGroupInStock()
    await stage.live.redis.del(stage.live.keys.stock)
    await host.handle({ type: 'fill' })
    await stocked()
    expect(stage.owned()).to.have.length(2)
  })

  it('makes nothing while Redis is being rebuilt: the stock is unknown, not empty', async () => {
    await stage.live.redis.del(stage.live.keys.epoch)
    const host = stage.start()
    await until('it waits', () => host.state().lastError?.includes('is being rebuilt') === true)
    const asked = await host.handle({ type: 'dispose', chat: chatId(-1_002_400_000_001), room: '' }).catch(wordsOf)
    expect(asked).to.contain('is being rebuilt')
    expect(stage.owned()).to.deep.equal([])
    await stage.live.finishRebuild()
    await expectOneGroupInStock()
  })

  it('paces creations', async () => {
    stage.start({ stock: 3, paceMs: 300 })
    const startedAt = performance.now()
    await stocked(2)
    expect(performance.now() - startedAt).to.be.greaterThan(150)
  })

  it('stops at the daily budget', async () => {
    const host = stage.start({ stock: 3, budget: 1 })
    await until('the budget is used up', () => host.state().standing === 'budget')
    expect(stage.owned()).to.have.length(1)
  })

  describe('with one fault at each step', () => {
    const steps = [
      'channels.createChannel',
      'channels.togglePreHistoryHidden',
      'messages.editChatDefaultBannedRights',
      'contacts.resolveUsername',
      'channels.editAdmin',
    ]
    const faults = {
      'the connection drops before it': { wire: 'drop-before' },
      'the connection drops after it': { wire: 'drop-after' },
      'no answer comes': { wire: 'no-answer' },
      'the answer comes twice': { wire: 'duplicate' },
      'an internal error is reported after the effect': { error: 'RPC_CALL_FAIL', afterEffect: true },
      'a refusal is reported after the effect': { error: 'CHAT_INVALID', afterEffect: true },
      'it must wait a second': { error: 'FLOOD_WAIT_1' },
    } as const
    /** Repeating the others is harmless, so that fewer faults say as much. */
    const telling = Object.entries(faults).filter(([what]) => /drops after|refusal|wait/.test(what))
    for (const method of steps)
      for (const [what, fault] of /create|editAdmin/.test(method) ? Object.entries(faults) : telling)
        it(`${method}: ${what}: one group results, and no orphan`, async () => {
          stage.fault({ method, ...fault })
          stage.start()
          await expectOneGroupInStock()
          expect(stage.faults.list()).to.deep.equal([])
        })
  })

  for (const method of ['channels.createChannel', 'channels.editAdmin'])
    it(`goes on where another instance was cut off in ${method}`, async () => {
      stage.fault({ method, wire: 'no-answer' })
      const first = stage.start({}, NO_ANSWER_MS)
      await until('the call hangs', () => stage.faults.list().length === 0)
      const startedAt = performance.now()
      await first.stop()
      expect(performance.now() - startedAt, 'it does not wait for the answer').to.be.lessThan(NO_ANSWER_MS / 2)
      stage.start()
      await expectOneGroupInStock()
    })

  it('deletes a group that came to be after its intent was given up', async () => {
    stage.fault({ method: 'channels.createChannel', delayMs: 1_200 })
    stage.start({ sweepEveryMs: 200 })
    await stocked()
    // There may be more: a call whose answer takes too long on a busy machine counts as failed as well.
    await until('the late group came', () => stage.world.chats.byId.size >= 2)
    await until('and was deleted', () => stage.owned().length === 1)
    await expectOneGroupInStock()
  })

  it('leaves groups alone that are not its own, also those of a deployment with a similar name', async () => {
    const { world, account } = stage
    for (const title of ['Family', newMarker('test-2'), newMarker('testing')]) world.chats.create(account.id, { title })
    const orphan = world.chats.create(account.id, { title: newMarker('test') })
    const host = stage.start()
    await until('the orphan is deleted', () => orphan.deleted)
    await stocked()
    expect(await host.ownGroups()).to.have.length(1)
    expect(stage.owned()).to.have.length(4)
  })

  it('finds a group again that a room has renamed, once nobody knows of it', async () => {
    const { world, account, live } = stage
    const family = world.chats.create(account.id, { title: 'Family', about: 'Sunday at six' })
    const first = stage.start()
    await stocked()
    const [, group] = stage.owned()
    world.chats.setTitle(group?.id ?? 0, account.id, 'Ann & Bob')
    expect(group?.about).to.satisfy((about: string) => isMarker('test', about))
    expect(await first.ownGroups(), 'while a row tells of it').to.have.length(1)
    await first.stop()
    await stage.forgetRows()
    await live.reset()
    stage.fault({ method: 'channels.getFullChannel', delayMs: 0, times: 10 })
    const second = stage.start({ stock: 0, sweepEveryMs: 50 })
    await until('the orphan is deleted', () => group?.deleted === true)
    expect(await second.ownGroups()).to.deep.equal([])
    expect(family.deleted).to.equal(false)
    expect(stage.faults.hits, 'each is asked for once').to.have.length(2)
  })

  describe('when Telegram limits the account', () => {
    it('FLOOD_WAIT parks it, also over a restart, and nothing is tried meanwhile', async () => {
      stage.fault({ method: 'channels.createChannel', error: 'FLOOD_WAIT_3600' })
      const first = stage.start()
      await until('parked', async () => (await stage.accounts.get(stage.host))?.status === 'parked')
      expect(first.state().standing).to.equal('parked')
      const until3600 = (await stage.accounts.get(stage.host))?.parkedUntil ?? 0
      expect(until3600 - Date.now()).to.be.within(3_500_000, 3_600_000)
      expect((await stage.accounts.get(stage.host))?.usedToday, 'what was refused does not count').to.equal(0)
      await first.stop()
      const second = stage.start()
      await until('the intent is given up', async () => (await stage.groups.preparing(stage.host)).length === 0)
      expect(second.state().standing).to.equal('parked')
      expect(stage.owned()).to.have.length(0)
    })

    it('FLOOD_WAIT keeps one that was drained and put to work again from creating', async () => {
      await stage.accounts.flood(stage.host, Date.now() + 3_600_000, 'FLOOD_WAIT')
      await stage.accounts.drain(stage.host)
      const host = stage.start()
      await until('it drains', () => host.state().standing === 'draining')
      // As an operator may who writes into the table.
      await stage.setStatus('active')
      host.tick()
      await until('it would work', () => host.state().standing !== 'draining')
      expect(host.state().standing).to.equal('parked')
      expect(stage.owned()).to.have.length(0)
    })

    it('CHANNELS_TOO_MUCH stops creating, but not deleting, which makes room', async () => {
      const host = stage.start()
      await stocked()
      const [group] = stage.owned() as [Chat]
      stage.world.limits.chatsPerUser = 1
      await stage.live.redis.del(stage.live.keys.stock)
      await host.handle({ type: 'fill' })
      await until('full', () => host.state().standing === 'full')
      await stage.live.redis.hset(stage.live.keys.groups, stage.idOf(group), 'disposing')
      await host.handle({ type: 'dispose', chat: stage.idOf(group), room: '' })
      await until('deleted', () => group.deleted)
      await expectOneGroupInStock()
    })

    it('USER_RESTRICTED ends creating for good; what it owns is still deleted', async () => {
      const host = stage.start()
      await stocked()
      const [group] = stage.owned() as [Chat]
      stage.fault({ method: 'channels.createChannel', error: 'USER_RESTRICTED' })
      await stage.live.redis.del(stage.live.keys.stock)
      await host.handle({ type: 'fill' })
      await until('limited', () => host.state().standing === 'limited')
      await stage.live.redis.hset(stage.live.keys.groups, stage.idOf(group), 'disposing')
      await host.handle({ type: 'dispose', chat: stage.idOf(group), room: '' })
      await until('deleted', () => group.deleted)
      await host.handle({ type: 'fill' })
      await until('stored', async () => (await stage.accounts.get(stage.host))?.status === 'quarantined')
      expect(await stage.accounts.get(stage.host)).to.include({ lastError: 'USER_RESTRICTED' })
      await until('no intent is left', async () => (await stage.groups.preparing(stage.host)).length === 0)
      expect(stage.world.chats.byId.size).to.equal(1)
    })

    it('USER_RESTRICTED in the middle of a preparation deletes that group', async () => {
      stage.fault({ method: 'channels.editAdmin', error: 'USER_RESTRICTED' })
      stage.start()
      await until('made and deleted', () => [...stage.world.chats.byId.values()].some(({ deleted }) => deleted))
      await until('no row is left', async () => (await stage.groups.liveOf(stage.host)).length === 0)
      expect(stage.owned()).to.have.length(0)
    })

    it('a frozen account is not touched any more', async () => {
      stage.fault({ method: 'channels.createChannel', error: 'FROZEN_METHOD_INVALID' })
      const host = stage.start()
      await until('halted', () => host.state().standing === 'halted' && !host.state().connected)
      await until('stored', async () => (await stage.accounts.get(stage.host))?.status === 'quarantined')
    })

    it('a dead session takes it out of work until somebody logs in again', async () => {
      stage.fault({ method: 'users.getUsers', error: 'AUTH_KEY_UNREGISTERED' })
      const host = stage.start()
      await until('quarantined', async () => (await stage.accounts.get(stage.host))?.status === 'quarantined')
      expect(await stage.accounts.get(stage.host)).to.include({ lastError: 'AUTH_KEY_UNREGISTERED' })
      const session = stage.sandbox.mintSession(stage.account.id)
      const userId = (await stage.accounts.get(stage.host))?.user
      if (userId) await stage.accounts.add({ phoneLabel: '+15…5', userId, session })
      host.tick()
      await expectOneGroupInStock()
    })
  })

  it('does not hurry while Telegram cannot be reached, and goes on when it can', async () => {
    stage.fault({ method: 'users.getUsers', wire: 'drop-before', times: 4 })
    const host = stage.start()
    await until('it failed', () => host.state().lastError !== undefined)
    for (let i = 0; i < 50; i++) host.tick()
    await expectOneGroupInStock()
    expect(stage.faults.hits).to.have.length(4)
  })

  it('a drop while idle is noticed and mended', async () => {
    const host = stage.start()
    await stocked()
    stage.sandbox.dropConnections()
    await until('it is gone', () => !host.state().connected)
    host.tick()
    await until('it is back', () => host.state().connected)
  })
})
