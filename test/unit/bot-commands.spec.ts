import { expect } from 'chai'
import { RebuildingError } from '../../src/errors.js'
import { chatId } from '../../src/ids.js'
import type { Room } from '../../src/redis/rooms.js'
import { ADMIN, ANNA, createBotStage, ROOM } from '../support/bot-stage.js'

const staged = () => {
  const stage = createBotStage()
  stage.users.register(ANNA)
  stage.users.register(ADMIN)
  return stage
}

describe('commands', () => {
  it('/find says which of the things happened', async () => {
    const stage = staged()
    const replies = [
      [{ tag: 'waiting', count: 3, already: false, noGroup: true }, 'searching'],
      [{ tag: 'paired', room: ROOM }, 'found'],
      [{ tag: 'in_room', room: ROOM }, 'in_room'],
      [{ tag: 'banned' }, 'banned'],
    ] as const
    for (const [reply, notice] of replies) {
      stage.live.find = reply
      await stage.write('/find')
      expect(stage.notices()).to.deep.equal([notice])
    }
    stage.live.find = { tag: 'stale' }
    await stage.write('/find')
    expect(stage.notices(), 'an older command says nothing').to.deep.equal([])
  })

  it('a repeated command is answered with where the person is', async () => {
    const stage = staged()
    stage.live.find = { tag: 'repeat' }
    stage.live.where = { state: 'waiting', since: 1, firstInLine: false }
    await stage.write('/find')
    stage.live.where = { state: 'paired', room: ROOM }
    stage.live.left = { tag: 'repeat' }
    await stage.write('/stop')
    expect(stage.notices()).to.deep.equal(['searching', 'in_room'])
  })

  it('bans and cooldowns come before the search', async () => {
    const stage = staged()
    stage.live.where = { state: 'idle', cooldownUntil: 2_000 }
    await stage.write('/find')
    stage.users.register(ANNA, { bannedUntil: Infinity })
    await stage.write('/find')
    await stage.write('/next')
    expect(stage.notices()).to.deep.equal(['cooldown', 'banned', 'banned'])
    expect(stage.calls).to.deep.equal([])
  })

  it('a ban whose end has passed keeps nobody from searching', async () => {
    const stage = staged()
    stage.live.where = { state: 'banned' }
    stage.live.find = { tag: 'banned' }
    await stage.write('/find')
    expect(stage.notices(), 'in force').to.deep.equal(['banned'])
    for (const word of ['/find', '/next']) {
      stage.live.where = { state: 'banned' }
      stage.live.banIsOver = true
      stage.live.find = { tag: 'waiting', count: 1, already: false, noGroup: false }
      await stage.write(word)
      expect(stage.notices(), word).to.deep.equal(['searching'])
    }
  })

  it('/stop says what it stopped, and leaves the rest to the script', async () => {
    const stage = staged()
    for (const [tag, notices] of [
      ['stopped', ['stopped']],
      ['idle', ['nothing_to_stop']],
      ['stale', []],
    ] as const) {
      stage.live.left = { tag }
      await stage.write('/stop')
      expect(stage.notices(), tag).to.deep.equal(notices)
    }
    stage.live.left = { tag: 'left', room: ROOM }
    await stage.write('/stop')
    expect(stage.notices()).to.deep.equal([])
  })

  it('/next leaves the room and searches on; elsewhere, or when the room just ended, it is /find', async () => {
    const stage = staged()
    stage.live.where = { state: 'paired', room: ROOM }
    await stage.write('/next')
    expect(stage.calls.splice(0)).to.deep.equal([`close ${ROOM} left ${ANNA}`, 'match'])
    stage.live.close = { tag: 'gone' }
    await stage.write('/next')
    stage.live.where = { state: 'idle', cooldownUntil: 0 }
    await stage.write('/next')
    expect(stage.calls).to.deep.equal([`close ${ROOM} left ${ANNA}`, `find ${ANNA}`, `find ${ANNA}`])
  })

  it('the gate stands before /find, /next and the search buttons only', async () => {
    const stage = staged()
    stage.live.gate = { state: 'missing', channels: [{ title: 'News' }] }
    for (const command of ['/find', '/next']) await stage.write(command)
    await stage.press('find')
    expect(stage.notices()).to.deep.equal(['gate', 'gate', 'gate'])
    for (const command of ['/stop', '/help', '/privacy', '/profile']) await stage.write(command)
    expect(stage.notices()).to.deep.equal(['nothing_to_stop', 'help', 'privacy', 'profile'])
    await stage.press('subscribed')
    expect(stage.answered.at(-1)).to.equal('I do not see your subscription yet.')
    stage.live.gate = { state: 'open' }
    await stage.press('subscribed')
    expect(stage.notices()).to.deep.equal(['searching'])
  })

  it('/admin does not exist for others, and forged presses do nothing', async () => {
    const stage = staged()
    await stage.write('/admin')
    await stage.press('admin')
    await stage.press('no-such-button')
    expect(stage.notices()).to.deep.equal(['unknown_command'])
    expect(stage.calls).to.deep.equal([])
    await stage.write('/admin', ADMIN)
    await stage.press('admin', ADMIN)
    expect(stage.notices()).to.deep.equal(['admin'])
    expect(stage.calls).to.deep.equal([`edit ${ADMIN} 7 panel`])
    expect(stage.answered, 'every press is answered').to.have.length(3)
  })

  it('answers what it does not read', async () => {
    const stage = staged()
    await stage.write('/nonsense')
    await stage.write('x'.repeat(4096))
    await stage.send({ sticker: {} })
    await stage.send({ text: '/find', forward_origin: {}, entities: [{ type: 'bot_command', offset: 0, length: 5 }] })
    await stage.update({ edited_message: stage.message('/find').message })
    expect(stage.notices()).to.deep.equal([
      'unknown_command',
      'not_understood',
      'not_understood',
      'not_understood',
      'edited',
    ])
    expect(stage.calls).to.deep.equal([])
  })

  it('commands in a group work for those it knows, and are answered in private', async () => {
    const stage = staged()
    await stage.writeInGroup('/help@visavis_bot')
    await stage.writeInGroup('/help@other_bot')
    await stage.writeInGroup('/stop')
    await stage.writeInGroup('/dance')
    await stage.writeInGroup('/find', 777 as unknown as typeof ANNA)
    expect(stage.told.map(({ to }) => to)).to.deep.equal([ANNA, ANNA])
    expect(stage.notices()).to.deep.equal(['help', 'nothing_to_stop'])
  })

  it('messages in a group renew the room, once in a while, and are not answered', async () => {
    const stage = staged()
    stage.live.room = { id: ROOM, stage: 'open', chat: chatId(-1001) } as Room
    for (let i = 0; i < 5; i++) await stage.writeInGroup('hello')
    expect(stage.calls).to.deep.equal(['roomIn', `renew ${ROOM}`])
    expect(stage.told).to.deep.equal([])
  })

  it('membership is told to the room actor, and blocking the bot takes the person out of everything', async () => {
    const stage = staged()
    const from = { id: Number(ANNA), is_bot: false, first_name: 'A' }
    const supergroup = { id: -1001, type: 'supergroup' }
    await stage.update({ chat_join_request: { chat: supergroup, from, date: 1, user_chat_id: 1 } })
    await stage.update({ chat_member: { chat: supergroup, from, new_chat_member: { status: 'member', user: from } } })
    await stage.update({ my_chat_member: { chat: supergroup, from, new_chat_member: { status: 'left' } } })
    expect(stage.told.splice(0).map(({ mailbox, type }) => `${String(mailbox)} ${String(type)}`)).to.deep.equal([
      'room join-request',
      'room member',
      'room bot-rights',
    ])
    const privateChat = { id: Number(ANNA), type: 'private' }
    await stage.update({ my_chat_member: { chat: privateChat, from, new_chat_member: { status: 'kicked' } } })
    expect(stage.calls).to.deep.equal([`leave ${ANNA} blocked_bot`])
    expect(stage.users.rows.get(ANNA)?.reachable).to.equal(false)
    await stage.update({ my_chat_member: { chat: privateChat, from, new_chat_member: { status: 'member' } } })
    expect(stage.users.rows.get(ANNA)?.reachable).to.equal(true)
    const channel = { id: -1002, type: 'channel', username: 'news' }
    await stage.update({ chat_member: { chat: channel, from, new_chat_member: { status: 'left', user: from } } })
    expect(stage.calls.at(-1)).to.equal(`gate -1002 ${ANNA}`)
  })

  it('while Redis is rebuilt the person is asked for a moment, and a failure never gets through', async () => {
    const stage = staged()
    stage.live.failure = new RebuildingError()
    await stage.write('/find')
    stage.live.failure = new Error('surprise')
    await stage.write('/find')
    await stage.writeInGroup('hello')
    expect(stage.notices()).to.deep.equal(['rebuilding', 'trouble'])
  })

  it('the panel bans by the row first, and leaves it to the script to tell; whom it must not ban, it leaves alone', async () => {
    const stage = staged()
    stage.live.action = { do: 'ban', user: ANNA, reason: 'spam' }
    await stage.press('panel:word', ADMIN)
    expect(stage.calls.splice(0)).to.deep.equal([
      `audit ${ADMIN} users ban ${ANNA}`,
      `ban ${ANNA}`,
      `leave ${ANNA} banned`,
      `edit ${ADMIN} 7 panel`,
    ])
    stage.live.action = { do: 'ban', user: ADMIN, reason: 'spam' }
    await stage.press('panel:word', ADMIN)
    expect(stage.calls).to.deep.equal([`edit ${ADMIN} 7 panel`])
    expect(stage.told).to.deep.equal([])
  })
})
