import { expect } from 'chai'
import pino from 'pino'
import { createGate, type GateApi, type GateSettings } from '../../src/bot/gate.js'
import { chatId, userId } from '../../src/ids.js'
import type { MemberStatus } from '../../src/telegram/bot-api.js'
import { TelegramError } from '../../src/telegram/errors.js'
import { until } from '../support/until.js'

const ANNA = userId(101)
const NEWS = { id: chatId(-1005), username: 'News' }

const setUp = (settings: Partial<GateSettings> = {}) => {
  const state = { status: 'out' as MemberStatus, broken: false, admin: true, asked: 0 }
  const api: GateApi = {
    memberStatus: async () => {
      state.asked++
      if (state.broken) throw new TelegramError('telegram_unavailable', 'getChatMember', 'no answer in time')
      return state.status
    },
    botRights: async () => ({ member: true, admin: state.admin, missing: [] }),
    chatInfo: async () => ({ title: 'The News', username: 'news' }),
  }
  const gate = createGate({
    api,
    logger: pino({ level: 'silent' }),
    settings: { channels: ['@news'], onError: 'open', cacheYesMs: 60_000, cacheNoMs: 60_000, ...settings },
  })
  return { gate, state }
}

describe('gate', () => {
  it('is open without channels, and asks nobody', async () => {
    const { gate, state } = setUp({ channels: [] })
    expect(await gate.check(ANNA)).to.deep.equal({ state: 'open' })
    expect(state.asked).to.equal(0)
  })

  it('shows the channels that are missing, and remembers the answer', async () => {
    const { gate, state } = setUp()
    const missing = { state: 'missing', channels: [{ title: 'The News', url: 'https://t.me/news' }] }
    expect(await gate.check(ANNA)).to.deep.equal(missing)
    expect(await gate.check(ANNA)).to.deep.equal(missing)
    expect(state.asked).to.equal(1)
  })

  it('asks again when the person says that they have subscribed, but not for a yes', async () => {
    const { gate, state } = setUp()
    await gate.check(ANNA)
    state.status = 'in'
    expect(await gate.check(ANNA, { afresh: true })).to.deep.equal({ state: 'open' })
    await gate.check(ANNA, { afresh: true })
    expect(state.asked).to.equal(2)
  })

  it('forgets when Telegram reports a change in a required channel, by name or id', async () => {
    const { gate, state } = setUp()
    state.status = 'in'
    await gate.check(ANNA)
    state.status = 'out'
    gate.changed({ id: chatId(-1006), username: 'other' }, ANNA)
    expect((await gate.check(ANNA)).state).to.equal('open')
    gate.changed(NEWS, ANNA)
    expect((await gate.check(ANNA)).state).to.equal('missing')
    state.status = 'in'
    gate.changed(NEWS)
    expect((await gate.check(ANNA)).state).to.equal('open')
  })

  it('forgets a no sooner than a yes', async () => {
    const { gate, state } = setUp({ cacheNoMs: 1 })
    await gate.check(ANNA)
    state.status = 'in'
    await until('the no is forgotten', async () => (await gate.check(ANNA)).state === 'open')
    const { asked } = state
    await gate.check(ANNA)
    expect(state.asked).to.equal(asked)
  })

  it('follows the policy while Telegram does not answer, and does not remember that', async () => {
    for (const [onError, expected] of [
      ['open', 'open'],
      ['closed', 'unavailable'],
    ] as const) {
      const { gate, state } = setUp({ onError })
      state.broken = true
      expect((await gate.check(ANNA)).state).to.equal(expected)
      state.broken = false
      expect((await gate.check(ANNA)).state).to.equal('missing')
    }
  })

  it('says at which channels the bot is no administrator', async () => {
    const { gate, state } = setUp()
    expect(await gate.checkChannels()).to.deep.equal([])
    state.admin = false
    expect(await gate.checkChannels()).to.deep.equal(['@news'])
  })
})
