import { expect } from 'chai'
import { pino } from 'pino'
import { VisavisError } from '../../src/errors.js'
import { createEvents } from '../../src/events.js'
import { instanceId, roomId, userId } from '../../src/ids.js'
import { readBacklog } from '../../src/mailbox/backlog.js'
import { consumeBatches } from '../../src/mailbox/batch-consumer.js'
import { consume, type Consumer, type Delivery } from '../../src/mailbox/consumer.js'
import { createLifeline } from '../../src/mailbox/lifeline.js'
import type { ConsumerDeps } from '../../src/mailbox/read-mailbox.js'
import { createTell, type Tell } from '../../src/mailbox/tell.js'
import type { CourierMessage, RoomMessage } from '../../src/mailboxes.js'
import { leaseNames } from '../../src/redis/lease-names.js'
import { TelegramError } from '../../src/telegram/errors.js'
import { createLiveState, type LiveState } from '../support/live-state.js'
import { until } from '../support/until.js'

const logger = pino({ level: 'silent' })
const events = createEvents(logger)
const room = (n: number) => roomId(`room${String(n).padStart(4, '0')}`)
const notice = (to: number, text: string): CourierMessage => ({
  type: 'notice',
  to: userId(to),
  notice: text,
  args: '{}',
})

describe('mailbox', () => {
  let live: LiveState
  let tell: Tell
  const stops: { stop: () => Promise<void> }[] = []

  const deps = (consumer: string): ConsumerDeps => ({
    redis: live.redis,
    openBlocking: live.connect,
    keys: live.keys,
    consumer,
    logger,
    events,
  })
  const started = <T extends { stop: () => Promise<void> }>(consumer: T): T => {
    stops.push(consumer)
    return consumer
  }
  const rooms = (handle: (delivery: Delivery<RoomMessage>) => Promise<void>, name = 'one', attempts = 3): Consumer =>
    started(consume(deps(name), { mailbox: 'room', handle, concurrency: 10, attempts }))
  const left = async () => (await readBacklog(live.redis, live.keys, ['room']))[0]

  beforeEach(async () => {
    live = await createLiveState()
    tell = createTell(live.redis, live.keys)
  })
  afterEach(async () => {
    await Promise.all(stops.splice(0).map((each) => each.stop()))
    await live.close()
  })

  it('hands out each message once among several workers, and keeps nothing that is finished', async () => {
    const seen: string[] = []
    for (const name of ['one', 'two', 'three'])
      rooms(async ({ message }) => void seen.push(`${name}:${'room' in message ? message.room : ''}`), name)
    for (let n = 0; n < 200; n++) await tell('room', { type: 'look', room: room(n) })
    await until('all are handled', () => seen.length >= 200)
    expect(new Set(seen.map((each) => each.split(':')[1])).size).to.equal(200)
    await until('nothing is left', async () => (await left())?.length === 0)
    expect(seen).to.have.length(200)
  })

  it('keeps the order within a lane, also when one message takes long, while other lanes go on', async () => {
    const said: string[] = []
    let goOn: () => void = () => undefined
    const held = new Promise<void>((resolve) => (goOn = resolve))
    started(
      consume(deps('courier'), {
        mailbox: 'courier',
        handle: async ({ message }) => {
          if (message.notice === 'a1') await held
          said.push(message.notice)
        },
        lane: (message) => ('to' in message ? message.to : message.chat),
        concurrency: 10,
        attempts: 3,
      }),
    )
    for (const [to, text] of [
      [1, 'a1'],
      [1, 'a2'],
      [2, 'b1'],
      [1, 'a3'],
    ] as const)
      await tell('courier', notice(to, text))
    await until('the other lane goes on', () => said.includes('b1'))
    goOn()
    await until('all are said', () => said.length === 4)
    expect(said).to.deep.equal(['b1', 'a1', 'a2', 'a3'])
  })

  it('tries a failing message again, and buries it with the error after the last attempt', async () => {
    let calls = 0
    rooms(
      async () => {
        calls++
        throw new VisavisError('test', 'Telegram is away; token 12345678:abcdefghijklmnopqrstuvwxyz0123456789', {
          retryable: true,
        })
      },
      'one',
      2,
    )
    await tell('room', { type: 'look', room: room(1) })
    const [dead] = await until('it is buried', async () => {
      const entries = await live.redis.xrange(live.keys.deadLetters, '-', '+')
      return entries.length > 0 && entries
    })
    expect(calls).to.equal(2)
    const fields = dead?.[1] ?? []
    expect(fields).to.include.members(['mailbox', 'room', 'attempts', '2'])
    expect(fields.join(' ')).to.contain('Telegram is away').and.not.contain('abcdefghijklmnop')
    expect((await left())?.length).to.equal(0)
  })

  it('buries at once what no repetition mends', async () => {
    rooms(async () => {
      throw new VisavisError('test', 'refused')
    })
    await tell('room', { type: 'look', room: room(1) })
    await live.redis.xadd(live.keys.mailbox('room'), '*', 'type', 'gibberish')
    await until('both are buried', async () => (await live.redis.xlen(live.keys.deadLetters)) === 2)
  })

  for (const code of ['postgres_unreachable', 'postgres_refused', 'postgres_tls'])
    it(`does not count an outage of Postgres as an attempt: ${code}`, async () => {
      let calls = 0
      rooms(
        async () => {
          if (++calls < 3) throw new VisavisError(code, 'away', { retryable: code === 'postgres_unreachable' })
        },
        'one',
        1,
      )
      await tell('room', { type: 'look', room: room(1) })
      await until('it is finished', async () => calls === 3 && (await left())?.length === 0)
      expect(await live.redis.xlen(live.keys.deadLetters)).to.equal(0)
    })

  it('buries what Postgres is too busy for every time', async () => {
    rooms(
      async () => {
        throw new VisavisError('postgres_busy', 'statement timeout', { retryable: true })
      },
      'one',
      1,
    )
    await tell('room', { type: 'look', room: room(1) })
    await until('it is buried', async () => (await live.redis.xlen(live.keys.deadLetters)) === 1)
  })

  it('waits at least as long as a failure says, and does not count it as an attempt', async () => {
    const at: number[] = []
    rooms(
      async () => {
        if (at.push(performance.now()) < 3) throw new TelegramError('telegram_rate_limited', 'approve', 'slow', 900)
      },
      'one',
      1,
    )
    await tell('room', { type: 'look', room: room(1) })
    await until('it is finished', async () => at.length === 3 && (await left())?.length === 0)
    expect((at[1] ?? 0) - (at[0] ?? 0)).to.be.greaterThan(890)
    expect((at[2] ?? 0) - (at[1] ?? 0)).to.be.greaterThan(890)
    expect(await live.redis.xlen(live.keys.deadLetters)).to.equal(0)
  })

  it('puts a message aside for as long as the handler asks', async () => {
    const at: number[] = []
    started(
      consume(deps('one'), {
        mailbox: 'room',
        handle: async () => {
          at.push(performance.now())
          return at.length === 1 ? { postponeMs: 300 } : undefined
        },
        concurrency: 1,
        attempts: 1,
      }),
    )
    await tell('room', { type: 'look', room: room(1) })
    await until('it came again', () => at.length === 2)
    expect((at[1] ?? 0) - (at[0] ?? 0)).to.be.within(280, 10_000)
  })

  it('takes up what its own name left unfinished before anything new', async () => {
    const first = rooms(() => new Promise(() => undefined), 'courier')
    await tell('room', { type: 'look', room: room(1) })
    await until('it is handed out', async () => (await left())?.pending === 1)
    first.quiet()
    const seen: Delivery<RoomMessage>[] = []
    stops.length = 0
    rooms(async (delivery) => void seen.push(delivery), 'courier')
    await until('it is handled', () => seen.length === 1)
    expect(seen[0]?.redelivered).to.equal(true)
  })

  it('takes over from a worker whose lease is gone, and leaves a slow one alone', async () => {
    const never = () => new Promise<void>(() => undefined)
    for (const name of ['dead', 'slow']) {
      consume(deps(name), { mailbox: 'room', handle: never, concurrency: 1, attempts: 3 })
      await tell('room', { type: 'look', room: room(name === 'dead' ? 1 : 2) })
      await until('it is handed out', async () => (await left())?.pending === (name === 'dead' ? 1 : 2))
    }
    await live.redis.set(live.keys.lease(leaseNames.instance('slow')), 'slow:1', 'PX', 60_000)
    const seen: string[] = []
    const heir = rooms(async ({ message }) => void seen.push('room' in message ? message.room : ''), 'heir')
    started(createLifeline({ ...live, instance: instanceId('heir'), logger, events, consumers: [heir] }))
    await until('the dead one is taken over', () => seen.length > 0, { withinMs: 10_000 })
    await until('it is finished', async () => (await left())?.length === 1)
    expect(seen).to.deep.equal([room(1)])
  })

  it('goes on after Redis lost its data', async () => {
    const seen: string[] = []
    rooms(async ({ message }) => void seen.push('room' in message ? message.room : ''))
    await tell('room', { type: 'look', room: room(1) })
    await until('the first is handled', () => seen.length === 1)
    await live.clear()
    await tell('room', { type: 'look', room: room(2) })
    await until('the second is handled', () => seen.length === 2)
  })

  it('brings postponed messages back on time, however many others are put aside meanwhile', async () => {
    const at: number[] = []
    let stormy = true
    const settings = { mailbox: 'room', concurrency: 10, attempts: 3 } as const
    started(
      consume(deps('one'), {
        ...settings,
        handle: async ({ message }) => {
          if ('room' in message && message.room === room(1)) {
            at.push(performance.now())
            return at.length === 1 ? { postponeMs: 200 } : undefined
          }
          return stormy ? { postponeMs: 60_000 } : undefined
        },
      }),
    )
    await tell('room', { type: 'look', room: room(1) })
    await until('it came again, in the storm', async () => {
      await tell('room', { type: 'look', room: room(2) })
      return at.length === 2
    })
    stormy = false
    expect((at[1] ?? 0) - (at[0] ?? 0)).to.be.within(190, 5_000)
  })

  it('hands nothing to a holder that is in doubt about its lease', async () => {
    let holding = false
    const facts: string[] = []
    const notices: string[] = []
    const doubting = (name: string) => ({ ...deps(name), holding: () => holding })
    started(
      consumeBatches(doubting('ledger'), {
        mailbox: 'ledger',
        size: 10,
        handle: async (batch) => void facts.push(...batch.map(({ id }) => id)),
      }),
    )
    started(
      consume(doubting('courier'), {
        mailbox: 'courier',
        handle: async ({ entry }) => void notices.push(entry),
        concurrency: 10,
        attempts: 3,
      }),
    )
    await tell('ledger', { type: 'idle', user: userId(1), at: '1' })
    await tell('courier', notice(1, 'one'))
    const since = performance.now()
    await until('they had time to read', () => performance.now() - since > 200)
    const backlog = await readBacklog(live.redis, live.keys, ['ledger', 'courier'])
    expect(backlog.map(({ pending, length }) => [pending, length])).to.deep.equal([
      [0, 1],
      [0, 1],
    ])
    holding = true
    await until('both are handled', () => facts.length + notices.length === 2)
  })
})
