import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { failureOf } from '../../src/cli/failures.js'
import { commandSettings, withDotEnv } from '../../src/cli/settings.js'
import { table } from '../../src/cli/table.js'
import { instant, span, until } from '../../src/cli/words.js'
import { cli } from '../support/cli.js'

describe('cli words', () => {
  it('tell a span in its two largest units', () => {
    const spans = [0, 999, 1_000, 59_999, 60_000, 125_000, 3_600_000, 7_500_000, 86_400_000, 90_061_000, -5]
    expect(spans.map(span)).to.deep.equal([
      '0 s',
      '0 s',
      '1 s',
      '59 s',
      '1 min',
      '2 min 5 s',
      '1 h',
      '2 h 5 min',
      '1 d',
      '1 d 1 h',
      '0 s',
    ])
  })

  it('tell instants in UTC, and on which side of now they are', () => {
    expect(instant(Date.UTC(2026, 0, 2, 3, 4, 5))).to.equal('2026-01-02 03:04:05')
    expect([until(5_000), until(-5_000)]).to.deep.equal(['in 5 s', '5 s ago'])
  })
})

describe('cli failures', () => {
  it('say what it means that Redis takes no changes', () => {
    const { code, words } = failureOf(new Error('MISCONF Redis is configured to save RDB snapshots, but …'))
    expect(code).to.equal(1)
    expect(words).to.contain('is its disk full?')
  })
})

describe('cli table', () => {
  const columns = [{ title: 'ID' }, { title: 'LENGTH', align: 'right' as const }, { title: 'GROUP', spare: 1 }]
  const rows = [
    ['abcdef', '3', '-1001'],
    ['x', '12', '-1002'],
  ]

  it('aligns its columns', () => {
    expect(table(columns, rows, undefined)).to.equal(
      'ID      LENGTH  GROUP\nabcdef       3  -1001\nx           12  -1002\n',
    )
  })

  it('leaves out what may be spared where the terminal is narrow, and never cuts an id', () => {
    expect(table(columns, rows, 21)).to.contain('GROUP')
    expect(table(columns, rows, 20)).to.equal('ID      LENGTH\nabcdef       3\nx           12\n')
    expect(table(columns, rows, 5)).to.contain('abcdef')
  })
})

