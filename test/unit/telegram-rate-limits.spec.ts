import { expect } from 'chai'
import type { Clock } from '../../src/clock.js'
import { createRateLimits, type RateLimits, type RateLimitSettings } from '../../src/telegram/rate-limits.js'

/** Time that passes only when somebody waits for it. */
class TestClock implements Clock {
  private at = 0
  private waiters: { at: number; wake: () => void }[] = []

  now(): number {
    return this.at
  }

  wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.waiters.push({ at: this.at + ms, wake: resolve })
      signal?.addEventListener('abort', () => resolve())
    })
  }

  /** Lets everything happen that is due up to this instant. */
  async runTo(at: number): Promise<void> {
    for (;;) {
      // Whoever was woken gets to its next wait before time goes on.
      await new Promise(setImmediate)
      const next = Math.min(...this.waiters.map((waiter) => waiter.at))
      if (next > at) break
      this.at = Math.max(this.at, next)
      const due = this.waiters.filter((waiter) => waiter.at <= this.at)
      this.waiters = this.waiters.filter((waiter) => waiter.at > this.at)
      for (const { wake } of due) wake()
    }
    this.at = at
  }
}

const SETTINGS: RateLimitSettings = { overallPerSecond: 30, personPerSecond: 1, groupPerMinute: 20 }
const GROUP = '-1002400000001'

describe('rate limits', () => {
  let clock: TestClock
  let limits: RateLimits
  let sent: { to: string; at: number; n: number }[]
  let asked = 0

  const make = (settings: Partial<RateLimitSettings> = {}) => {
    clock = new TestClock()
    limits = createRateLimits({ ...SETTINGS, ...settings }, clock)
    sent = []
    asked = 0
  }
  beforeEach(() => make())

  const send = (to: string, signal?: AbortSignal): Promise<void> => {
    const n = asked++
    return limits.turn(to, signal).then(() => void sent.push({ to, at: clock.now(), n }))
  }
  const sendMany = (to: string, count: number) => Array.from({ length: count }, () => void send(to))
  const times = (to: string) => sent.filter((one) => one.to === to).map(({ at }) => Math.round(at))

  it('lets three messages in a row go to one person, then one a second', async () => {
    sendMany('1', 6)
    await clock.runTo(10_000)
    const [first, second, third, ...later] = times('1') as [number, number, number]
    expect([first, second, third]).to.deep.equal([0, 0, 0])
    expect(later).to.deep.equal([1_000, 2_000, 3_000])
  })

  it('never sends more than the limit to one group within any minute', async () => {
    sendMany(GROUP, 100)
    await clock.runTo(600_000)
    const all = times(GROUP)
    expect(all).to.have.length(100)
    for (const start of all)
      expect(all.filter((at) => at >= start && at < start + 60_000).length).to.be.at.most(SETTINGS.groupPerMinute)
    expect(all.filter((at) => at < 60_000).length).to.equal(SETTINGS.groupPerMinute)
    expect(all.filter((at) => at === 0).length).to.be.greaterThan(1)
  })

  it('keeps the overall rate, and serves first come, first served', async () => {
    for (let person = 1; person <= 90; person++) void send(String(person))
    await clock.runTo(60_000)
    expect(sent.map(({ n }) => n)).to.deep.equal(Array.from({ length: 90 }, (_, n) => n))
    const last = sent.at(-1)?.at ?? 0
    expect(last).to.be.within(2_800, 3_000)
    for (const { at } of sent) {
      const within = sent.filter((other) => other.at >= at && other.at < at + 1_000).length
      expect(within).to.be.at.most(SETTINGS.overallPerSecond + 3)
    }
  })

  it('one person with many messages does not hold up the others', async () => {
    sendMany('1', 50)
    void send('2')
    await clock.runTo(1_000)
    expect(times('2')).to.have.length(1)
  })

  it('keeps the order per person', async () => {
    sendMany('1', 10)
    await clock.runTo(20_000)
    expect(sent.map(({ n }) => n)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('a refused chat waits as long as Telegram asks, everybody else a moment', async () => {
    limits.refused(30_000, '1')
    sendMany('1', 2)
    void send('2')
    await clock.runTo(1_999)
    expect(sent).to.deep.equal([])
    await clock.runTo(29_999)
    expect(times('2')).to.deep.equal([2_000])
    expect(times('1')).to.deep.equal([])
    await clock.runTo(30_000)
    expect(times('1')[0]).to.equal(30_000)
  })

  it('nobody waits longer than Telegram asks', async () => {
    limits.refused(1_000, '1')
    void send('2')
    await clock.runTo(1_000)
    expect(times('2')).to.deep.equal([1_000])
  })

  it('when several chats are refused within a second of sending, everybody waits', async () => {
    limits.refused(30_000, '1')
    void send('2')
    await clock.runTo(2_500)
    expect(times('2')).to.deep.equal([2_000])
    limits.refused(30_000, '2')
    void send('3')
    await clock.runTo(32_400)
    expect(times('3')).to.deep.equal([])
    await clock.runTo(32_500)
    expect(times('3')).to.deep.equal([32_500])
  })

  it('refusals far apart are each about their own chat', async () => {
    limits.refused(30_000, '1')
    await clock.runTo(10_000)
    limits.refused(30_000, '2')
    void send('3')
    await clock.runTo(20_000)
    expect(times('3')).to.deep.equal([12_000])
  })

  it('whoever gives up does not block those behind', async () => {
    sendMany('1', 3)
    const giveUp = new AbortController()
    const given = send('1', giveUp.signal).catch((error: unknown) => (error as Error).name)
    void send('1')
    await clock.runTo(100)
    giveUp.abort()
    expect(await given).to.equal('AbortError')
    await clock.runTo(10_000)
    expect(times('1')).to.deep.equal([0, 0, 0, 1_000])
  })

  it('forgets chats that are idle', async () => {
    make({ overallPerSecond: 100_000 })
    for (let round = 0; round < 5; round++) {
      for (let person = 0; person < 900; person++) void send(`${round}${person}`)
      await clock.runTo(clock.now() + 60_000)
    }
    expect(sent).to.have.length(4_500)
    expect(limits.lanes()).to.be.at.most(1_900)
  })
})
