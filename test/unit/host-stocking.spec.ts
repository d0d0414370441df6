import { expect } from 'chai'
import type { HostParts } from '../../src/actors/host-parts.js'
import type { HostStanding } from '../../src/actors/host-standing.js'
import { createStocking } from '../../src/actors/host-stocking.js'
import { systemClock } from '../../src/clock.js'
import { chatId, hostId, type ChatId } from '../../src/ids.js'

const preparing = [chatId(-1_001), chatId(-1_002), chatId(-1_003)]

/** Fills a stock of four, of which three are being prepared, and none is ready. */
const filling = (changed: {
  place?: (chat: ChatId) => Promise<'stock' | undefined>
  turnedAway?: boolean
  wait?: typeof systemClock.wait
}) => {
  const made: string[] = []
  const parts = {
    host: hostId(1),
    groups: {
      intendUnless: async (_host: unknown, marker: string, enough: (chats: readonly ChatId[]) => Promise<boolean>) =>
        changed.turnedAway === true || (await enough(preparing)) ? null : marker,
    },
    stock: { place: changed.place ?? (async () => undefined), sizeForSure: async () => 0 },
    accounts: { spendBudget: async () => true },
    settings: { stock: 4, paceMs: 0, budget: 40, prefix: 'test', retryMs: 100 },
    clock: { ...systemClock, ...(changed.wait && { wait: changed.wait }) },
    random: () => 0.5,
  } as unknown as HostParts
  const standing = { createInMs: () => 0, usedToday: 0 } as HostStanding
  const stocking = createStocking(parts, standing, async (_group, marker) => void made.push(marker))
  return { made, filled: stocking.fill(0) }
}

describe('actors/host-stocking', () => {
  it('asks for all places at once', async () => {
    const asked = new Set<ChatId>()
    let answer: () => void = () => undefined
    const all = new Promise<void>((resolve) => (answer = resolve))
    const { made, filled } = filling({
      place: async (chat) => {
        // Were they asked one after another, the first would never be answered.
        if (asked.add(chat).size === preparing.length) answer()
        await all
        return undefined
      },
    })
    expect(await filled).to.equal(0)
    expect(made).to.have.length(1)
  })

  it('keeps Postgres waiting for Redis for two seconds and no longer', async () => {
    const waits: number[] = []
    const { made, filled } = filling({
      place: () => new Promise(() => undefined),
      wait: async (ms) => void waits.push(ms),
    })
    const error: unknown = await filled.catch((thrown: unknown) => thrown)
    expect(error).to.include({ code: 'redis_slow', retryable: true })
    expect([waits, made]).to.deep.equal([[2_000], []])
  })

  it('looks again soon while another host decides', async () => {
    const { made, filled } = filling({ turnedAway: true })
    expect(await filled).to.equal(100)
    expect(made).to.deep.equal([])
  })
})
