import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { scrape } from '../support/scrape.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))

describe('what npm run build makes', () => {
  let directory: string
  let stage: Stage
  before(async function () {
    this.timeout(120_000)
    directory = mkdtempSync(path.join(tmpdir(), 'visavis-build-'))
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc')
    await run(process.execPath, [tsc, '-p', 'scripts/build', '--outDir', path.join(directory, 'dist')], { cwd: root })
    // As the Dockerfile has it: no source, no tests, no sandbox.
    for (const name of ['package.json', 'lua', 'sql'])
      cpSync(path.join(root, name), path.join(directory, name), { recursive: true })
    symlinkSync(path.join(root, 'node_modules'), path.join(directory, 'node_modules'))
    stage = await openStage()
  })
  after(async () => {
    await stage.close()
    rmSync(directory, { recursive: true, force: true })
  })

  it('is a service that runs with plain Node, answers its ops port and stops in order', async () => {
    const child = spawn(process.execPath, ['dist/main.js'], {
      cwd: directory,
      env: { PATH: process.env['PATH'], ...stage.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const gone = once(child, 'exit')
    const [message] = (await Promise.race([once(child, 'message'), gone])) as [{ ops: string }]
    expect(message.ops).to.be.a('string')
    expect((await fetch(`${message.ops}/healthz`)).status).to.equal(200)
    await stage.stocked(1)
    await until('it is ready', async () => (await fetch(`${message.ops}/readyz`)).ok)
    expect((await scrape(message.ops)).value('store_up', { store: 'postgres' })).to.equal(1)
    child.kill('SIGTERM')
    expect(await gone).to.deep.equal([0, null])
  })

  it('has the command line', async () => {
    const { stdout } = await run(process.execPath, ['dist/cli/main.js', 'queues', '--json'], {
      cwd: directory,
      env: { PATH: process.env['PATH'], ...stage.env, NODE_ENV: 'production' },
    })
    expect(JSON.parse(stdout)).to.be.an('object')
  })

  it('has a command line that says itself that a file of settings is missing', () => {
    const main = path.join(directory, 'dist/cli/main.js')
    chmodSync(main, 0o755)
    for (const [command = '', ...args] of [[main], [process.execPath, '--', main]]) {
      const env = { PATH: process.env['PATH'] }
      const { status, stderr } = spawnSync(command, [...args, '--env-file', 'no.env', 'status'], {
        env,
        encoding: 'utf8',
      })
      expect(stderr).to.match(/^There is no file of settings .*no\.env\. Name one/)
      expect(status).to.equal(2)
    }
  })

  it('has a command line that reads its own .env behind the environment, and that of other directories when told', async () => {
    const elsewhere = path.join(directory, 'elsewhere')
    mkdirSync(elsewhere)
    writeFileSync(path.join(directory, '.env'), 'GROUP_STOCK=7\nGROUP_BUDGET=8\n')
    writeFileSync(path.join(elsewhere, '.env'), 'GROUP_STOCK=6\nDATABASE_URL=postgres://127.0.0.1:1/stranger\n')
    const config = async (args: string[], env: NodeJS.ProcessEnv = {}) => {
      const main = path.join(directory, 'dist/cli/main.js')
      const { stdout } = await run(process.execPath, [main, 'config', '--json', ...args], {
        cwd: elsewhere,
        env: { PATH: process.env['PATH'], ...stage.env, GROUP_BUDGET: '9', GROUP_STOCK: undefined, ...env },
      })
      const { settings } = JSON.parse(stdout) as { settings: { name: string; value: string; from: string }[] }
      return (wanted: string) => settings.find(({ name }) => name === wanted)
    }
    const own = await config([], { DATABASE_URL: undefined })
    expect(own('GROUP_STOCK')).to.include({ value: '7', from: '.env' })
    expect(own('GROUP_BUDGET')).to.include({ value: '9', from: 'environment' })
    expect(own('DATABASE_URL')).to.include({ from: 'not set' })
    const other = { value: '6', from: path.join(elsewhere, '.env') }
    expect((await config(['--env-file', '.env']))('GROUP_STOCK')).to.include(other)
    expect((await config([], { VISAVIS_ENV_FILE: '.env' }))('GROUP_STOCK')).to.include(other)
  })
})
