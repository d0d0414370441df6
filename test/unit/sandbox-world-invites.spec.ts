import { expect } from 'chai'
import { listen, outcome, worldWithGroup } from '../support/worlds.js'

describe('invite links of the sandbox world', () => {
  it('let somebody in, and count it', () => {
    const { world, host, alice, group } = worldWithGroup()
    const invite = world.invites.export(group.id, host)
    const events = listen(world)
    world.invites.join(alice, invite.hash)
    expect(world.members.find(group, alice)?.status).to.equal('member')
    expect(invite.usage).to.equal(1)
    const joined = events.find((event) => event.kind === 'member')
    expect(joined).to.include({ actorId: alice, userId: alice, viaJoinRequest: false, invite })
    expect(group.messages.at(-1)?.service?.type).to.equal('joined-by-link')
    expect(outcome(() => world.invites.join(alice, invite.hash))).to.equal('USER_ALREADY_PARTICIPANT')
  })

  it('ask first when they must, and only those who may decide', () => {
    const { world, alice, bob, bot, group } = worldWithGroup()
    const invite = world.invites.export(group.id, bot, { requestNeeded: true })
    const events = listen(world)
    expect(outcome(() => world.invites.join(alice, invite.hash))).to.equal('INVITE_REQUEST_SENT')
    expect(outcome(() => world.invites.join(alice, invite.hash))).to.equal('INVITE_REQUEST_SENT')
    expect(events.filter((event) => event.kind === 'join-request')).to.have.length(1)
    expect(world.members.find(group, alice)).to.equal(undefined)
    expect(outcome(() => world.invites.decide(group.id, bob, alice, true))).to.equal('CHANNEL_PRIVATE')
    expect(outcome(() => world.invites.decide(group.id, bot, bob, true))).to.equal('HIDE_REQUESTER_MISSING')
    world.invites.decide(group.id, bot, alice, true)
    expect(events.find((event) => event.kind === 'member')).to.include({ userId: alice, viaJoinRequest: true })
    expect(outcome(() => world.invites.decide(group.id, bot, alice, true))).to.equal('USER_ALREADY_PARTICIPANT')
  })

  it('stay shut to those who were declined', () => {
    const { world, alice, bot, group } = worldWithGroup()
    const invite = world.invites.export(group.id, bot, { requestNeeded: true })
    outcome(() => world.invites.join(alice, invite.hash))
    world.invites.decide(group.id, bot, alice, false)
    expect(world.members.find(group, alice)).to.equal(undefined)
    expect(group.requests.size).to.equal(0)
  })

  it('expire by the clock, by use, by revocation and with the group', () => {
    const { world, host, alice, bob, group } = worldWithGroup()
    const join = (userId: number, hash: string): string => outcome(() => world.invites.join(userId, hash))
    const timed = world.invites.export(group.id, host, { expiresAt: world.now() + 60 })
    world.advanceClock(60_000)
    expect(join(alice, timed.hash)).to.equal('INVITE_HASH_EXPIRED')
    const single = world.invites.export(group.id, host, { limit: 1 })
    expect(join(alice, single.hash)).to.equal('done')
    expect(join(bob, single.hash)).to.equal('INVITE_HASH_EXPIRED')
    const revoked = world.invites.export(group.id, host)
    world.invites.revoke(group.id, host, revoked.hash)
    expect(join(bob, revoked.hash)).to.equal('INVITE_HASH_EXPIRED')
    const late = world.invites.export(group.id, host)
    world.chats.delete(group.id, host)
    expect(join(bob, late.hash)).to.equal('INVITE_HASH_EXPIRED')
    expect(join(bob, 'nonsense')).to.equal('INVITE_HASH_INVALID')
  })

  it('with a limit live again when the one who used them leaves', () => {
    const { world, host, alice, bob, group } = worldWithGroup()
    const single = world.invites.export(group.id, host, { limit: 1 })
    world.invites.join(alice, single.hash)
    world.members.leave(group.id, alice)
    expect(outcome(() => world.invites.join(bob, single.hash))).to.equal('done')
  })

  it('cannot both be limited and ask, nor lie in the past', () => {
    const { world, host, group } = worldWithGroup()
    const make = (terms: object): string => outcome(() => world.invites.export(group.id, host, terms))
    expect(make({ limit: 1, requestNeeded: true })).to.equal('USAGE_LIMIT_INVALID')
    expect(make({ expiresAt: world.now() - 1 })).to.equal('EXPIRE_DATE_INVALID')
  })

  it('of another administrator are out of reach for bots', () => {
    const { world, host, bot, group } = worldWithGroup()
    const foreign = world.invites.export(group.id, host)
    expect(outcome(() => world.invites.revoke(group.id, bot, foreign.hash))).to.equal('CHAT_ADMIN_REQUIRED')
    const own = world.invites.export(group.id, bot)
    expect(outcome(() => world.invites.revoke(group.id, host, own.hash))).to.equal('done')
  })

  it('are replaced when they are primary', () => {
    const { world, host, group } = worldWithGroup()
    const first = world.invites.export(group.id, host, { primary: true })
    const { invite, replacement } = world.invites.revoke(group.id, host, first.hash)
    expect(invite.revoked).to.equal(true)
    expect(replacement).to.include({ permanent: true, revoked: false })
  })

  it('refuse people who are at too many chats: asking, entering, and being let in', () => {
    const { world, host, alice, bob, bot, group } = worldWithGroup()
    const open = world.invites.export(group.id, host)
    const asking = world.invites.export(group.id, bot, { requestNeeded: true })
    outcome(() => world.invites.join(bob, asking.hash))
    world.limits.chatsPerUser = 1
    for (const [owner, title] of [
      [alice, 'A'],
      [bob, 'B'],
    ] as const)
      world.chats.create(owner, { title })
    expect(outcome(() => world.invites.join(alice, open.hash))).to.equal('CHANNELS_TOO_MUCH')
    expect(outcome(() => world.invites.decide(group.id, bot, bob, true))).to.equal('USER_CHANNELS_TOO_MUCH')
    expect(outcome(() => world.chats.create(alice, { title: 'C' }))).to.equal('CHANNELS_TOO_MUCH')
  })

  it('are recognised in every form of a link', () => {
    const { world, host, group } = worldWithGroup()
    const { hash } = world.invites.export(group.id, host)
    const forms = [`https://t.me/+${hash}`, `t.me/joinchat/${hash}`, `tg://join?invite=${hash}`, hash]
    expect(new Set(forms.map((form) => world.invites.hashOf(form)))).to.deep.equal(new Set([hash]))
  })
})
