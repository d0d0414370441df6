import { expect } from 'chai'
import { listen, outcome, worldWithGroup } from '../support/worlds.js'

describe('messages in the sandbox world', () => {
  it('are numbered per group, and seen by newcomers only when history is open', () => {
    const { world, host, alice, group } = worldWithGroup()
    const first = world.messages.send(group.id, host, { text: 'before' })
    expect(first.id).to.equal(3)
    world.chats.setHistoryHidden(group.id, host, true)
    world.invites.join(alice, world.invites.export(group.id, host).hash)
    const seen = (): (string | undefined)[] => world.messages.seenBy(group, alice).map((message) => message.text)
    expect(seen()).to.deep.equal([undefined])
    expect(world.messages.seenBy(group, host)).to.have.length(4)
    world.chats.setHistoryHidden(group.id, host, false)
    expect(seen()).to.include('before')
  })

  it('are deleted for everyone, but for the first', () => {
    const { world, host, alice, bot, group } = worldWithGroup()
    world.invites.join(alice, world.invites.export(group.id, host).hash)
    const own = world.messages.send(group.id, alice, { text: 'mine' })
    const foreign = world.messages.send(group.id, host, { text: 'not mine' })
    expect(world.messages.delete(group.id, alice, [own.id, foreign.id])).to.deep.equal([own.id])
    expect(outcome(() => world.messages.delete(group.id, alice, [foreign.id]))).to.equal('MESSAGE_DELETE_FORBIDDEN')
    expect(outcome(() => world.messages.deleteHistory(group.id, alice))).to.equal('CHAT_ADMIN_REQUIRED')
    world.messages.deleteHistory(group.id, bot)
    expect(group.messages.map((message) => message.id)).to.deep.equal([1])
  })

  it('are edited by their author, pinned and unpinned', () => {
    const { world, host, bot, group } = worldWithGroup()
    const { id } = world.messages.send(group.id, bot, { text: 'one' })
    expect(outcome(() => world.messages.edit(group.id, host, id, { text: 'two' }))).to.equal('MESSAGE_AUTHOR_REQUIRED')
    world.messages.edit(group.id, bot, id, { text: 'two' })
    expect(outcome(() => world.messages.edit(group.id, bot, id, { text: 'two' }))).to.equal('MESSAGE_NOT_MODIFIED')
    world.messages.pin(group.id, bot, id)
    expect(group.pinned).to.deep.equal([id])
    expect(group.messages.at(-1)?.service).to.deep.equal({ type: 'pinned', messageId: id })
    world.messages.unpin(group.id, bot)
    expect(group.pinned).to.deep.equal([])
  })

  it('must not be empty, nor longer than Telegram takes', () => {
    const { world, host, group } = worldWithGroup()
    const send = (text: string): string => outcome(() => world.messages.send(group.id, host, { text }))
    expect(send(' ')).to.equal('MESSAGE_EMPTY')
    expect(send('x'.repeat(4097))).to.equal('MESSAGE_TOO_LONG')
    expect(send('🦊'.repeat(4096))).to.equal('done')
    expect(outcome(() => world.messages.send(group.id, host, { sticker: '🦊' }))).to.equal('done')
  })

  it('of a bot wait for the person to write first', () => {
    const { world, alice, bot } = worldWithGroup()
    expect(outcome(() => world.dialogs.reply(alice, bot, { text: 'x' }))).to.equal('PEER_ID_INVALID')
    world.dialogs.write(alice, bot, { text: '/start' })
    expect(outcome(() => world.dialogs.reply(alice, bot, { text: 'x' }))).to.equal('done')
  })

  it('in private chats are numbered by each side for itself', () => {
    const { world, alice, bob, bot } = worldWithGroup()
    world.dialogs.write(alice, bot, { text: 'from Alice' })
    const { userMessageId, botMessageId } = world.dialogs.write(bob, bot, { text: 'from Bob' })
    expect([userMessageId, botMessageId]).to.deep.equal([1, 2])
    const dialog = world.dialogs.between(bob, bot)
    expect(world.dialogs.message(dialog, bob, 1)?.text).to.equal('from Bob')
    expect(world.dialogs.message(dialog, bot, 2)?.text).to.equal('from Bob')
    expect(world.dialogs.delete(dialog, bot, [1])).to.equal(0)
    expect(world.dialogs.delete(dialog, bot, [2])).to.equal(1)
  })

  it('do not reach those who blocked the bot, and blocking is told', () => {
    const { world, alice, bot } = worldWithGroup()
    world.dialogs.write(alice, bot, { text: '/start' })
    const events = listen(world)
    world.dialogs.block(alice, bot, true)
    world.dialogs.block(alice, bot, true)
    expect(events.map((event) => event.kind)).to.deep.equal(['blocked'])
    expect(outcome(() => world.dialogs.reply(alice, bot, { text: 'x' }))).to.equal('USER_IS_BLOCKED')
    expect(outcome(() => world.dialogs.write(alice, bot, { text: 'x' }))).to.equal('YOU_BLOCKED_USER')
    world.dialogs.block(alice, bot, false)
    expect(outcome(() => world.dialogs.reply(alice, bot, { text: 'x' }))).to.equal('done')
  })

  it('have buttons that a bot answers once', async () => {
    const { world, alice, bot } = worldWithGroup()
    world.dialogs.write(alice, bot, { text: '/start' })
    const message = world.dialogs.reply(alice, bot, { text: 'x' })
    const { id, answer } = world.callbacks.press(alice, { dialog: world.dialogs.between(alice, bot), message }, 'go')
    world.callbacks.answer(id, bot, { text: 'ok', alert: true })
    expect(await answer).to.deep.equal({ text: 'ok', alert: true })
    expect(outcome(() => world.callbacks.answer(id, bot, { alert: false }))).to.equal('QUERY_ID_INVALID')
  })

  it('count as unread until they are read', () => {
    const { world, host, alice, bot, group } = worldWithGroup()
    world.invites.join(alice, world.invites.export(group.id, host).hash)
    world.messages.send(group.id, host, { text: 'one' })
    expect(world.messages.unread(group, alice)).to.equal(1)
    world.messages.markRead(group, alice)
    expect(world.messages.unread(group, alice)).to.equal(0)
    world.dialogs.write(alice, bot, { text: '/start' })
    world.dialogs.reply(alice, bot, { text: 'hi' })
    const dialog = world.dialogs.between(alice, bot)
    expect(world.dialogs.unread(dialog)).to.equal(1)
    world.dialogs.markRead(dialog)
    expect(world.dialogs.unread(dialog)).to.equal(0)
  })
})
