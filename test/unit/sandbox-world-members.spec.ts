import { expect } from 'chai'
import { listen, outcome, worldWithGroup } from '../support/worlds.js'

const DAY_S = 24 * 3600

describe('members in the sandbox world', () => {
  it('who were thrown out are banned until that is lifted', () => {
    const { world, host, alice, group } = worldWithGroup()
    const invite = world.invites.export(group.id, host)
    world.invites.join(alice, invite.hash)
    world.members.ban(group.id, host, alice, ['view_messages'])
    expect(world.members.find(group, alice)?.status).to.equal('kicked')
    expect(outcome(() => world.invites.join(alice, invite.hash))).to.equal('INVITE_HASH_EXPIRED')
    expect(outcome(() => world.messages.send(group.id, alice, { text: 'x' }))).to.equal('CHANNEL_PRIVATE')
    world.members.ban(group.id, host, alice, [])
    expect(world.members.find(group, alice)?.status).to.equal('left')
    expect(outcome(() => world.invites.join(alice, invite.hash))).to.equal('done')
  })

  it('are banned for a time, or for ever when the time is odd', () => {
    const { world, host, alice, bob, group } = worldWithGroup()
    world.members.ban(group.id, host, alice, ['view_messages'], world.now() + DAY_S)
    world.members.ban(group.id, host, bob, ['view_messages'], world.now() + 5)
    world.advanceClock(DAY_S * 1000)
    expect(world.members.find(group, alice)?.status).to.equal('left')
    expect(world.members.find(group, bob)?.status).to.equal('kicked')
  })

  it('can be silenced without being thrown out', () => {
    const { world, host, alice, group } = worldWithGroup()
    world.invites.join(alice, world.invites.export(group.id, host).hash)
    world.members.ban(group.id, host, alice, ['send_messages'])
    expect(world.members.find(group, alice)).to.include({ status: 'restricted', inside: true })
    expect(outcome(() => world.messages.send(group.id, alice, { text: 'x' }))).to.equal('CHAT_WRITE_FORBIDDEN')
    world.members.leave(group.id, alice)
    expect(world.members.find(group, alice)).to.include({ status: 'restricted', inside: false })
  })

  it('get rights from those who have them', () => {
    const { world, host, alice, bob, bot, group } = worldWithGroup()
    for (const id of [alice, bob]) world.invites.join(id, world.invites.export(group.id, host).hash)
    world.members.promote(group.id, host, alice, ['add_admins', 'other'], 'helper')
    expect(world.members.find(group, alice)).to.include({ status: 'administrator', tag: 'helper' })
    expect(outcome(() => world.members.promote(group.id, alice, bob, ['ban_users']))).to.equal('RIGHT_FORBIDDEN')
    expect(outcome(() => world.members.promote(group.id, alice, host, []))).to.equal('USER_CREATOR')
    expect(outcome(() => world.members.ban(group.id, bot, alice, ['view_messages']))).to.equal('USER_ADMIN_INVALID')
    world.members.promote(group.id, host, alice, [])
    expect(world.members.find(group, alice)?.status).to.equal('member')
  })

  it('wear titles as administrators that are short and have no emoji', () => {
    const { world, host, alice, group } = worldWithGroup()
    world.invites.join(alice, world.invites.export(group.id, host).hash)
    const promote = (title: string) => outcome(() => world.members.promote(group.id, host, alice, ['ban_users'], title))
    expect(promote('x'.repeat(17))).to.equal('ADMIN_RANK_INVALID')
    expect(promote('Fox 🦊')).to.equal('ADMIN_RANK_EMOJI_NOT_ALLOWED')
    expect(world.members.find(group, alice)?.status).to.equal('member')
    expect(promote('x'.repeat(16))).to.equal('done')
    expect(promote('')).to.equal('done')
  })

  it('manage the chat with any right, and may appoint others with those they have', () => {
    const { world, host, alice, bob, bot, group } = worldWithGroup()
    for (const id of [alice, bob]) world.invites.join(id, world.invites.export(group.id, host).hash)
    world.members.promote(group.id, host, bot, ['add_admins', 'pin_messages'])
    expect(world.members.find(group, bot)?.rights).to.include('other')
    expect(outcome(() => world.members.promote(group.id, bot, alice, ['pin_messages', 'other']))).to.equal('done')
    expect(outcome(() => world.members.promote(group.id, bot, bob, ['ban_users']))).to.equal('RIGHT_FORBIDDEN')
  })

  it('by default may pin, rename and invite, until that is taken from them', () => {
    const { world, host, alice, group } = worldWithGroup()
    world.invites.join(alice, world.invites.export(group.id, host).hash)
    expect(outcome(() => world.chats.setTitle(group.id, alice, 'Mine'))).to.equal('done')
    world.chats.setDefaultBanned(group.id, host, ['change_info', 'pin_messages', 'invite_users'])
    expect(outcome(() => world.chats.setTitle(group.id, alice, 'Again'))).to.equal('CHAT_ADMIN_REQUIRED')
    expect(outcome(() => world.messages.pin(group.id, alice, 1))).to.equal('CHAT_ADMIN_REQUIRED')
    expect(outcome(() => world.invites.export(group.id, alice))).to.equal('CHAT_ADMIN_REQUIRED')
  })

  it('wear tags that administrators with the right give them', () => {
    const { world, host, alice, bot, group } = worldWithGroup()
    world.invites.join(alice, world.invites.export(group.id, host).hash)
    world.members.setTag(group.id, bot, alice, 'Quiet Fox')
    expect(world.members.find(group, alice)?.tag).to.equal('Quiet Fox')
    expect(outcome(() => world.members.setTag(group.id, bot, alice, 'x'.repeat(17)))).to.equal('ADMIN_RANK_INVALID')
    expect(outcome(() => world.members.setTag(group.id, bot, alice, '🦊'))).to.equal('ADMIN_RANK_EMOJI_NOT_ALLOWED')
    world.members.promote(group.id, host, bot, ['ban_users'])
    expect(outcome(() => world.members.setTag(group.id, bot, alice, 'x'))).to.equal('CHAT_ADMIN_REQUIRED')
  })

  it('inherit the group when its owner leaves', () => {
    const { world, host, alice, bob, group } = worldWithGroup()
    for (const id of [alice, bob]) world.invites.join(id, world.invites.export(group.id, host).hash)
    world.members.leave(group.id, host)
    expect(world.chats.owner(group)).to.equal(alice)
    expect(outcome(() => world.chats.delete(group.id, host))).to.equal('CHANNEL_PRIVATE')
  })

  it('lose the group when its owner deletes it, and nobody else can', () => {
    const { world, host, alice, bot, group } = worldWithGroup()
    world.invites.join(alice, world.invites.export(group.id, host).hash)
    expect(outcome(() => world.chats.delete(group.id, bot))).to.equal('CHAT_ADMIN_REQUIRED')
    const events = listen(world)
    world.chats.delete(group.id, host)
    expect(events).to.have.length(1)
    expect(events[0]).to.deep.include({ kind: 'chat-deleted', actorId: host, memberIds: [host, bot, alice] })
    expect(world.chats.of(alice)).to.deep.equal([])
    expect(outcome(() => world.chats.entered(group.id, alice))).to.equal('CHANNEL_PRIVATE')
  })

  it('of public channels come and go freely', () => {
    const { world, host, alice } = worldWithGroup()
    const channel = world.chats.create(host, { title: 'News', type: 'channel', username: 'the_news' })
    expect(world.chats.byUsername('@The_News')).to.equal(channel)
    world.members.joinPublic(channel.id, alice)
    expect(world.members.find(channel, alice)?.status).to.equal('member')
    expect(outcome(() => world.messages.send(channel.id, alice, { text: 'x' }))).to.equal('CHAT_WRITE_FORBIDDEN')
    world.members.leave(channel.id, alice)
    expect(channel.messages.map((message) => message.service?.type)).to.deep.equal(['created'])
    expect(outcome(() => world.users.add({ firstName: 'X', username: 'the_news' }))).to.equal('USERNAME_OCCUPIED')
  })

  it('vanish with their account', () => {
    const { world, host, alice, bot, group } = worldWithGroup()
    world.invites.join(alice, world.invites.export(group.id, host).hash)
    world.dialogs.write(alice, bot, { text: '/start' })
    world.users.deleteAccount(alice)
    expect(world.members.find(group, alice)?.status).to.equal('left')
    expect(outcome(() => world.dialogs.reply(alice, bot, { text: 'x' }))).to.equal('INPUT_USER_DEACTIVATED')
  })
})
