import { expect } from 'chai'
import { createEvents } from '../../src/events.js'
import { roomId, userId } from '../../src/ids.js'
import { createLogger } from '../../src/logger.js'
import { consumeBatches } from '../../src/mailbox/batch-consumer.js'
import { createTell, type Tell } from '../../src/mailbox/tell.js'
import type { LedgerMessage } from '../../src/mailboxes.js'
import { createLiveState, type LiveState } from '../support/live-state.js'
import { until } from '../support/until.js'

const logger = createLogger({ level: 'silent', pretty: false })

describe('a mailbox that is read in batches', () => {
  let live: LiveState
  let tell: Tell
  let ledger: ReturnType<typeof consumeBatches>

  beforeEach(async () => {
    live = await createLiveState()
    tell = createTell(live.redis, live.keys)
  })
  afterEach(async () => {
    await ledger.stop()
    await live.close()
  })

  const start = (handle: (batch: readonly { message: LedgerMessage }[]) => Promise<void>) => {
    const { redis, connect, keys } = live
    const deps = { redis, openBlocking: connect, keys, consumer: 'ledger', logger, events: createEvents(logger) }
    ledger = consumeBatches(deps, { mailbox: 'ledger', size: 10, handle })
  }

  it('offers a batch that failed again, whole and in order, before anything newer', async () => {
    const batches: LedgerMessage['type'][][] = []
    let failures = 0
    start(async (batch) => {
      if (failures++ < 1) throw new Error('Postgres is away')
      batches.push(batch.map(({ message }) => message.type))
    })
    await tell('ledger', { type: 'idle', user: userId(1), at: '1' })
    await tell('ledger', { type: 'opened', room: roomId('room0001'), at: '2' })
    await until('both are written', () => batches.flat().length === 2)
    expect(batches.flat()).to.deep.equal(['idle', 'opened'])
    await until('nothing is left', async () => (await live.redis.xlen(live.keys.mailbox('ledger'))) === 0)
  })

  it('keeps facts in order when a lost connection swallowed some', async () => {
    const users: string[] = []
    start(async (batch) => void users.push(...batch.map(({ message }) => ('user' in message ? message.user : ''))))
    const stream = live.keys.mailbox('ledger')
    const blocked = () =>
      until('the ledger waits for facts', async () => {
        const clients = ((await live.redis.client('LIST')) as string).split('\n')
        return clients.find((client) => /cmd=xreadgroup/.test(client) && /flags=\S*b/.test(client))
      })
    for (let round = 0; round < 5; round++) {
      users.length = 0
      const id = /id=(\d+)/.exec(await blocked())?.[1] ?? ''
      // In one step: a fact is handed out to a connection that dies with it, and a newer one comes.
      await live.redis
        .multi()
        .xadd(stream, '*', 'type', 'idle', 'user', '1', 'at', '1')
        .xreadgroup('GROUP', 'actors', 'ledger', 'STREAMS', stream, '>')
        .client('KILL', 'ID', Number(id))
        .xadd(stream, '*', 'type', 'idle', 'user', '2', 'at', '2')
        .exec()
      await until('both are written', () => users.length >= 2)
      expect(users).to.deep.equal(['1', '2'])
    }
  })
})
