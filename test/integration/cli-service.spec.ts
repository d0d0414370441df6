import { expect } from 'chai'
import { cli } from '../support/cli.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'

interface Found {
  telegram: { state: string }
  instances: { roles: string[]; leases: string[] }[]
  unheld: string[]
  rooms: { pastDeadline: number }
  reconciled: object | null
}

describe('cli about a service that runs', () => {
  let stage: Stage
  before(async () => {
    stage = await openStage({ env: { RECONCILE_CRON: '* * * * * *', ADMIN_IDS: '700000009' } })
    await stage.startService()
    await stage.stocked(3)
  })
  after(() => stage.close())

  it('status knows its processes, what they hold, and when it was reconciled', async () => {
    const look = async () => JSON.parse((await cli(['status', '--json'], stage.env)).out) as Found
    const found = await until('all leases are held, and it was reconciled', async () => {
      const now = await look()
      return now.unheld.length === 0 && now.reconciled !== null && now
    })
    expect(found.instances).to.have.length(1)
    expect(found.instances[0]?.roles).to.have.members(['bot', 'worker', 'host', 'cron'])
    expect(found.instances[0]?.leases).to.have.members(['poller', 'courier', 'ledger', 'cron', 'host:1'])
    expect(found.telegram).to.deep.include({ state: 'ok' })
    expect(found.rooms.pastDeadline).to.equal(0)
    const { out } = await cli(['status'], stage.env, { columns: 100 })
    expect(out)
      .to.match(/^stock +3 of 3 groups$/m)
      .and.to.match(/^host 1 +\+1…0 active, 3 of 500 made today/m)
  })

  it('who administers is what the service says, also where the command was not given it', async () => {
    const env = { ...stage.env, ADMIN_IDS: '' }
    const created = await cli(['broadcast', 'create', '--text', 'News', '--json'], env)
    const { broadcast } = JSON.parse(created.out) as { broadcast: string }
    const previewed = await cli(['broadcast', 'preview', broadcast, '--json'], env)
    expect(JSON.parse(previewed.out)).to.include({ to: '700000009' })
  })

  it('doctor finds all well but what this machine lacks', async () => {
    const { out } = await cli(['doctor', '--json'], stage.env)
    const { lines } = JSON.parse(out) as { lines: { name: string; state: string; words: string }[] }
    const bad = lines.filter(({ name, state }) => state === 'bad' && !/^redis (persistence|latency|notif)/.test(name))
    expect(bad).to.deep.equal([])
    const names = lines.map(({ name }) => name)
    expect(names).to.include.members([
      'node',
      'redis state',
      'postgres migrations',
      'clock telegram',
      'bot token',
      'host 1',
    ])
    expect(lines.find(({ name }) => name === 'bot webhook')?.words).to.contain('none (long polling)')
  })

  it('hosts check and doctor tell what lets a host that rests make groups again', async () => {
    const rested = async () => {
      const hosts = JSON.parse((await cli(['hosts', 'check', '--json'], stage.env)).out) as {
        hosts: { ok: boolean; words: string; mend: string }[]
      }
      const doctor = JSON.parse((await cli(['doctor', '--json'], stage.env)).out) as {
        lines: { name: string; state: string; mend: string }[]
      }
      const of = (name: string) => doctor.lines.find((line) => line.name === name)
      return { check: hosts.hosts[0], host: of('host 1'), groups: of('groups') }
    }
    await cli(['hosts', 'park', '1', '--for', '1h', '--reason', 'night'], stage.env)
    try {
      const { check, host, groups } = await rested()
      expect(check).to.include({ ok: true, mend: 'hosts resume 1' })
      expect(check?.words).to.match(/^parked until \S+ \S+ UTC \(night\); answers/)
      for (const line of [host, groups])
        expect(line).to.include({ state: 'warning', mend: 'npm run cli -- hosts resume 1' })
    } finally {
      await cli(['hosts', 'resume', '1'], stage.env)
    }
    expect((await rested()).check).to.include({ ok: true, mend: '' })
  })

  it('a process that ended in order is gone at once', async () => {
    const other = await stage.startService({ ROLES: ['worker'] })
    const count = async () => (JSON.parse((await cli(['status', '--json'], stage.env)).out) as Found).instances.length
    expect(await count()).to.equal(2)
    await other.stop()
    expect(await count()).to.equal(1)
  })

  describe('hosts check', () => {
    const check = async () =>
      (
        JSON.parse((await cli(['hosts', 'check', '--json'], stage.env)).out) as {
          hosts: { ok: boolean; status: string; words: string; mend: string; budget: number }[]
        }
      ).hosts[0]
    const judge = (verdict: { frozen?: boolean; restrictedOn?: string[] }) =>
      stage.world.users.judge(stage.world.users.byPhone('15550100')?.id ?? 0, verdict)
    /** The service has heard it as well: the account is out of work, and everybody is told. */
    const quarantined = (reason: string) =>
      until(`quarantined: ${reason}`, async () => {
        const found = await check()
        return found?.status === 'quarantined' && found.words.startsWith(`quarantined (${reason})`) && found
      })

    it('finds nothing wrong', async () => {
      const well = await check()
      expect(well).to.include({ ok: true, budget: 500 })
      expect(well?.words).not.to.contain('logged in')
    })

    it('tells where Telegram restricts the account; restricted everywhere, it is out of work until it is logged in', async () => {
      const doctor = async () => {
        const { lines } = JSON.parse((await cli(['doctor', '--json'], stage.env)).out) as {
          lines: { name: string; state: string; words: string }[]
        }
        return lines.find(({ name }) => name === 'host 1')
      }
      judge({ restrictedOn: ['ios'] })
      const hidden = await check()
      expect(hidden).to.include({ ok: true, mend: 'write to @SpamBot from this account' })
      expect(hidden?.words).to.contain('; Telegram restricts the account on ios (terms)')
      expect(await doctor()).to.include({ state: 'warning' })
      judge({ restrictedOn: ['ios', 'all'] })
      const restricted = await quarantined('USER_RESTRICTED')
      expect(restricted.words).to.contain('Telegram restricts the account on ios (terms), all platforms (terms)')
      expect(restricted.mend).to.match(/@SpamBot.*, or try it all the same: hosts login/)
      const line = await doctor()
      expect(line).to.include({ state: 'bad' })
      expect(line?.words).to.contain('Telegram restricts the account')
      judge({ restrictedOn: [] })
      expect(await check()).to.include({ ok: false, mend: 'hosts login' })
    })

    it('tells that Telegram froze the account', async () => {
      judge({ frozen: true })
      const frozen = await check()
      expect(frozen?.ok).to.equal(false)
      expect(frozen?.words).to.match(/Telegram froze the account \(it is lost on .* UTC .*\); appeal at https:/)
      expect(frozen?.mend).to.contain('@SpamBot').and.not.to.contain('hosts login')
      await quarantined('FROZEN_METHOD_INVALID')
    })
  })
})
