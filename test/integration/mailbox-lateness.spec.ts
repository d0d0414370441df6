import { expect } from 'chai'
import { readBacklog } from '../../src/mailbox/backlog.js'
import type { MailboxName } from '../../src/mailboxes.js'
import { noteChatPause } from '../../src/redis/chat-pauses.js'
import { redisNow } from '../../src/redis/redis-now.js'
import { createLiveState, type LiveState } from '../support/live-state.js'

const notice = (to: number) => ({ type: 'notice', to: String(to), notice: 'help', args: '{}' })

describe('mailboxes and what is late in them', () => {
  let live: LiveState
  before(async () => (live = await createLiveState()))
  beforeEach(() => live.reset())
  after(() => live.close())

  it('are late only for what their readers keep waiting', async () => {
    const { redis, keys } = live
    const now = await redisNow(redis)
    const lie = (mailbox: MailboxName, agoMs: number, fields: Record<string, string>) =>
      redis.xadd(keys.mailbox(mailbox), `${now - agoMs}-1`, ...Object.entries(fields).flat())
    const look = async () => {
      const all = await readBacklog(redis, keys, ['courier', 'host:1', 'host:2'], new Set(['host:2'] as const))
      return Object.fromEntries(all.map(({ mailbox, oldestMs, lateMs }) => [mailbox, [oldestMs, lateMs]]))
    }
    await lie('host:1', 90_000, { type: 'fill' })
    await lie('host:2', 90_000, { type: 'fill' })
    await lie('courier', 200_000, notice(1))
    await lie('courier', 150_000, notice(1))
    const before = await look()
    expect(before['host:1']?.every((ms) => ms >= 90_000)).to.equal(true)
    expect(before['host:2']?.[0]).to.be.at.least(90_000)
    expect(before['host:2']?.[1]).to.equal(0)
    expect(before['courier']?.[1]).to.be.at.least(200_000)

    await noteChatPause(redis, keys, { chat: '1', forMs: 60_000, everybodyMs: 2_000 })
    const paused = await look()
    expect(paused['courier']?.[0]).to.be.at.least(200_000)
    expect(paused['courier']?.[1]).to.equal(0)

    await lie('courier', 70_000, notice(2))
    expect((await look())['courier']?.[1]).to.be.within(70_000, 100_000)
    await noteChatPause(redis, keys, { chat: '3', forMs: 60_000, everybodyMs: 60_000 })
    expect((await look())['courier']?.[1]).to.equal(0)
  })

  it('know no pause for longer than it is of use', async () => {
    const { redis, keys } = live
    await noteChatPause(redis, keys, { chat: '1', forMs: 3_600_000, everybodyMs: 0 })
    await noteChatPause(redis, keys, { chat: '2', forMs: 5_000, everybodyMs: 20_000 })
    expect(await redis.pttl(keys.chatPauses)).to.be.within(3_600_000, 4_200_000)
  })
})