describe('cli settings', () => {
  let directory: string
  const write = (content: object | string) =>
    writeFileSync(
      path.join(directory, 'run.json'),
      typeof content === 'string' ? content : JSON.stringify({ pid: process.pid, sandbox: null, ops: '', ...content }),
    )
  const servers = { redis: 'redis://127.0.0.1:1', database: 'postgres://127.0.0.1:2/visavis' }
  beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), 'visavis-cli-'))))
  afterEach(() => rmSync(directory, { recursive: true }))

  it('come from a file that is named, by the option before the variable, and behind the environment', () => {
    const [one, other] = ['one.env', 'other.env'].map((name) => path.join(directory, name)) as [string, string]
    writeFileSync(one, 'GROUP_STOCK=1\nGROUP_BUDGET=1\nVISAVIS_ENV_FILE=/nowhere\n')
    writeFileSync(other, 'GROUP_STOCK=2\n')
    const env = { VISAVIS_ENV_FILE: other, GROUP_BUDGET: '9', DATA_DIR: directory }
    expect(withDotEnv(env, ['status'])).to.include({ GROUP_STOCK: '2', GROUP_BUDGET: '9' })
    for (const args of [
      ['--env-file', one, 'status'],
      ['status', `--env-file=${one}`],
    ]) {
      const settings = commandSettings(withDotEnv(env, args))
      expect(settings.given('GROUP_STOCK')).to.deep.equal({ value: '1', from: one })
      expect(settings.given('GROUP_BUDGET')).to.deep.equal({ value: '9', from: 'environment' })
    }
    expect(withDotEnv(env, ['users', 'find', '--', '--env-file', one])).to.include({ GROUP_STOCK: '2' })
    expect(() => withDotEnv(env, ['--env-file', path.join(directory, 'none')])).to.throw(/There is no file of settings/)
    expect(() => withDotEnv(env, ['--env-file', directory])).to.throw(/cannot be read: EISDIR/)
  })

  it('do not come from the .env of a working directory that is not the installation', () => {
    const before = process.cwd()
    writeFileSync(path.join(directory, '.env'), 'DATABASE_URL=postgres://127.0.0.1:1/stranger\n')
    process.chdir(directory)
    try {
      expect(JSON.stringify(withDotEnv({ DATA_DIR: directory }, ['migrate']))).not.to.contain('stranger')
    } finally {
      process.chdir(before)
    }
  })

  it('find the servers of a service that runs', () => {
    write(servers)
    const settings = commandSettings({ DATA_DIR: directory, DATABASE_URL: '' })
    expect(settings.read('REDIS_URL', 'DATABASE_URL')).to.deep.equal({
      REDIS_URL: servers.redis,
      DATABASE_URL: servers.database,
    })
    expect(settings.sandbox).to.equal(false)
    expect(settings.staleWords('REDIS_URL')).to.equal('')
  })

  it('prefer what the environment says', () => {
    write({ ...servers, sandbox: 'http://127.0.0.1:3' })
    const keys = { API_ID: '1', API_HASH: 'x', SECRET_KEY: 'x'.repeat(16), TELEGRAM_MTPROTO: '127.0.0.1:4' }
    writeFileSync(
      path.join(directory, 'sandbox.json'),
      JSON.stringify({ ...keys, TELEGRAM_MTPROTO_KEY: 'BEGIN RSA PUBLIC KEY' }),
    )
    const settings = commandSettings({ DATA_DIR: directory, REDIS_URL: 'redis://elsewhere' })
    expect(settings.read('REDIS_URL').REDIS_URL).to.equal('redis://elsewhere')
    expect(settings.sandbox).to.equal(true)
    expect(settings.read('TELEGRAM_MTPROTO').TELEGRAM_MTPROTO).to.equal('127.0.0.1:4')
  })

  it('have what the service was given for the local Telegram, as long as that runs', () => {
    const given = { BOT_TOKEN: `1:${'x'.repeat(35)}`, TELEGRAM_API_ROOT: 'http://127.0.0.1:3', GROUP_BUDGET: '500' }
    writeFileSync(path.join(directory, 'sandbox.json'), JSON.stringify(given))
    write({ ...servers, sandbox: 'http://127.0.0.1:3' })
    const env = { DATA_DIR: directory, BOT_TOKEN: '' }
    const settings = commandSettings(env)
    expect(settings.read('BOT_TOKEN', 'TELEGRAM_API_ROOT', 'GROUP_BUDGET')).to.deep.equal({
      ...given,
      GROUP_BUDGET: 500,
    })
    expect(settings.given('BOT_TOKEN')?.from).to.equal('sandbox.json')
    for (const stale of [{ sandbox: null }, { sandbox: 'http://127.0.0.1:3', pid: 2 ** 30 }]) {
      write({ ...servers, ...stale })
      expect(commandSettings(env).given('BOT_TOKEN')).to.equal(undefined)
      expect(commandSettings(env).has('TELEGRAM_API_ROOT')).to.equal(false)
    }
  })

  it('prefer the environment to what the service was given for the local Telegram', () => {
    writeFileSync(path.join(directory, 'sandbox.json'), JSON.stringify({ SECRET_KEY: 'x'.repeat(16), API_ID: '1' }))
    write({ ...servers, sandbox: 'http://127.0.0.1:3' })
    const settings = commandSettings({ DATA_DIR: directory, SECRET_KEY: 'y'.repeat(16), API_ID: '' })
    expect(settings.read('SECRET_KEY', 'API_ID')).to.deep.equal({ SECRET_KEY: 'y'.repeat(16), API_ID: '1' })
    expect(settings.given('SECRET_KEY')?.from).to.equal('environment')
    expect(settings.given('API_ID')?.from).to.equal('sandbox.json')
  })

  it('say what to do when nothing runs and nothing is set, and ask only for what a command needs', () => {
    write('{"pid":')
    const settings = commandSettings({ DATA_DIR: directory, DATABASE_URL: 'postgres://127.0.0.1/x' })
    expect(() => settings.read('REDIS_URL', 'REDIS_PREFIX')).to.throw(/REDIS_URL is not set.*npm start/s)
    expect(settings.read('REDIS_PREFIX', 'DATABASE_URL').REDIS_PREFIX).to.equal('visavis')
  })

  it('tell when the service that left its addresses is gone', () => {
    write({ ...servers, pid: 2 ** 30 })
    expect(commandSettings({ DATA_DIR: directory }).staleWords('REDIS_URL')).to.contain('is gone; start it again')
    expect(commandSettings({ DATA_DIR: directory, REDIS_URL: 'redis://a' }).staleWords('REDIS_URL')).to.equal('')
  })
})

