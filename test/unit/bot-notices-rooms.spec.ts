import { expect } from 'chai'
import type { ClosedArgs } from '../../src/bot/notices/closed.js'
import { userId } from '../../src/ids.js'
import { CLOSE_REASONS } from '../../src/mailboxes.js'
import { ANNA, ROOM } from '../support/bot-stage.js'
import { BORIS, createNoticeStage, GROUP, LINK, room, WAITING } from '../support/notice-stage.js'

describe('notices about a room', () => {
  it('invite with a button and the deadline in words, and warn once that the profile will be seen', async () => {
    const { users, state, compose } = createNoticeStage()
    state.room = room()
    const first = await compose('invitation', { room: ROOM })
    expect(first?.text).to.contain('2 minutes').and.to.contain('sees your Telegram profile')
    expect(first?.keyboard?.[0]).to.deep.equal([{ text: '🚪 Enter the room', url: LINK }])
    expect((await compose('invitation', { room: ROOM }))?.text, 'again for the same room').to.contain('sees your')
    expect(users.rows.get(ANNA)?.informedAt).to.equal(5_000)
    state.room = room({ at: 9_000 })
    expect((await compose('invitation', { room: ROOM }))?.text, 'not for a later one').not.to.contain('sees your')
  })

  it('about a room are skipped when it is not so any more', async () => {
    const { state, text } = createNoticeStage()
    for (const gone of [undefined, room({ stage: 'closing' }), room({ a: userId(7), b: userId(8) })]) {
      state.room = gone
      for (const notice of ['invitation', 'entered', 'partner_entered', 'in_room', 'found'] as const)
        expect(await text(notice, { room: ROOM }), notice).to.equal(undefined)
    }
    state.room = room({ enteredA: 1 })
    expect(await text('invitation', { room: ROOM })).to.equal(undefined)
    expect(await text('entered', { room: ROOM })).to.contain('on the way')
    expect(await text('partner_entered', { room: ROOM }, BORIS)).to.contain('Собеседник уже в комнате')
    expect(await text('partner_entered', { room: ROOM })).to.equal(undefined)
    state.room = room({ stage: 'open', enteredA: 1, enteredB: 1 })
    expect(await text('entered', { room: ROOM })).to.equal(undefined)
    expect(await text('in_room', { room: ROOM })).to.contain('open the group')
  })

  it('give a reason of its own for every way a room ends, to each of the two', async () => {
    const { compose } = createNoticeStage()
    const said = new Set<string>()
    for (const reason of CLOSE_REASONS)
      for (const mine of [true, false]) {
        const args: ClosedArgs = {
          room: ROOM,
          reason,
          byYou: mine,
          came: false,
          missing: mine,
          searching: false,
          firstInLine: !mine && reason === 'no_show',
          cooldownMs: 0,
        }
        const notice = await compose('closed', args)
        const excluded = reason === 'banned' && mine
        expect(
          notice?.keyboard?.flat().map((each) => 'data' in each && each.data),
          reason,
        ).to.deep.equal(excluded ? undefined : ['find'])
        said.add(notice?.text ?? '')
      }
    // left, no_show and banned differ by side.
    expect(said.size).to.equal(CLOSE_REASONS.length + 3)
  })

  it('say what comes next after a room, as it is now', async () => {
    const { state, compose } = createNoticeStage()
    const args = {
      room: ROOM,
      reason: 'left',
      byYou: true,
      came: true,
      missing: false,
      searching: true,
      firstInLine: false,
      cooldownMs: 0,
    }
    state.where = WAITING
    expect((await compose('closed', args))?.text)
      .to.contain('Searching for the next one')
      .and.to.contain('disappears')
    state.where = { state: 'paired', room: ROOM }
    const paired = await compose('closed', args)
    expect(paired?.text).not.to.contain('Searching')
    expect(paired?.keyboard).to.equal(undefined)
    state.where = { state: 'idle', cooldownUntil: 0 }
    const missed = await compose('closed', { ...args, reason: 'no_show', missing: true, cooldownMs: 120_000 })
    expect(missed?.text).to.contain('again in 2 minutes')
    const came = await compose('closed', { ...args, reason: 'no_show', firstInLine: true })
    expect(came?.text).to.contain('did not come in time').and.to.contain('first in line')
  })

  it('welcome both by nickname in the language of each, and lead from the name to the person', async () => {
    const { state, composer } = createNoticeStage()
    expect(await composer.composeForGroup(GROUP, ROOM, 'welcome', '{}')).to.equal(undefined)
    state.room = room({ stage: 'open' })
    const welcome = await composer.composeForGroup(GROUP, ROOM, 'welcome', '{}')
    expect(welcome?.text).to.contain('Welcome, Anna and Борис').and.to.contain('пожаловать, Anna и Борис')
    const named = welcome?.entities?.map(({ offset, length }) => welcome.text.slice(offset, offset + length))
    expect(named).to.deep.equal(['Anna', 'Борис', 'Anna', 'Борис'])
  })

  it('do not hide that the service itself sits in the group', async () => {
    const { state, composer, text } = createNoticeStage()
    state.room = room({ stage: 'open' })
    const welcome = await composer.composeForGroup(GROUP, ROOM, 'welcome', '{}')
    expect(welcome?.text).to.contain('the account that owns the group').and.to.contain('could read along')
    expect(welcome?.text).to.contain('аккаунт, который владеет группой').and.to.contain('мог бы читать')
    state.room = room()
    state.where = { state: 'paired', room: ROOM }
    expect(await text('invitation', { room: ROOM })).to.contain('could read along')
  })

  it('say for how long a ban lasts when it ends a room, by whoever knows it, and nothing of it to the partner', async () => {
    const { users, state, text } = createNoticeStage()
    state.where = { state: 'banned' }
    const closed = { room: ROOM, reason: 'banned', byYou: true, came: true, searching: false, cooldownMs: 0 }
    expect(await text('closed', closed)).to.match(/^The room is closed, and you cannot search any more/)
    const until = 61_000 + 7_200_000
    expect(await text('closed', { ...closed, until })).to.contain('You can search again in 2 hours')
    expect(await text('closed', { ...closed, until }, BORIS)).to.contain('До следующего поиска: 2 часа')
    users.register(ANNA, { nickname: 'Anna', bannedUntil: 61_000 + 3_600_000 })
    expect(await text('closed', { ...closed, until }), 'of the ban in force').to.contain('again in 1 hour')
    users.register(ANNA, { nickname: 'Anna', bannedUntil: Infinity })
    expect(await text('closed', { ...closed, until })).to.contain('you cannot search any more')
    expect(await text('closed', { ...closed, byYou: false })).to.match(/^An administrator has excluded your partner/)
  })
})
