import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { registerInstance, SHARED_SETTINGS } from '../../src/app/instances.js'
import { commandSettings } from '../../src/cli/settings.js'
import type { Status } from '../../src/cli/status-read.js'
import { screen } from '../../src/cli/status-screen.js'
import type { Terminal } from '../../src/cli/terminal.js'
import { ROLES } from '../../src/config.js'
import { instanceId, userId } from '../../src/ids.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { lastReconciled, noteReconciled } from '../../src/redis/reconciled.js'
import { cli } from '../support/cli.js'
import { CLI_SECRET, createCliStage, type CliStage } from '../support/cli-stage.js'
import { people, person } from '../support/live-state.js'
import { until } from '../support/until.js'
import { within } from '../support/speed.js'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

const quiet: Terminal = {
  out: () => undefined,
  note: () => undefined,
  columns: undefined,
  paint: (_tone, text) => text,
  ask: async () => '',
}

interface Found {
  telegram: { state: string }
  instances: object[]
  unheld: string[]
  waiting: { count: number }
  hosts: object[] | null
  missing: string[]
}

describe('cli status without a service', () => {
  let stage: CliStage
  before(async () => (stage = await createCliStage()))
  beforeEach(() => stage.reset())
  after(() => stage.close())

  const look = async () => JSON.parse((await stage.run('status --json')).out) as Status

  it('status says that nobody works, and what waits', async () => {
    await stage.live.find(person(1))
    const found = await stage.json<Found>('status')
    expect(found.waiting.count).to.equal(1)
    expect(found.instances).to.deep.equal([])
    expect(found.unheld).to.deep.equal(['poller', 'courier', 'ledger', 'cron'])
    expect(found.telegram.state).to.equal('skipped')
    const { out } = await stage.run('status')
    expect(out)
      .to.match(/^waiting +1, the oldest for/m)
      .and.to.match(/^instance +none: the service does not run$/m)
  })

  it('status says that there are no hosts, with the command that adds one', async () => {
    expect((await stage.run('status')).out).to.match(
      /^hosts +none: without one no group can be made\. Add one with: hosts login$/m,
    )
    expect(await stage.run('hosts check')).to.deep.include({ code: 1, notes: '' })
    await hostsTable(stage.db, CLI_SECRET).add({ phoneLabel: '+49…1', userId: userId(7_000_000_001), session: 's' })
    expect((await stage.run('status')).out).not.to.match(/^hosts /m)
  })

  it('status says of a host in quarantine that nobody is to work as it, not that nobody does', async () => {
    const hosts = hostsTable(stage.db, CLI_SECRET)
    const host = await hosts.add({ phoneLabel: '+49…1', userId: userId(7_000_000_001), session: 's' })
    expect((await stage.json<Found>('status')).unheld).to.include(`host:${host}`)
    await hosts.quarantine(host, 'AUTH_KEY_UNREGISTERED')
    expect((await stage.json<Found>('status')).unheld).not.to.include(`host:${host}`)
    expect((await stage.run('status')).out).to.match(
      /^host \d+ +\+49…1 quarantined \(AUTH_KEY_UNREGISTERED\): nobody works as it until hosts login, 0 /m,
    )
    // Reported as spam, it may still delete what it owns.
    await hosts.quarantine(host, 'USER_RESTRICTED')
    expect((await stage.json<Found>('status')).unheld).to.include(`host:${host}`)
  })

  it('status does without Postgres, and ends with 1', async () => {
    const { code, out } = await cli(['status', '--json'], {
      ...stage.env,
      DATABASE_URL: 'postgres://127.0.0.1:1/visavis',
    })
    expect(code).to.equal(1)
    const found = JSON.parse(out) as Found
    expect(found.hosts).to.equal(null)
    expect(found.waiting).to.deep.include({ count: 0 })
    expect(found.missing).to.have.length(1)
    expect(found.missing[0]).to.contain('Postgres is not answering')
  })

  it('status does without Redis, whether that refuses or says nothing, and ends with 1 within 3 s', async () => {
    await hostsTable(stage.db, CLI_SECRET).add({ phoneLabel: '+49…1', userId: userId(7_000_000_001), session: 's' })
    const mute = createServer().listen(0, '127.0.0.1')
    await once(mute, 'listening')
    const { port } = mute.address() as AddressInfo
    try {
      for (const REDIS_URL of ['redis://127.0.0.1:1', `redis://127.0.0.1:${port}`]) {
        const startedAt = performance.now()
        const { code, out } = await cli(['status', '--json'], { ...stage.env, REDIS_URL })
        expect(performance.now() - startedAt).to.be.below(3_000)
        expect(code).to.equal(1)
        const found = JSON.parse(out) as Status
        expect(found).to.deep.include({ redis: null, waiting: null, instances: null })
        expect(found.hosts).to.have.length(1)
        expect(found.postgres).to.have.property('latencyMs')
        expect(found.missing).to.have.length(1)
      }
      const shown = await cli(['status'], { ...stage.env, REDIS_URL: 'redis://127.0.0.1:1' })
      expect(shown.out)
        .to.match(/^redis +does not answer$/m)
        .and.to.match(/^host \d+ +\+49…1 active, 0 made today/m)
    } finally {
      mute.close()
    }
  })

  it('status breaks its lines between words', async () => {
    const { out } = await cli(['status'], { ...stage.env, DATABASE_URL: 'postgres://127.0.0.1:1/v' }, { columns: 60 })
    const lines = out.split('\n')
    expect(lines.filter((line) => line.length > 60)).to.deep.equal([])
    expect(out).to.match(/^telegram +not asked: BOT_TOKEN is not set here$/m)
    expect(out.replace(/\s+/g, ' ')).to.contain('nobody holds poller, courier, ledger, cron')
  })

  it('status --watch puts what needs a look first where not all fits, and says how much is hidden', async () => {
    const status = await look()
    const all = screen(status, quiet)
    const height = all.trimEnd().split('\n').length
    expect(screen(status, quiet, height)).to.equal(all)
    const lines = screen(status, quiet, 6).trimEnd().split('\n')
    expect(lines).to.have.length(6)
    expect(lines.slice(0, 4).map((line) => line.split(/\s+/)[0])).to.deep.equal(['stock', 'instance', '', 'hosts'])
    expect(lines.at(-1)).to.equal(`… ${height - 5} lines are hidden: this terminal is too small`)
    const narrow = screen(status, { ...quiet, columns: 40 }, 6)
      .trimEnd()
      .split('\n')
    expect(narrow.length, 'nothing is cut within').to.be.at.most(6)
    expect(screen(status, quiet, 0)).to.equal(`… ${height} lines are hidden: this terminal is too small\n`)
  })

  it('status says what the reconciler found lately, also after a run that found nothing', async () => {
    const { redis, keys } = stage.live
    await noteReconciled(redis, keys, { differences: 3, repaired: 3 })
    await noteReconciled(redis, keys, { differences: 0, repaired: 0 })
    const painted = screen(await look(), { ...quiet, paint: (tone, text) => (tone === 'bad' ? `<${text}>` : text) })
    expect(painted).to.match(/^reconciled +<\d+ s ago: all agreed; \d+ s ago: 3 differences, 3 repaired>$/m)
    await redis.del(keys.reconciled, keys.reconciledFound)
    await noteReconciled(redis, keys, { differences: 0, repaired: 0 })
    expect((await stage.run('status')).out).to.match(/^reconciled +\d+ s ago: all agreed$/m)
  })

  it('status tells of both runs, also when they ended in the same millisecond', async () => {
    const found = { at: 5_000, differences: 3, repaired: 3 }
    const reconciled = { at: 5_000, differences: 0, repaired: 0, found }
    const status = { ...(await look()), at: 6_000, reconciled } as Status
    expect(screen(status, quiet)).to.match(/^reconciled +1 s ago: all agreed; 1 s ago: 3 differences, 3 repaired$/m)
  })

  it('what a run found stays, whoever notes at the same time that there was nothing', async () => {
    const { redis, keys } = stage.live
    const calm = { differences: 0, repaired: 0 }
    for (let round = 1; round <= 20; round++) {
      const found = { differences: round, repaired: round }
      await Promise.all([calm, found, calm].map((run) => noteReconciled(redis, keys, run)))
      expect((await lastReconciled(redis, keys))?.found).to.include(found)
    }
  })

  it('status and doctor know from the service whether it must poll, not from their own environment', async () => {
    const { redis, keys } = stage.live
    const missed = async () => {
      const { out } = await stage.run('doctor --json')
      const { lines } = JSON.parse(out) as { lines: { name: string; words: string }[] }
      const inDoctor = lines.find(({ name }) => name === 'service')?.words.includes('poller')
      return { inStatus: (await stage.json<Found>('status')).unheld.includes('poller'), inDoctor }
    }
    await redis.set(keys.lease('instance:a'), 'a:1:a', 'PX', 60_000)
    const config = { ...commandSettings(stage.env).read(...SHARED_SETTINGS), ROLES }
    const register = (BOT_WEBHOOK_URL: string | undefined) =>
      registerInstance({ redis, keys, instance: instanceId('a'), config: { ...config, BOT_WEBHOOK_URL } })
    await register('https://visavis.example/hook')
    expect(await missed()).to.deep.equal({ inStatus: false, inDoctor: false })
    await register(undefined)
    Object.assign(stage.env, { BOT_WEBHOOK_URL: 'https://visavis.example/hook' })
    try {
      expect(await missed()).to.deep.equal({ inStatus: true, inDoctor: true })
    } finally {
      delete stage.env['BOT_WEBHOOK_URL']
    }
  })

  it('status goes by what the service says, not by its own environment', async () => {
    const { redis, keys } = stage.live
    const service = { ...stage.env, GROUP_STOCK: '1', GROUP_BUDGET: '500' }
    await redis.set(keys.lease('instance:a'), 'a:1:a', 'PX', 60_000)
    const { read } = commandSettings(service)
    const config = { ...read(...SHARED_SETTINGS), ROLES: ROLES, BOT_WEBHOOK_URL: undefined }
    await registerInstance({ redis, keys, instance: instanceId('a'), config })
    const host = await hostsTable(stage.db, CLI_SECRET).add({
      phoneLabel: '+49…1',
      userId: userId(7_000_000_001),
      session: 's',
    })
    await stage.live.stock(2, host)
    const { out } = await stage.run('status')
    expect(out)
      .to.match(/^host \d+ .* 0 of 500 made today/m)
      .and.to.match(/^stock +2 groups, more than the 1 wanted: no new ones are made$/m)
    expect((await stage.run('hosts list')).out).to.match(/ 0 of 500 /)
    expect((await stage.json<{ hosts: { budget: number }[] }>('hosts list')).hosts[0]?.budget).to.equal(500)
  })

  it('status takes less than a second while 100,000 people wait', async () => {
    await stage.everyoneWaits(people(100_000))
    const found = await within(1_000, 'status', () => stage.json<Found>('status'))
    expect(found.waiting.count).to.equal(100_000)
  })

  it('status --watch goes on until it is interrupted', async () => {
    const { PATH, HOME } = process.env
    const args = ['--import', 'tsx', MAIN, 'status', '--watch', '1', '--json']
    const child = spawn(process.execPath, args, { env: { ...stage.env, PATH, HOME } })
    let out = ''
    child.stdout.on('data', (data: Buffer) => (out += data.toString()))
    await until('it looked twice', () => out.split('\n').length > 2, { withinMs: 20_000 })
    child.kill('SIGINT')
    await new Promise((resolve) => child.once('close', resolve))
    expect(JSON.parse(out.split('\n')[0] ?? '')).to.have.property('waiting')
  })
})
