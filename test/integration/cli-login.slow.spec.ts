import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { writeRunFile, writeSandboxFile } from '../../scripts/launch/data-files.js'
import { hostId } from '../../src/ids.js'
import { createLogger } from '../../src/logger.js'
import { closeDatabase, openDatabase, type Database } from '../../src/postgres/database.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { migrate } from '../../src/postgres/migrate.js'
import { LOGIN_CODE } from '../../src/sandbox/mtproto/rpc/login.js'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js'
import { createHostClient } from '../../src/telegram/gramjs-host-client.js'
import { cli } from '../support/cli.js'
import { createDatabase, type TestDatabase } from '../support/servers.js'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const SECRET = 'a secret of sixteen characters'

describe('cli hosts login', () => {
  let sandbox: Sandbox
  let database: TestDatabase
  let db: Database
  let env: NodeJS.ProcessEnv

  before(async () => {
    sandbox = await startSandbox()
    database = await createDatabase()
    db = openDatabase(database.url, { logger: createLogger({ level: 'silent', pretty: false }) })
    await migrate(db)
    env = {
      DATABASE_URL: database.url,
      DATA_DIR: path.join(tmpdir(), 'visavis-no-such-directory'),
      API_ID: '1',
      API_HASH: 'sandbox',
      SECRET_KEY: SECRET,
      TELEGRAM_MTPROTO: sandbox.mtproto,
      TELEGRAM_MTPROTO_KEY: sandbox.publicKey,
    }
  })
  after(async () => {
    await closeDatabase(db)
    await Promise.all([database.drop(), sandbox.close()])
  })

  const account = (phone: string, password?: string) => {
    const user = sandbox.world.users.add({ firstName: 'Host', phone })
    if (password !== undefined) user.password = password
    return user
  }

  it('asks for phone, code and password, and stores a session that works, encrypted', async () => {
    const user = account('+4915112345678', 'open sesame')
    const answers = ['+49 151 1234-5678', '00000', LOGIN_CODE, 'wrong', 'open sesame']
    const { code, out, notes, questions } = await cli(['hosts', 'login', '--json'], env, { answers })
    expect(notes).to.equal('')
    expect(code).to.equal(0)
    const stored = JSON.parse(out) as { host: string; user: string; phone: string }
    expect(stored).to.include({ user: String(user.id), phone: '+49…78' })
    expect(questions[2]).to.contain('This is not the code.')
    expect(questions[4]).to.contain('This is not the password.')

    const hosts = hostsTable(db, SECRET)
    const raw = await db.one<{ session: Buffer }>('select session from hosts where host_id = $1', [stored.host])
    const session = await hosts.session(hostId(stored.host))
    expect(raw.session.toString('latin1')).not.to.contain(session ?? '?')
    const client = createHostClient({
      apiId: 1,
      apiHash: 'sandbox',
      session: session ?? '',
      timeoutMs: 10_000,
      endpoint: { address: sandbox.mtproto, publicKey: sandbox.publicKey },
    })
    await client.connect()
    expect(client.me()).to.equal(String(user.id))
    await client.close()
    expect((await hosts.list()).map(({ status }) => status)).to.deep.equal(['active'])
  })

  it('reads answers from a pipe as well, and keeps stdout for the result', async () => {
    const user = account('+4915112345679')
    const { PATH, HOME } = process.env
    const child = spawn(process.execPath, ['--import', 'tsx', MAIN, 'hosts', 'login', '--json'], {
      env: { ...env, PATH, HOME },
    })
    let out = ''
    let asked = ''
    child.stdout.on('data', (data: Buffer) => (out += data.toString()))
    child.stderr.on('data', (data: Buffer) => (asked += data.toString()))
    child.stdin.end(`+4915112345679\n${LOGIN_CODE}\n`)
    const code = await new Promise((resolve) => child.once('close', resolve))
    expect(asked).to.match(/^Phone number.*: \nCode.*: \n$/)
    expect(code).to.equal(0)
    expect(JSON.parse(out)).to.include({ user: String(user.id) })
  })

  it('finds the sandbox of the service that runs here', async () => {
    const user = account('+4915112345680')
    const directory = mkdtempSync(path.join(tmpdir(), 'visavis-cli-'))
    try {
      const { API_ID = '', API_HASH = '', TELEGRAM_MTPROTO = '', TELEGRAM_MTPROTO_KEY = '' } = env
      writeSandboxFile(directory, { API_ID, API_HASH, SECRET_KEY: SECRET, TELEGRAM_MTPROTO, TELEGRAM_MTPROTO_KEY })
      const servers = { redis: 'redis://127.0.0.1:1', database: database.url }
      writeRunFile(directory, { pid: process.pid, sandbox: sandbox.http, ops: '', ...servers })
      const answers = ['+4915112345680', LOGIN_CODE]
      const { code, out, notes } = await cli(['hosts', 'login', '--json'], { DATA_DIR: directory }, { answers })
      expect(notes).to.contain(`The code is ${LOGIN_CODE} there`)
      expect(code).to.equal(0)
      expect(JSON.parse(out)).to.include({ user: String(user.id) })
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  /** Whoever reads the link scans the code, as this account. */
  const scannedBy = (phone: string) => (text: string) => {
    const link = /tg:\/\/login\S+/.exec(text)?.[0]
    if (link === undefined) return
    const body = JSON.stringify({ link, phone })
    const headers = { 'content-type': 'application/json' }
    void fetch(`${sandbox.http}/sandbox/accounts/accept`, { method: 'POST', headers, body })
  }

  it('logs in by a QR code, which it draws where somebody looks', async () => {
    const user = account('+4915112345681', 'open sesame')
    const onNote = scannedBy('+4915112345681')
    const { code, out, notes, questions } = await cli(['hosts', 'login', '--qr', '--json'], env, {
      answers: ['open sesame'],
      columns: 80,
      onNote,
    })
    expect(code, notes).to.equal(0)
    expect(notes).to.match(/^Scan this.*\n(█+\n)([█▀▄ ]+\n){15,}tg:\/\/login\?token=[\w-]+\nScanned\.\n$/)
    expect(questions).to.deep.equal(['Two-step password: '])
    expect(JSON.parse(out)).to.include({ user: String(user.id), phone: '+49…81' })
  })

  for (const columns of [undefined, 30])
    it(`gives only the link ${columns === undefined ? 'to a pipe' : 'where the code does not fit'}`, async () => {
      account(`+491511234569${columns ?? 1}`)
      const onNote = scannedBy(`+491511234569${columns ?? 1}`)
      const options = columns === undefined ? { onNote } : { onNote, columns }
      const { code, notes } = await cli(['hosts', 'login', '--qr'], env, options)
      expect(code, notes).to.equal(0)
      expect(notes).to.match(/^Scan this.*\ntg:\/\/login\?token=[\w-]+\nScanned\.\n$/)
    })

  it('asks again for a number that is none, or nobody has, as for a code', async () => {
    const user = account('+4915112345682')
    const { code, questions, notes } = await cli(['hosts', 'login'], env, {
      answers: ['1'.repeat(40), '+4915199999999', LOGIN_CODE, '+4915112345682', '0', LOGIN_CODE],
    })
    expect(code, notes).to.equal(0)
    expect(questions[1]).to.match(/^Telegram does not know this phone number; .*\nPhone number/)
    expect(questions[3]).to.match(/^There is no Telegram account with this phone number; .*\nPhone number/)
    expect((await hostsTable(db, SECRET).list()).map(({ user: id }) => id)).to.include(String(user.id))
    const short = await cli(['hosts', 'login'], env, { answers: ['hello', '', '12'] })
    expect(short.questions).to.have.length(3)
    expect(short.code).to.equal(1)
    expect(short.notes).to.contain('Telegram does not know this phone number;')
  })

  for (const [what, answers, words] of [
    ['number', ['hello', '+4915112345682', LOGIN_CODE], /Telegram does not know this phone number; .* Start again\.$/m],
    ['code', ['+4915112345678', '00000', LOGIN_CODE], /This is not the code\. Start again\.$/m],
  ] as const)
    it(`takes the next line of a pipe for no better ${what}`, async () => {
      const { code, notes, questions } = await cli(['hosts', 'login'], env, { answers, attended: false })
      expect(notes).to.match(words)
      expect([code, questions.length]).to.deep.equal([1, what === 'number' ? 1 : 2])
    })

  const refusals: [string, string[], RegExp][] = [
    [
      'a number that nobody has',
      Array.from({ length: 3 }, () => ['+4915199999999', LOGIN_CODE]).flat(),
      /There is no Telegram account with this phone number/,
    ],
    ['a code that stays wrong', ['+4915112345678', '1', '2', '3'], /This is not the code. Start again./],
  ]
  for (const [what, answers, words] of refusals)
    it(`says so for ${what}, and stores nothing`, async () => {
      const before = (await hostsTable(db, SECRET).list()).length
      const { code, notes, out } = await cli(['hosts', 'login'], env, { answers })
      expect(notes).to.match(words)
      expect(notes).not.to.match(/^ {4}at /m)
      expect([code, out]).to.deep.equal([1, ''])
      expect(await hostsTable(db, SECRET).list()).to.have.length(before)
    })

  it('asks nothing before everything that it needs is there', async () => {
    const half = { ...env, API_ID: '', SECRET_KEY: '' }
    const missing = await cli(['hosts', 'login'], half)
    expect([missing.code, missing.questions]).to.deep.equal([1, []])
    expect(missing.notes).to.match(/API_ID is missing.*SECRET_KEY is missing/s)

    const empty = await createDatabase()
    try {
      const tableless = await cli(['hosts', 'login'], { ...env, DATABASE_URL: empty.url })
      expect([tableless.code, tableless.questions]).to.deep.equal([1, []])
      expect(tableless.notes).to.contain('npm run cli -- migrate')
    } finally {
      await empty.drop()
    }
  })
})
