import { expect } from 'chai'
import { createCourier } from '../../src/actors/courier.js'
import { RebuildingError, VisavisError } from '../../src/errors.js'
import { userId } from '../../src/ids.js'
import type { CourierMessage } from '../../src/mailboxes.js'
import type { BotApi } from '../../src/telegram/bot-api.js'
import { TelegramError } from '../../src/telegram/errors.js'
import { createRateLimits } from '../../src/telegram/rate-limits.js'

const ann = userId(1)
const away = () => new VisavisError('postgres_unreachable', 'away', { retryable: true })

describe('the courier, while a store is away', () => {
  let failures: Error[]
  let sent: string[]
  let turns: number
  let stopping: AbortController

  const courier = (unreachable: () => Promise<void> = async () => undefined, refuse = false) => {
    const limits = createRateLimits({ overallPerSecond: 100, personPerSecond: 100, groupPerMinute: 100 })
    const bot: Pick<BotApi, 'sendMessage'> = {
      sendMessage: async (_, { text }) => {
        if (refuse) throw new TelegramError('telegram_forbidden', 'sendMessage', 'blocked')
        sent.push(text)
        return { messageId: sent.length }
      },
    }
    return createCourier({
      bot: bot as BotApi,
      limits: { ...limits, turn: (...asked) => (turns++, limits.turn(...asked)) },
      compose: async (_, notice) => {
        const failure = failures.shift()
        if (failure) throw failure
        return { text: notice }
      },
      composeForGroup: async () => undefined,
      unreachable,
      attempts: 1,
      events: { rateLimited: () => undefined },
      signal: stopping.signal,
      holding: () => true,
    })
  }
  const deliver = (to: ReturnType<typeof courier>) => {
    const message: CourierMessage = { type: 'notice', to: ann, notice: 'hello', args: '{}' }
    return to.handle({ entry: '1-1', message, attempts: 0, redelivered: false })
  }
  beforeEach(() => {
    failures = []
    sent = []
    turns = 0
    stopping = new AbortController()
  })

  it('keeps a message whose words cannot be found, so that the next does not pass it', async () => {
    failures = [away(), new RebuildingError()]
    await deliver(courier())
    expect(sent).to.deep.equal(['hello'])
    // Another turn when it goes out, and none for the attempts in between.
    expect(turns).to.equal(2)
  })

  it('gives back at once what no repetition mends', async () => {
    failures = [new VisavisError('broken', 'no such notice')]
    const failure = await deliver(courier()).catch((error: unknown) => error)
    expect(failure).to.include({ code: 'broken' })
  })

  it('takes out who blocked the bot as soon as that can be written', async () => {
    const outcomes = [away()]
    let taken = 0
    const unreachable = async () => {
      const failure = outcomes.shift()
      if (failure) throw failure
      taken++
    }
    await deliver(courier(unreachable, true))
    expect(taken).to.equal(1)
  })

  it('stops at once', async () => {
    failures = Array.from({ length: 20 }, away)
    const outcome = deliver(courier()).catch((error: unknown) => (error as Error).name)
    setImmediate(() => stopping.abort())
    expect(await outcome).to.equal('AbortError')
    expect(sent).to.deep.equal([])
  })
})
