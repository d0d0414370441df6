import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { painted } from '../../src/cli/terminal.js'
import { cli } from '../support/cli.js'
import { createCliStage, type CliStage } from '../support/cli-stage.js'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

describe('cli config', () => {
  let stage: CliStage
  before(async () => (stage = await createCliStage()))
  after(() => stage.close())

  it('says what is in force and where it came from, and hides secrets', async () => {
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
