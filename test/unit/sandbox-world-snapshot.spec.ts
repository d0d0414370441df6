import { expect } from 'chai'
import { restoreWorld, snapshotWorld, type WorldSnapshot } from '../../src/sandbox/world/snapshot.js'
import { World } from '../../src/sandbox/world/world.js'
import { outcome, worldWithGroup } from '../support/worlds.js'

describe('the sandbox world', () => {
  it('is the same for the same seed and history', () => {
    const [one, other] = [worldWithGroup(), worldWithGroup()]
    const secrets = ({ world, host, bot, group }: typeof one): unknown[] => [
      world.users.get(bot).bot?.token,
      world.invites.export(group.id, host).hash,
      world.accessHash(host, 'chat', group.id),
    ]
    expect(secrets(one)).to.deep.equal(secrets(other))
    expect(one.world.users.get(one.bot).bot?.token).to.match(/^\d+:[\w-]{35}$/)
  })

  it('gives each viewer other access hashes', () => {
    const { world, host, alice, group } = worldWithGroup()
    expect(world.accessHash(host, 'chat', group.id)).not.to.equal(world.accessHash(alice, 'chat', group.id))
    expect(world.accessHash(host, 'chat', group.id)).not.to.equal(world.accessHash(host, 'user', group.id))
  })

  it('goes on from a snapshot as if nothing had been', () => {
    const { world, host, alice, bob, bot, group } = worldWithGroup()
    const invite = world.invites.export(group.id, bot, { requestNeeded: true })
    outcome(() => world.invites.join(alice, invite.hash))
    world.members.ban(group.id, host, bob, ['view_messages'])
    world.dialogs.write(alice, bot, { text: '/start' })
    world.advanceClock(3_600_000)

    const restored = new World('test')
    restoreWorld(restored, JSON.parse(JSON.stringify(snapshotWorld(world))) as WorldSnapshot)
    expect(snapshotWorld(restored)).to.deep.equal(JSON.parse(JSON.stringify(snapshotWorld(world))))
    expect(restored.clockOffsetMs).to.equal(3_600_000)
    restored.invites.decide(group.id, bot, alice, true)
    expect(restored.members.find(restored.chats.get(group.id), alice)?.status).to.equal('member')
    expect(restored.dialogs.reply(alice, bot, { text: 'back' }).userMessageId).to.equal(2)
    expect(restored.users.add({ firstName: 'New' }).id).to.be.greaterThan(bot)
    expect(group.requests.size).to.equal(1)
  })

  it('goes on from a snapshot of a time when there were no private chats but with bots', () => {
    const { world, alice, bot } = worldWithGroup()
    world.dialogs.write(alice, bot, { text: '/start' })
    const snapshot = JSON.parse(JSON.stringify(snapshotWorld(world))) as { dialogs: Record<string, unknown>[] }
    snapshot.dialogs = snapshot.dialogs.map(({ peerId, messages, ...dialog }) => ({
      ...dialog,
      botId: peerId,
      messages: (messages as Record<string, unknown>[]).map(({ peerMessageId, ...message }) => {
        return { ...message, botMessageId: peerMessageId }
      }),
    }))
    const restored = new World('test')
    restoreWorld(restored, snapshot as unknown as WorldSnapshot)
    expect(restored.dialogs.all()).to.deep.equal(world.dialogs.all())
    expect(restored.dialogs.reply(alice, bot, { text: 'back' }).peerMessageId).to.equal(2)
  })

  it('refuses a snapshot of another seed', () => {
    expect(() => restoreWorld(new World('other'), snapshotWorld(worldWithGroup().world))).to.throw('seed')
  })
})
