import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { registerInstance, SHARED_SETTINGS } from '../../src/app/instances.js'
import { commandSettings } from '../../src/cli/settings.js'
import type { Status } from '../../src/cli/status-read.js'
import { screen } from '../../src/cli/status-screen.js'
import { painted, type Terminal } from '../../src/cli/terminal.js'
import { ROLES } from '../../src/config.js'
import { instanceId, userId } from '../../src/ids.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { lastReconciled, noteReconciled } from '../../src/redis/reconciled.js'
import { cli } from '../support/cli.js'
import { CLI_SECRET, createCliStage, type CliStage } from '../support/cli-stage.js'
import { people, person } from '../support/live-state.js'
import { openStage, type Stage } from '../support/stage.js'
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
  redis: { whole: boolean }
  telegram: { state: string }
  instances: { instance: string; roles: string[]; leases: string[] }[]
  unheld: string[]
  waiting: { count: number }
  rooms: { pastDeadline: number }
  hosts: object[] | null
  missing: string[]
}

describe('cli status, doctor and config without a service', () => {
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
    const now = await stage.live.waitingSet.now()
    const crowd = people(100_000)
    for (let from = 0; from < crowd.length; from += 5_000) {
      const some = crowd.slice(from, from + 5_000)
      await stage.live.redis
        .pipeline()
        .sadd(stage.live.keys.waiting, ...some)
        .zadd(stage.live.keys.waits, ...some.flatMap((user, i) => [now + from + i, user]))
        .exec()
    }
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

  it('doctor tells every trouble with what mends it, and goes on after a server that is away', async () => {
    const { code, out } = await cli(['doctor'], {
      ...stage.env,
      DATABASE_URL: 'postgres://127.0.0.1:1/visavis',
      TELEGRAM_API_ROOT: 'http://127.0.0.1:1',
    })
    expect(code).to.equal(1)
    expect(out).to.match(/^ok +node +v\d+/m)
    expect(out).to.match(/^ok +redis version/m)
    expect(out).to.match(/^BAD +postgres +Postgres is not answering/m)
    expect(out).to.match(/^BAD +clock telegram +http:\/\/127\.0\.0\.1:1 does not answer\n +mend: /m)
    expect(out).to.match(/^- +bot token +not asked: BOT_TOKEN is not set here$/m)
    expect(out).not.to.match(/^ {4}at /m)
  })

  it('doctor names a server that is away once', async () => {
    const nowhere = { REDIS_URL: 'redis://127.0.0.1:1', DATABASE_URL: 'postgres://127.0.0.1:1/visavis' }
    const { code, out } = await cli(['doctor'], { ...stage.env, ...nowhere })
    expect(code).to.equal(1)
    expect(out.match(/Redis is not answering/g)).to.have.length(1)
    expect(out.match(/Postgres is not answering/g)).to.have.length(1)
    expect(out).to.match(/^- +clocks +not asked: see above$/m)
  })

  it('doctor tells what keeps people from being matched, with the command that mends it', async () => {
    const { live, db, env } = stage
    type Line = { name: string; state: string; words: string; mend: string }
    const lines = async () => {
      const found = JSON.parse((await stage.run('doctor --json')).out) as { lines: Line[]; warnings: number }
      return new Map(found.lines.map((line) => [line.name, line]))
    }
    const calm = await lines()
    expect(calm.get('service')).to.include({ state: 'bad', mend: 'npm start' })
    expect(calm.get('stock')?.state).to.equal('warning')
    expect(calm.get('reconciled')).to.include({ state: 'warning', words: 'never' })
    expect(['matching', 'dead letters', 'rooms'].map((name) => calm.get(name)?.state)).to.deep.equal(['ok', 'ok', 'ok'])

    const hosts = hostsTable(db, CLI_SECRET)
    const add = (n: number) =>
      hosts.add({ phoneLabel: `+49…${n}`, userId: userId(7_000_000_000 + n), session: 'not a session' })
    const [parked, drained, spent] = [await add(1), await add(2), await add(3)]
    await hosts.park(parked, Date.now() + 3_600_000, 'FLOOD_WAIT')
    await hosts.drain(drained)
    await hosts.spendBudget(spent, 1)
    await live.find(person(1))
    await live.find(person(2))
    await live.redis.xadd(live.keys.deadLetters, '*', 'type', 'look')
    await live.redis.zadd(live.keys.open, (await live.waitingSet.now()) - 60_000, 'abcdef')
    await noteReconciled(live.redis, live.keys, { differences: 2, repaired: 1 })
    Object.assign(env, { GROUP_BUDGET: '1' })
    try {
      const troubled = await lines()
      const { words = '' } = troubled.get('groups') ?? {}
      expect(words)
        .to.contain(`host ${parked} is parked until`)
        .and.to.contain(`host ${drained} is draining; host ${spent} is out of budget`)
      expect(troubled.get('groups')?.state).to.equal('bad')
      expect(troubled.get('stock')).to.include({ state: 'bad', words: 'empty, while 2 people wait' })
      expect(troubled.get('dead letters')).to.include({ state: 'bad', words: '1' })
      expect(troubled.get('rooms')).to.include({ state: 'bad', words: '1 is long past the deadline' })
      expect(troubled.get('reconciled')?.words).to.match(/ago, and 1 difference was left$/)
      await stage.run('matching pause')
      const paused = await lines()
      expect(paused.get('matching')).to.include({ state: 'warning', mend: 'npm run cli -- matching resume' })
      expect(paused.get('stock')?.state).to.equal('warning')
    } finally {
      delete env['GROUP_BUDGET']
      await stage.run('matching resume')
    }
  })

  it('config says what is in force and where it came from, and hides secrets', async () => {
    const env = { ...stage.env, BOT_TOKEN: `123456:${'x'.repeat(30)}`, DATABASE_URL: 'postgres://me:pass@127.0.0.1/v' }
    const { code, out } = await cli(['config', '--json'], { ...env, GROUP_STOCK: '' })
    expect(code).to.equal(0)
    const { settings } = JSON.parse(out) as { settings: { name: string; value: string | null; from: string }[] }
    const of = (name: string) => settings.find((one) => one.name === name)
    expect(of('GROUP_STOCK')).to.include({ value: '5', from: 'default' })
    expect(of('ROOM_ENTRY_TIMEOUT')).to.include({ value: '3m', from: 'default' })
    expect(of('REDIS_PREFIX')).to.include({ value: stage.live.prefix, from: 'environment' })
    expect(of('BOT_WEBHOOK_URL')).to.include({ value: null, from: 'not set' })
    expect(of('BOT_TOKEN')).to.include({ value: '(hidden)' })
    expect(out).not.to.contain('xxxx').and.not.to.contain('pass@')
    const misspelled = { ...env, ROOM_IDLE_TIMOUT: '5m', RETENTION_EVERYTHING: '', RETENTION_USERS: '9d', EDITOR: 'vi' }
    expect(
      (JSON.parse((await cli(['config', '--json'], misspelled)).out) as { unknown: object[] }).unknown,
    ).to.deep.equal([
      { name: 'ROOM_IDLE_TIMOUT', meant: 'ROOM_IDLE_TIMEOUT', from: 'environment' },
      { name: 'RETENTION_USERS', meant: null, from: 'environment' },
    ])
    const told = await cli(['config'], misspelled)
    expect(told.code, 'the service would start').to.equal(0)
    expect(told.out).to.match(/^ROOM_IDLE_TIMOUT is no setting .*: is ROOM_IDLE_TIMEOUT meant\? \(environment\)$/m)
    const wrong = await cli(['config'], { ...env, GROUP_STOCK: 'many' })
    expect(wrong.code).to.equal(1)
    expect(wrong.out).to.match(/^GROUP_STOCK +many +← must be a whole number/m)
  })

  it('colours are for terminals only', async () => {
    expect(painted('bad', 'x')).to.equal('\u001b[31mx\u001b[0m')
    const directory = mkdtempSync(path.join(tmpdir(), 'visavis-cli-'))
    try {
      const { PATH, HOME } = process.env
      const env = { ...stage.env, PATH, HOME, DATA_DIR: directory }
      const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', MAIN, 'status'], { env, encoding: 'utf8' })
      expect(stdout).to.contain('waiting').and.not.to.contain('\u001b')
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})

describe('cli status and doctor of a service', () => {
  let stage: Stage
  before(async () => {
    stage = await openStage({ env: { RECONCILE_CRON: '* * * * * *' } })
    await stage.startService()
    await stage.stocked(3)
  })
  after(() => stage.close())

  it('status knows its processes, what they hold, and when it was reconciled', async () => {
    const look = async () =>
      JSON.parse((await cli(['status', '--json'], stage.env)).out) as Found & { reconciled: object }
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

  it('hosts check tells that Telegram froze the account', async () => {
    const check = async () =>
      (
        JSON.parse((await cli(['hosts', 'check', '--json'], stage.env)).out) as {
          hosts: { ok: boolean; words: string; mend: string; budget: number }[]
        }
      ).hosts[0]
    const well = await check()
    expect(well).to.include({ ok: true, budget: 500 })
    expect(well?.words).not.to.contain('logged in')
    const account = stage.world.users.byPhone('15550100')?.id ?? 0
    stage.world.users.judge(account, { frozen: true })
    try {
      const frozen = await check()
      expect(frozen?.ok).to.equal(false)
      expect(frozen?.words).to.match(/^Telegram froze the account \(it is lost on .* UTC .*\); appeal at https:/)
      expect(frozen?.mend).to.contain('@SpamBot').and.not.to.contain('hosts login')
    } finally {
      stage.world.users.judge(account, { frozen: false })
    }
  })

  it('a process that ended in order is gone at once', async () => {
    const other = await stage.startService({ ROLES: ['worker'] })
    const count = async () => (JSON.parse((await cli(['status', '--json'], stage.env)).out) as Found).instances.length
    expect(await count()).to.equal(2)
    await other.stop()
    expect(await count()).to.equal(1)
  })
})
