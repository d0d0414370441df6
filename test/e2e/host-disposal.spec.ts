import { isMarker, newMarker } from '../../src/actors/host-markers.js'
import { expect } from 'chai'
import { roomId } from '../../src/ids.js'
import type { Chat } from '../../src/sandbox/world/types.js'
import { isInside } from '../../src/sandbox/world/members.js'
import type { HostSettings } from '../../src/actors/host-parts.js'
import type { Host } from '../../src/actors/host.js'
import { createHostStage, type HostStage } from '../support/host-stage.js'
import { intendedGroup } from '../support/intended-group.js'
import { until } from '../support/until.js'

const ROOM = roomId('room1234')

describe('a host disposes of groups', () => {
  let stage: HostStage
  before(async () => (stage = await createHostStage()))
  beforeEach(() => stage.reset())
  afterEach(() => expect(stage.sandbox.unknown.mtproto).to.deep.equal({}))
  after(() => stage.close())

  /** A host without a stock to fill, and a group in which two people talked, as the room actor leaves it. */
  const withUsedGroup = async (settings: Partial<HostSettings> = {}): Promise<{ host: Host; group: Chat }> => {
    const filler = stage.start()
    await until('a group is in stock', async () => (await stage.live.groups.size()) === 1)
    await filler.stop()
    const [group] = stage.owned() as [Chat]
    const { world } = stage
    for (const firstName of ['Ann', 'Bob']) {
      const person = world.users.add({ firstName }).id
      const { hash } = world.invites.export(group.id, Number(stage.bot.id))
      world.invites.join(person, hash)
      world.messages.send(group.id, person, { text: `I am ${firstName}` })
    }
    world.chats.setTitle(group.id, Number(stage.bot.id), 'Ann & Bob')
    await stage.live.redis.del(stage.live.keys.stock)
    await stage.live.redis.hset(stage.live.keys.groups, stage.idOf(group), 'disposing')
    return { host: stage.start({ stock: 0, ...settings }), group }
  }
  const dispose = (host: Host, group: Chat) => host.handle({ type: 'dispose', chat: stage.idOf(group), room: ROOM })
  const place = (group: Chat) => stage.live.groups.place(stage.idOf(group))

  const expectDeleted = async (group: Chat) => {
    await until('it is deleted', () => group.deleted)
    await until('Redis forgot it', async () => (await place(group)) === undefined)
    await until('no row is left', async () => (await stage.groups.liveOf(stage.host)).length === 0)
    expect(stage.owned()).to.deep.equal([])
  }

  it('deletes it for everyone, and a repeated message does nothing', async () => {
    const { host, group } = await withUsedGroup()
    await dispose(host, group)
    await dispose(host, group)
    await expectDeleted(group)
    await dispose(host, group)
    await until('nothing is left to do', () => host.state().disposing === 0)
  })

  it('one that is already gone from Telegram is forgotten', async () => {
    const { host, group } = await withUsedGroup()
    stage.world.chats.delete(group.id, stage.account.id)
    await dispose(host, group)
    await expectDeleted(group)
  })

  it('one that Postgres does not know is found in the list of dialogs', async () => {
    const { host, group } = await withUsedGroup()
    await stage.live.redis.hset(stage.live.keys.groups, stage.idOf(group), 'disposing')
    await stage.forgetRows()
    await dispose(host, group)
    await until('it is deleted', () => group.deleted)
  })

  it('one that is in stock or holds a room is left alone, whatever an old message says', async () => {
    const { host, group } = await withUsedGroup()
    for (const now of ['stock', ROOM]) {
      await stage.live.redis.hset(stage.live.keys.groups, stage.idOf(group), now)
      await dispose(host, group)
    }
    host.tick()
    await until('it looked', () => host.state().connected)
    expect(group.deleted).to.equal(false)
  })

  it('goes on where another instance was cut off', async () => {
    const { host, group } = await withUsedGroup()
    stage.fault({ method: 'channels.deleteChannel', wire: 'no-answer' })
    await dispose(host, group)
    await until('the call hangs', () => stage.faults.list().length === 0)
    await host.stop()
    stage.start({ stock: 0 })
    await expectDeleted(group)
  })

  const faults = [
    { wire: 'drop-before' },
    { wire: 'drop-after' },
    { wire: 'no-answer' },
    { error: 'FLOOD_WAIT_1' },
    { error: 'CHANNEL_INVALID' },
    { error: 'CHAT_ADMIN_REQUIRED', times: 3 },
    { error: 'RPC_CALL_FAIL', afterEffect: true },
  ] as const
  for (const fault of faults)
    it(`deletes it in spite of ${JSON.stringify(fault)}`, async () => {
      const { host, group } = await withUsedGroup()
      stage.fault({ method: 'channels.deleteChannel', ...fault })
      await dispose(host, group)
      await expectDeleted(group)
    })

  it('calls nothing more for another group while Telegram asks to wait', async () => {
    const filler = stage.start({ stock: 2 })
    await until('two are in stock', async () => (await stage.live.groups.size()) === 2)
    await filler.stop()
    for (const owned of stage.owned()) {
      const row = await stage.groups.byChat(stage.idOf(owned))
      if (row) await stage.groups.setStatus(row.group, 'disposing')
    }
    await stage.live.redis.del(stage.live.keys.stock, stage.live.keys.groups)
    stage.fault({ method: 'channels.deleteChannel', error: 'FLOOD_WAIT_2' })
    stage.start({ stock: 0 })
    await until('Telegram refuses', () => stage.faults.hits.length > 0)
    const refusedAt = performance.now()
    await until('one is deleted', () => stage.owned().length < 2)
    expect(performance.now() - refusedAt).to.be.greaterThan(1_500)
    await until('both are gone', () => stage.owned().length === 0)
  })

  it('one that cannot be deleted does not keep the others from it', async () => {
    const { host, group } = await withUsedGroup()
    stage.fault({ method: 'channels.deleteChannel', error: 'CHAT_ADMIN_REQUIRED', times: 1 })
    const other = stage.world.chats.create(stage.account.id, { title: newMarker('test') })
    const row = await intendedGroup(stage.groups, stage.host, other.title)
    await stage.groups.located(row, stage.idOf(other), '1')
    await stage.live.redis.hset(stage.live.keys.groups, stage.idOf(other), 'disposing')
    await Promise.all([dispose(host, group), dispose(host, other)])
    await until('both are gone', () => group.deleted && other.deleted)
  })

  describe('with GROUP_DISPOSAL=recycle', () => {
    const members = (group: Chat) => [...group.members.values()].filter((m) => isInside(m)).map(({ userId }) => userId)

    const expectRecycled = async (group: Chat) => {
      await until('it is in stock', async () => (await place(group)) === 'stock')
      expect(await stage.live.groups.stocked()).to.deep.equal([{ chat: stage.idOf(group), host: stage.host }])
      expect(members(group).sort()).to.deep.equal([stage.account.id, Number(stage.bot.id)].sort())
      expect([...group.members.values()].filter(({ status }) => status === 'kicked')).to.deep.equal([])
      expect(group.messages.filter(({ text }) => text !== undefined)).to.deep.equal([])
      expect(isMarker('test', group.title)).to.equal(true)
      expect(isMarker('test', group.about)).to.equal(true)
    }

    it('removes both, deletes the history, lifts the bans, and puts it back into stock', async () => {
      const { host, group } = await withUsedGroup({ disposal: 'recycle' })
      expect(members(group)).to.have.length(4)
      await dispose(host, group)
      await expectRecycled(group)
      expect(group.deleted).to.equal(false)
      await until('it is said that people may be matched', () => stage.stockings() === 2)
    })

    it('does so once, though the message comes twice and the row lags behind', async () => {
      const { host, group } = await withUsedGroup({ disposal: 'recycle' })
      await dispose(host, group)
      await dispose(host, group)
      await expectRecycled(group)
      await stage.live.redis.hset(stage.live.keys.groups, stage.idOf(group), ROOM)
      const guest = stage.world.users.add({ firstName: 'Cid' }).id
      stage.world.invites.join(guest, stage.world.invites.export(group.id, Number(stage.bot.id)).hash)
      host.tick()
      await dispose(host, group)
      await host.stop()
      await stage.start({ stock: 0, disposal: 'recycle' }).handle({ type: 'fill' })
      await until('it looked', () => stage.faults.list().length === 0)
      expect(members(group)).to.include(guest)
    })

    const steps = [
      'channels.editBanned',
      'channels.editTitle',
      'channels.deleteHistory',
      'messages.getHistory',
      'channels.getParticipants',
    ]
    for (const method of steps)
      for (const fault of [{ error: 'CHAT_ADMIN_REQUIRED' }, { wire: 'drop-after' }] as const)
        it(`deletes it instead when ${method} cannot be confirmed (${JSON.stringify(fault)})`, async () => {
          const { host, group } = await withUsedGroup({ disposal: 'recycle' })
          stage.fault({ method, ...fault })
          await dispose(host, group)
          await expectDeleted(group)
        })
  })
})
