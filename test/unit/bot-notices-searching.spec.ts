import { expect } from 'chai'
import { ANNA } from '../support/bot-stage.js'
import { BORIS, createNoticeStage, WAITING } from '../support/notice-stage.js'

describe('notices about a search', () => {
  it('about a search are only given while the person waits (I8)', async () => {
    const { state, text } = createNoticeStage()
    for (const notice of ['searching', 'still_there', 'search_goes_on'] as const) {
      state.where = { state: 'idle', cooldownUntil: 0 }
      expect(await text(notice, { confirmMs: 1_000 }), notice).to.equal(undefined)
      state.where = WAITING
      expect(await text(notice, { confirmMs: 1_000 }), notice).to.be.a('string')
    }
    for (const notice of ['stopped', 'search_ended', 'nothing_to_stop'] as const)
      expect(await text(notice), notice).to.equal(undefined)
  })

  it('say whose doing it was that a search ended, or that somebody may search again, while it is so', async () => {
    const { users, state, text } = createNoticeStage()
    expect(await text('search_removed')).to.match(/administrator has ended your search/)
    expect(await text('unbanned')).to.match(/administrator has let you in again/)
    expect(await text('unbanned', {}, BORIS)).to.match(/Администратор снял исключение/)
    users.register(ANNA, { nickname: 'Anna', reachable: false })
    expect(await text('unbanned')).to.equal(undefined)
    users.register(ANNA, { nickname: 'Anna', bannedUntil: Infinity })
    expect(await text('unbanned')).to.equal(undefined)
    state.where = WAITING
    expect(await text('search_removed')).to.equal(undefined)
  })

  it('say how many others wait, and when only a group is missing', async () => {
    const { state, text } = createNoticeStage()
    Object.assign(state, { where: WAITING, stock: 0 })
    expect(await text('searching', { noGroup: true }))
      .to.contain('2 other people')
      .and.to.contain('rooms are taken')
      .and.not.to.contain('you two')
    state.count = 2
    expect(await text('searching', { noGroup: true }))
      .to.contain('1 other person')
      .and.to.contain('you two are next')
    state.paused = true
    for (const notice of ['searching', 'still_there'] as const)
      expect(await text(notice, { noGroup: true, confirmMs: 1_000 }), notice)
        .to.contain('You keep your place')
        .and.not.to.contain('rooms are taken')
    state.paused = false
    state.count = 1
    expect(await text('searching', { noGroup: true }))
      .to.contain('Nobody else')
      .and.not.to.contain('rooms are taken')
  })

  it('say so when only those wait who have just met', async () => {
    const { state, text } = createNoticeStage()
    state.where = WAITING
    const searching = (args: object = { unsuited: true }) => text('searching', args)
    for (const stock of [5, 0]) {
      state.stock = stock
      expect(await searching())
        .to.contain('you have just met')
        .and.not.to.contain('rooms are taken')
    }
    state.count = 1
    expect(await searching()).not.to.contain('you have just met')
    // A group came into stock since: in a moment they are paired.
    Object.assign(state, { stock: 1, count: 3 })
    expect(await searching({ noGroup: true })).not.to.contain('rooms are taken')
  })

  it('say at once that no room can be made, to the first who waits as well, and promise none', async () => {
    const { state, text } = createNoticeStage()
    const at = 30_000
    Object.assign(state, { where: { ...WAITING, since: at }, stock: 0, shortage: { at } })
    for (const count of [1, 2, 3])
      for (const args of [{}, { noGroup: true }, { unsuited: true }, { already: true }]) {
        state.count = count
        expect(await text('searching', args))
          .to.contain('no new ones can be made')
          .and.to.contain('You keep your place')
          .and.not.to.match(/being prepared|just met/)
      }
    expect(await text('searching', {}, BORIS)).to.contain('новые создать нельзя')
    for (const notice of ['still_there', 'search_goes_on'] as const)
      expect(await text(notice, { confirmMs: 1_000 }), notice).to.contain('no new ones can be made')
    const closed = { reason: 'left', byYou: true, came: true, searching: true, cooldownMs: 0 }
    expect(await text('closed', closed)).to.contain('no new ones can be made')
  })

  it('leave that to the notice for those who waited already when it began, unless they ask', async () => {
    const { state, text } = createNoticeStage()
    Object.assign(state, { where: WAITING, stock: 0, shortage: { at: 30_000 } })
    expect(await text('searching', { noGroup: true })).not.to.match(/can be made|being prepared/)
    expect(await text('no_rooms')).to.contain('no new ones can be made')
    expect(await text('searching', { already: true, noGroup: true })).to.contain('no new ones can be made')
    state.shortage = { at: 0 }
    expect(await text('searching'), 'nobody was told yet, nor is of its end').to.match(
      /new ones can be made.*by itself/,
    )
    expect(await text('no_rooms'), 'over, and back for a moment').to.equal(undefined)
  })

  it('say that people are paired again when they are, to those who still wait', async () => {
    const { state, text } = createNoticeStage()
    state.where = WAITING
    expect(await text('no_rooms')).to.equal(undefined)
    expect(await text('rooms_again')).to.contain('kept your place')
    expect(await text('rooms_again', {}, BORIS)).to.contain('место сохранилось')
    state.paused = true
    expect(await text('rooms_again'), 'an administrator paused it meanwhile').to.equal(undefined)
    Object.assign(state, { paused: false, shortage: { at: 1 } })
    expect(await text('rooms_again')).to.equal(undefined)
    state.where = { state: 'idle', cooldownUntil: 0 }
    for (const notice of ['no_rooms', 'rooms_again'] as const) expect(await text(notice)).to.equal(undefined)
  })

  it('say for how long somebody is banned, also where Postgres does not know it yet, and only while it is so', async () => {
    const { users, state, text } = createNoticeStage()
    expect(await text('banned', { until: 99_000 }), 'lifted meanwhile').to.equal(undefined)
    state.where = { state: 'banned' }
    expect(await text('banned')).to.contain('an administrator has excluded you')
    expect(await text('banned', { until: 61_000 + 7_200_000 })).to.contain('You can search again in 2 hours')
    expect(await text('banned', { until: 61_000 + 7_200_000 }, BORIS)).to.contain('Осталось: 2 часа')
    users.register(ANNA, { nickname: 'Anna', bannedUntil: 61_000 + 120_000 })
    expect(await text('banned', { until: 61_000 + 7_200_000 })).to.contain('again in 2 minutes')
    users.register(ANNA, { nickname: 'Anna', bannedUntil: 60_999 })
    expect(await text('banned')).to.contain('again in 1 second')
    state.where = { state: 'idle', cooldownUntil: 0 }
    users.register(ANNA, { nickname: 'Anna' })
    expect(await text('banned', { until: 60_999 }), 'it came to its end since they asked').to.contain('in 1 second')
  })
})
