import { expect } from 'chai'
import { meet } from '../support/meetings.js'
import { scrape } from '../support/scrape.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'

describe('metrics of several processes', () => {
  let stage: Stage
  let addresses: string[]
  before(async () => {
    stage = await openStage()
    const roles = [['bot', 'host', 'cron'] as const, ['worker'] as const, ['worker'] as const, ['worker'] as const]
    addresses = []
    for (const ROLES of roles) addresses.push((await stage.startService({ ROLES })).opsUrl)
    await stage.stocked(2)
  })
  after(() => stage.close())

  it('count each event in one process, and show the same state in all', async () => {
    const [ann, ben] = [await stage.register('Ann'), await stage.register('Ben')]
    await meet(stage, ann, ben)
    const sum = (name: string) => all.reduce((total, { value }) => total + (value(name) ?? 0), 0)
    let all: Awaited<ReturnType<typeof scrape>>[] = []
    await until('the ledger has written that both are in', async () => {
      all = await Promise.all(addresses.map(scrape))
      return sum('rooms_opened_total') > 0
    })
    expect(sum('registrations_total')).to.equal(2)
    expect(sum('pairs_total')).to.equal(1)
    expect(sum('invitations_total')).to.equal(1)
    expect(sum('rooms_opened_total')).to.equal(1)
    for (const { value } of all) expect(value('rooms', { stage: 'open' })).to.equal(1)
    for (const lease of ['cron', 'courier', 'ledger', 'poller', 'host'])
      expect(
        all.map(({ value }) => value('leases_held', { lease }) ?? 0).reduce((a, b) => a + b),
        lease,
      ).to.equal(1)
    await ann.say('/stop')
    await stage.settled()
  })
})
