import { expect } from 'chai'
import { startBroadcaster } from '../../src/actors/broadcast.js'
import { systemClock } from '../../src/clock.js'
import { userId, type UserId } from '../../src/ids.js'
import { createLogger } from '../../src/logger.js'
import type { Broadcast, BroadcastId } from '../../src/postgres/broadcasts.js'
import { TelegramError } from '../../src/telegram/errors.js'
import type { RateLimits } from '../../src/telegram/rate-limits.js'
import { until } from '../support/until.js'

const person = (n: number): UserId => userId(100 + n)

/** A broadcast to so many people, in memory. */
const setUp = (people: number, page = people) => {
  const states = new Map<UserId, string>()
  const stopping = new AbortController()
  let planning: Promise<void> | undefined
  const world = {
    status: 'running' as Broadcast['status'],
    inLine: 0,
    holding: true,
    /** How often it was looked whether the way is free. */
    looks: 0,
    answers: true,
    sent: [] as UserId[],
    refuse: (_user: UserId): Error | undefined => undefined,
    /** What a message takes. */
    take: async (): Promise<void> => undefined,
    plans: 0,
    /** What was counted. */
    settled: [] as string[],
  }
  const broadcast = { broadcast: '1' as BroadcastId, status: 'running', text: 'News' } as Broadcast
  const limits: RateLimits = {
    turn: async () => undefined,
    refused: () => 0,
    waiting: () => {
      world.looks++
      return world.inLine
    },
    lanes: () => 0,
  }
  const broadcaster = startBroadcaster({
    broadcasts: {
      running: async () => (world.status === 'running' ? broadcast : null),
      get: async () => ({ ...broadcast, status: world.status }),
      plan: async () => {
        world.plans++
        // As in Postgres: who plans the same people at the same time waits for the other, and finds nobody left.
        if (planning) return planning.then(() => 0)
        planning = systemClock.wait(5)
        await planning
        planning = undefined
        const count = Math.min(page, people - states.size)
        for (let n = 0; n < count; n++) states.set(person(states.size), 'planned')
        return count
      },
      claim: async () => {
        const [user] = [...states].find(([, state]) => state === 'planned') ?? []
        if (user === undefined || world.status !== 'running') return null
        states.set(user, 'sending')
        return { user, state: 'sending', language: 'en' }
      },
      settle: async (_id, user, state) => void states.set(user, state),
      doubt: async () => 0,
      finish: async () => {
        const over =
          states.size === people && [...states.values()].every((state) => !['planned', 'sending'].includes(state))
        if (over && world.status === 'running') world.status = 'done'
        return over
      },
      pause: async () => {
        world.status = 'paused'
        return true
      },
    },
    bot: {
      sendMessage: async (chat) => {
        const failure = world.refuse(chat as UserId)
        if (failure) throw failure
        await world.take()
        world.sent.push(chat as UserId)
        return { messageId: 1 }
      },
    },
    limits,
    perSecond: 1_000,
    compose: ({ text }) => ({ text }),
    unreachable: async () => undefined,
    progress: async () => undefined,
    answers: async () => {
      if (!world.answers) throw new Error('as expected')
    },
    events: { broadcastSettled: (outcome) => void world.settled.push(outcome) },
    logger: createLogger({ level: 'silent', pretty: false }),
    signal: stopping.signal,
    holding: () => {
      world.looks++
      return world.holding
    },
  })
  const stop = async () => {
    stopping.abort()
    await broadcaster.stopped()
  }
  const count = (state: string) => [...states.values()].filter((one) => one === state).length
  /** Time enough for each lane to find out several times that the way is not free. */
  const looked = () => {
    const before = world.looks
    return until('it looked again and again', () => world.looks > before + 20)
  }
  return { world, count, stop, looked }
}

describe('the broadcaster', () => {
  it('lets everything else go first, and sends nothing without the lease', async () => {
    const { world, count, stop, looked } = setUp(20)
    await until('some got it', () => count('sent') >= 5)
    world.inLine = 1
    await until('what was begun is over', () => count('sending') === 0)
    const before = world.sent.length
    await looked()
    expect(world.sent.length - before, 'each lane may have been on its way').to.be.at.most(4)
    world.holding = false
    world.inLine = 0
    const held = world.sent.length
    await looked()
    expect(world.sent.length).to.equal(held)
    world.holding = true
    await until('it is done', () => world.status === 'done')
    expect(new Set(world.sent).size).to.equal(20)
    expect(world.sent).to.have.length(20)
    await stop()
  })

  it('leaves only what was under way in doubt while Telegram is away, and then goes on', async () => {
    const { world, count, stop } = setUp(30)
    world.answers = false
    world.refuse = () => new TelegramError('telegram_unavailable', 'sendMessage', 'no answer in time')
    await until('it waits', () => count('doubt') === 4)
    world.refuse = () => undefined
    world.answers = true
    await until('it is done', () => world.status === 'done', { withinMs: 8_000 })
    expect({ sent: count('sent'), doubt: count('doubt') }).to.deep.equal({ sent: 26, doubt: 4 })
    const counted = (outcome: string) => world.settled.filter((one) => one === outcome).length
    expect([counted('sent'), counted('doubt'), world.settled.length], 'each is counted once').to.deep.equal([26, 4, 30])
    await stop()
  })

  it('leaves nobody in doubt when it is stopped in order', async () => {
    const { world, count, stop } = setUp(200)
    await until('some got it', () => world.sent.length > 10)
    await stop()
    expect(count('sending') + count('doubt')).to.equal(0)
    expect(count('sent')).to.equal(world.sent.length)
    expect(count('planned')).to.be.greaterThan(0)
  })

  it('goes on with all its lanes from one page of people to the next', async () => {
    const { world, stop } = setUp(40, 8)
    let [under, most] = [0, 0]
    world.take = async () => {
      most = Math.max(most, ++under)
      // Each message takes until as many are under way as there are lanes.
      await until('all lanes are under way, or it is about over', () => under >= 4 || world.sent.length > 35)
      under--
    }
    await until('it is done', () => world.status === 'done', { withinMs: 8_000 })
    expect(most).to.equal(4)
    expect(world.plans, 'nobody plans what another lane is planning').to.be.at.most(7)
    await stop()
  })
})
