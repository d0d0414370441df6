import { expect } from 'chai'
import { readGauges, type GaugeSources } from '../../src/ops/gauges.js'
import { unreadMailboxes } from '../../src/postgres/hosts.js'
import { createLiveState, type LiveState } from '../support/live-state.js'
import { parseSamples } from '../support/scrape.js'
import { within } from '../support/speed.js'

describe('gauges', () => {
  let live: LiveState
  before(async () => (live = await createLiveState()))
  after(() => live.close())

  const read = async (changed: Partial<GaugeSources> = {}) => {
    const registry = await readGauges({
      redis: live.redis,
      keys: live.keys,
      waitingSet: live.waitingSet,
      rooms: live.rooms,
      groups: live.groups,
      leases: { held: () => ['host:1', 'host:2', 'cron', 'instance:abc'] },
      tables: {
        hosts: { list: async () => [] },
        groups: { countByStatus: async () => [] },
        broadcasts: { left: async () => 0 },
      },
      unreadMailboxes,
      settings: { stock: 5, budget: 40 },
      ...changed,
    })
    const samples = parseSamples(await registry.metrics())
    return (name: string, label?: string) =>
      samples.find((s) => s.name === `visavis_${name}` && (!label || Object.values(s.labels).includes(label)))?.value
  }

  it('say what stands in Redis while Postgres is away', async () => {
    const away = async () => Promise.reject(new Error('connection refused'))
    const value = await read({
      tables: { hosts: { list: away }, groups: { countByStatus: away }, broadcasts: { left: away } },
    })
    expect(value('store_up', 'postgres')).to.equal(0)
    expect(value('store_up', 'redis')).to.equal(1)
    expect(value('waiting')).to.equal(0)
    expect(value('hosts', 'active')).to.equal(undefined)
  })

  it('come without what Redis would say when it hangs', async () => {
    const value = await within(2_500, 'reading', () =>
      read({ groups: { size: () => new Promise<number>(() => undefined) } }),
    )
    expect(value('store_up', 'redis')).to.equal(0)
    expect(value('stock')).to.equal(undefined)
    expect(value('host_budget_limit')).to.equal(0)
  })

  it('come without what is left of broadcasts when that takes too long to count', async () => {
    const value = await read({
      tables: {
        hosts: { list: async () => [] },
        groups: { countByStatus: async () => [] },
        broadcasts: { left: () => new Promise<number>(() => undefined) },
      },
    })
    expect(value('broadcast_left')).to.equal(undefined)
    expect(value('store_up', 'postgres')).to.equal(1)
  })

  it('count what is left of broadcasts once at a time, and say the last count meanwhile', async () => {
    const answers: ((count: number) => void)[] = []
    const left = () => new Promise<number>((resolve) => answers.push(resolve))
    const tables = {
      hosts: { list: async () => [] },
      groups: { countByStatus: async () => [] },
      broadcasts: { left },
    }
    const first = read({ tables })
    answers[0]?.(7)
    expect((await first)('broadcast_left')).to.equal(7)
    for (const value of await Promise.all([read({ tables }), read({ tables })]))
      expect(value('broadcast_left'), 'while it is being counted').to.equal(7)
    expect(answers).to.have.length(2)
    answers[1]?.(5)
    expect((await read({ tables }))('broadcast_left'), 'the late answer').to.equal(5)
  })

  it('name leases by their kind', async () => {
    const value = await read()
    expect(value('leases_held', 'host')).to.equal(2)
    expect(value('leases_held', 'cron')).to.equal(1)
    expect(value('leases_held', 'instance')).to.equal(undefined)
  })
})
