import { expect } from 'chai'
import { createLedger } from '../../src/actors/ledger.js'
import { createEvents } from '../../src/events.js'
import { createLogger } from '../../src/logger.js'
import type { Folded } from '../../src/postgres/ledger-store.js'
import type { FenceToken } from '../../src/postgres/deployment.js'

const events = createEvents(createLogger({ level: 'silent', pretty: false }))

describe('actors/ledger', () => {
  it('asks for the token of its lease with every batch', async () => {
    const written: FenceToken[] = []
    const tokens = ['7', '8']
    const store = { write: async (_: Folded, token: FenceToken) => void written.push(token) }
    const ledger = createLedger({ store, fence: () => tokens.shift() ?? 'none', events })
    await ledger.apply([
      { id: '1-0', message: { type: 'stocked', chat: '-1001' as never, host: '1' as never, at: '1' } },
    ])
    await ledger.apply([
      { id: '2-0', message: { type: 'stocked', chat: '-1001' as never, host: '1' as never, at: '2' } },
    ])
    expect(written).to.deep.equal(['7', '8'])
  })

  it('writes nothing for an empty batch, and passes failures of the store on', async () => {
    let writes = 0
    const failing = createLedger({
      store: {
        write: async () => {
          writes += 1
          throw new Error('Postgres is away')
        },
      },
      fence: () => 1,
      events,
    })
    await failing.apply([])
    expect(writes).to.equal(0)
    const fact = { id: '1-0', message: { type: 'idle' as const, user: '5' as never, at: '1' } }
    const error = await failing.apply([fact]).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).to.be.an('error').with.property('message', 'Postgres is away')
  })
})
