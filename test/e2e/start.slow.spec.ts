import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { Redis } from 'ioredis'
import pgPromise from 'pg-promise'
import { root } from '../../scripts/bootstrap.mjs'
import type { RunFile } from '../../scripts/launch/data-files.js'
import { untilProcessEnds } from '../../scripts/servers/until-process-ends.js'
import { cli } from '../support/cli.js'
import { until } from '../support/until.js'

const pgp = pgPromise({ noWarnings: true })
const hidden = ['BOT_TOKEN', 'API_ID', 'API_HASH', 'REDIS_URL', 'DATABASE_URL', 'SECRET_KEY', 'NODE_ENV']

type Launcher = { process: ChildProcess; output: () => string; exit: Promise<number | null> }

/** `npm start` as a newcomer runs it, on servers of its own. */
describe('npm start', function () {
  this.timeout(120_000)
  let directory: string
  let launchers: Launcher[]

  beforeEach(() => {
    launchers = []
    directory = mkdtempSync(path.join(tmpdir(), 'visavis-launch-'))
    // As root, Postgres runs under another name and has to get in.
    chmodSync(directory, 0o755)
  })
  afterEach(async () => {
    for (const launcher of launchers) launcher.process.kill('SIGTERM')
    await Promise.all(launchers.map(({ exit }) => exit))
    rmSync(directory, { recursive: true, force: true })
  })

  function start(env: NodeJS.ProcessEnv = {}): Launcher {
    const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !hidden.includes(name)))
    const child = spawn(process.execPath, ['scripts/start.mjs'], {
      cwd: root,
      // Set, though empty: a .env of the person who runs the tests has no say here.
      env: {
        ...clean,
        ...Object.fromEntries(hidden.map((name) => [name, ''])),
        DATA_DIR: directory,
        OPS_PORT: '0',
        LOG_LEVEL: 'info',
        SANDBOX_PORT: '0',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const exit = once(child, 'close').then(([code]) => code as number | null)
    const launcher = { process: child, output: () => output, exit }
    launchers.push(launcher)
    return launcher
  }

  async function untilReady(launcher: Launcher): Promise<RunFile> {
    while (!launcher.output().includes('Visavis runs.')) {
      const ended = await Promise.race([launcher.exit.then(() => true), once(launcher.process.stdout!, 'data')])
      if (ended === true) throw new Error(`the launcher ended:\n${launcher.output()}`)
    }
    return json('run.json') as RunFile
  }

  const json = (name: string): unknown => JSON.parse(readFileSync(path.join(directory, name), 'utf8'))
  const children = (): number[] => (json('launcher.json') as { children: number[] }).children

  /** The command line, told no more than where the data lies, asks the bot of the sandbox and knows its settings. */
  async function commandLineKnows(DATA_DIR: string): Promise<void> {
    const status = JSON.parse((await cli(['status', '--json'], { DATA_DIR })).out) as {
      telegram: object
      hosts: object[]
    }
    expect(status.telegram).to.deep.equal({ state: 'ok', words: 'answers as @visavis_bot' })
    expect(status.hosts[0]).to.include({ budget: 500 })
    const doctor = await cli(['doctor'], { DATA_DIR })
    expect(doctor.out).to.match(/^ok +bot token +works for @visavis_bot$/m)
    const config = await cli(['config'], { DATA_DIR })
    expect(config.out).to.match(/^BOT_TOKEN +\(hidden\) +sandbox\.json$/m)
  }

  async function hosts(database: string): Promise<string[]> {
    const db = pgp(database)
    const rows = await db.map('SELECT user_id::text FROM hosts', [], (row: { user_id: string }) => row.user_id)
    await db.$pool.end()
    return rows
  }

  it('without any settings: says that it is the sandbox, starts everything with one host, and stops it in order', async () => {
    const first = start()
    const running = await untilReady(first)
    expect(first.output()).to.contain('SANDBOX')
    expect(running.pid).to.equal(first.process.pid)
    expect(statSync(path.join(directory, 'run.json')).mode & 0o777).to.equal(0o600)
    await until('it is ready', async () => (await fetch(`${running.ops}/readyz`)).ok)
    await commandLineKnows(directory)
    const [host] = await hosts(running.database)
    first.process.kill('SIGTERM')
    expect(await first.exit).to.equal(0)
    expect(first.output(), 'the service was asked').to.contain('"event":"stopped"')
    expect(existsSync(path.join(directory, 'run.json'))).to.equal(false)

    const second = start({ ROOM_IDLE_TIMOUT: '5m' })
    const again = await untilReady(second)
    expect(await hosts(again.database), 'the same host, once').to.deep.equal([host])
    expect(second.output(), 'a misspelled setting is named').to.contain('is ROOM_IDLE_TIMEOUT meant?')
  })

  it('refuses a second start on the same data, and names the process of the first', async () => {
    const first = start()
    await untilReady(first)
    const second = start()
    expect(await second.exit).to.equal(1)
    expect(second.output()).to.contain(`process ${first.process.pid}`)
    expect(existsSync(path.join(directory, 'run.json')), 'the first is undisturbed').to.equal(true)
  })

  it('killed, it leaves nothing behind, and the next start works at once', async () => {
    const first = start()
    const running = await untilReady(first)
    const redis = new Redis(running.redis)
    await redis.set('kept', 'yes')
    redis.disconnect()
    const left = children()
    first.process.kill('SIGKILL')
    const again = await untilReady(start())
    for (const pid of left) expect(await untilProcessEnds(pid, /node/, 10_000), `${pid}`).to.equal(true)
    const client = new Redis(again.redis)
    expect(await client.get('kept')).to.equal('yes')
    client.disconnect()
  })

  it('ends with the service, says so, and passes its exit code on', async () => {
    const launcher = start()
    const running = await untilReady(launcher)
    // The sandbox was started first.
    const [, service = 0] = children()
    process.kill(service, 'SIGKILL')
    expect(await launcher.exit).to.equal(137)
    expect(launcher.output()).to.contain('The service was ended by SIGKILL')
    const redis = new Redis(running.redis, { lazyConnect: true, retryStrategy: () => null })
    redis.on('error', () => undefined)
    expect(await redis.connect().catch(() => 'gone')).to.equal('gone')
  })

  it('lists every problem of a half-filled environment, and starts nothing', async () => {
    const launcher = start({ API_ID: 'x' })
    expect(await launcher.exit).to.equal(1)
    for (const name of ['BOT_TOKEN', 'API_ID', 'API_HASH', 'SECRET_KEY'])
      expect(launcher.output()).to.contain(`- ${name} `)
    expect(launcher.output()).not.to.match(/SANDBOX:|\[servers\]/)
  })

  it('never stands in for anything in production', async () => {
    const launcher = start({ NODE_ENV: 'production' })
    expect(await launcher.exit).to.equal(1)
    for (const name of ['BOT_TOKEN', 'REDIS_URL', 'DATABASE_URL']) expect(launcher.output()).to.contain(`- ${name} `)
  })
})