describe('cli usage', () => {
  const nowhere = { DATA_DIR: path.join(tmpdir(), 'visavis-no-such-directory') }

  it('shows what there is, with examples, and ends with 0', async () => {
    const { code, out } = await cli(['--help'], nowhere)
    expect(code).to.equal(0)
    for (const word of ['queues', 'waiting', 'rooms', 'hosts', 'migrate', 'Examples', 'Exit codes'])
      expect(out).to.contain(word)
  })

  it('says which options must be given', async () => {
    const { out } = await cli(['hosts', 'park', '--help'], nowhere)
    expect(out).to.match(/--for <duration> .*such as 2h \(must be given\)$/m)
  })

  it('tells its version', async () => {
    const { code, out } = await cli(['--version'], nowhere)
    expect(code).to.equal(0)
    expect(out).to.match(/^\d+\.\d+\.\d+\n$/)
  })

  it('takes --json before the command as well as behind it', async () => {
    for (const args of [
      ['--json', 'config'],
      ['config', '--json'],
    ]) {
      const { code, out } = await cli(args, nowhere)
      expect([code, Object.keys(JSON.parse(out) as object)]).to.deep.equal([0, ['settings', 'unknown']])
    }
  })

  const mistakes: [string, RegExp][] = [
    ['', /Usage/],
    ['rooms', /Usage/],
    ['romms list', /unknown command/],
    ['queues --jsno', /unknown option/],
    ['rooms list --limit many', /whole number from 1 to 1000/],
    ['rooms list --limit 0', /whole number from 1 to 1000/],
    ['waiting list --offset -1', /whole number from 0/],
    ['rooms list --stage closed', /choices are inviting, open, closing/],
    ['rooms show', /missing required argument/],
    ['rooms show Room-1', /small letters and digits/],
    ['rooms show nope', /6 to 24 characters/],
    ['rooms close ../x', /small letters and digits/],
    ['rooms close abc123 def456', /too many arguments/],
    ['users', /Usage/],
    ['users show ann', /by id, which is a number, or by @username/],
    ['users show @an-n', /by id, which is a number, or by @username/],
    ['waiting remove @', /by id, which is a number, or by @username/],
    ['users find ann --offset x', /whole number from 0/],
    ['broadcast preview 1 --to @ann', /The id of a person is a number/],
    ['users ban 5000000001', /required option '--reason/],
    ['users ban 5000000001 --reason x --for ever', /It must be a duration such as/],
    ['users ban 5000000001 --reason x --for 3651d', /at most 3650d; without --for/],
    ['users find @', /must not be empty/],
    ['waiting remove', /missing required argument/],
    ['hosts drain one', /It must be the number of a host/],
    ['hosts park 1', /required option '--for/],
    ['rooms close abc123 --stage open', /choose rooms for --all, not for an id/],
    ['rooms close abc123 --host 1', /choose rooms for --all, not for an id/],
    ['hosts park 1 --for ever', /It must be a duration such as/],
    ['hosts park 1 --for 0s', /It must be a duration such as/],
    ['hosts park 1 --for 366d', /at most 365d; for longer: hosts drain/],
    ['groups list --status gone', /choices are preparing, stock, held, disposing/],
    ['status --watch 0', /whole number from 1/],
  ]
  for (const [line, words] of mistakes)
    it(`answers "${line}" in words and with 2`, async () => {
      const { code, notes } = await cli(line.split(' ').filter(Boolean), nowhere)
      expect(notes).to.match(words)
      expect(notes).not.to.match(/^ {4}at /m)
      expect(code).to.equal(2)
    })

  for (const args of [
    ['users', 'find', ''],
    ['users', 'find', ' '],
    ['users', 'ban', '5000000001', '--reason', ''],
    ['users', 'ban', '5000000001', '--reason', '  '],
    ['hosts', 'park', '1', '--for', '2h', '--reason', ' '],
    ['matching', 'pause', '--reason', ''],
    ['rooms', 'close', 'abc123', '--reason', ''],
  ])
    it(`answers ${JSON.stringify(args)} in words and with 2`, async () => {
      const { code, notes } = await cli(args, nowhere)
      expect(notes).to.match(/must not be empty/)
      expect(code).to.equal(2)
    })

  const everywhere = [
    'status',
    'queues',
    'waiting list',
    'waiting remove 5000000001',
    'rooms list',
    'rooms show abc123',
    'rooms close abc123',
    'rooms close --all --yes',
    'users show 5000000001',
    'users show @ann',
    'users find ann',
    'users ban 5000000001 --reason spam',
    'hosts list',
    'hosts drain 1',
    'groups list',
    'mailboxes peek room',
    'dead-letters list',
    'dead-letters retry --all',
    'reconcile',
  ]
  for (const line of everywhere)
    it(`says that nothing runs here, for "${line}", and ends with 1`, async () => {
      const { code, notes, out } = await cli(line.split(' '), nowhere)
      expect(notes).to.match(/is not set, and no service runs here.*npm start/s)
      expect(out).to.equal('')
      expect(code).to.equal(1)
      const asJson = await cli([...line.split(' '), '--json'], nowhere)
      expect(asJson, 'errors are words on stderr, with --json too').to.include({ code, notes, out })
    })
})
