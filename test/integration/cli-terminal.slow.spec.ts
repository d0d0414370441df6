import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { createLogger } from '../../src/logger.js'
import { closeDatabase, openDatabase, type Database } from '../../src/postgres/database.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { migrate } from '../../src/postgres/migrate.js'
import { LOGIN_CODE } from '../../src/sandbox/mtproto/rpc/login.js'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js'
import { hasPty, KEYS, runInPty, type Pty } from '../support/pty.js'
import { createDatabase, type TestDatabase } from '../support/servers.js'
import { until } from '../support/until.js'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const { enter, ctrlC, ctrlD, backspace, up } = KEYS
const STACK = /^ {4}at /m

describe('the command line at a real terminal', function () {
  this.timeout(60_000)
  let sandbox: Sandbox
  let database: TestDatabase
  let db: Database
  let terminal: Pty | undefined
  let phones = 0

  before(async function () {
    if (!hasPty()) {
      console.log('[tests] skipped: the command line at a real terminal needs the script command of util-linux')
      return this.skip()
    }
    sandbox = await startSandbox()
    database = await createDatabase()
    db = openDatabase(database.url, { logger: createLogger({ level: 'silent', pretty: false }) })
    await migrate(db)
  })
  afterEach(() => terminal?.kill())
  after(async () => {
    if (!hasPty()) return
    await closeDatabase(db)
    await Promise.all([database.drop(), sandbox.close()])
  })

  const account = (password?: string): string => {
    const phone = `155502${String(++phones).padStart(2, '0')}`
    sandbox.world.users.add({ firstName: 'Host', phone, password })
    return phone
  }
  const open = (...args: string[]): Pty => {
    const { PATH, HOME } = process.env
    terminal = runInPty([process.execPath, '--import', 'tsx', MAIN, ...args], {
      PATH,
      HOME,
      DATABASE_URL: database.url,
      REDIS_URL: 'redis://127.0.0.1:1',
      DATA_DIR: path.join(tmpdir(), 'visavis-no-such-directory'),
      API_ID: '1',
      API_HASH: 'sandbox',
      SECRET_KEY: 'a secret of sixteen characters',
      TELEGRAM_MTPROTO: sandbox.mtproto,
      TELEGRAM_MTPROTO_KEY: sandbox.publicKey,
    })
    return terminal
  }
  const stored = async () => (await hostsTable(db, '').list()).length

  it('a line that is edited keeps its question, and neither passwords nor earlier answers are shown', async () => {
    const phone = account('open sesame')
    const { type, shows, shown, ended } = open('hosts', 'login')
    await shows(/Phone number.*: /)
    type(`${phone}9`, backspace)
    await shows(new RegExp(`Phone number of the account, with country code: ${phone}`))
    // The second Enter is no answer to what is asked next.
    type(enter, enter)
    await shows(/Code.*: /)
    type(up, LOGIN_CODE, enter)
    expect(await shows(/password: /)).not.to.match(/not the code/)
    type('battery', enter)
    await shows(/This is not the password\.\s+Two-step password: /)
    type('open x', backspace, 'sesame', enter)
    await shows(/Host \d+ .* is stored/)
    expect(await ended).to.equal(0)
    expect(shown()).not.to.match(/battery|sesame/)
  })

  for (const [name, key] of Object.entries({ 'Ctrl-C': ctrlC, 'Ctrl-D': ctrlD }))
    it(`${name} at a question ends the command in words`, async () => {
      const before = await stored()
      const { type, shows, shown, ended } = open('hosts', 'login')
      await shows(/Phone number.*: /)
      type(account(), enter)
      await shows(/Code.*: /)
      type(key)
      await shows(/\r\nStopped before the end: nothing was changed\./)
      expect(await ended).to.equal(1)
      expect(shown()).not.to.match(STACK)
      expect(await stored()).to.equal(before)
    })

  it('Ctrl-C between two questions ends it as well', async () => {
    sandbox.faults.add({ surface: 'mtproto', method: 'auth.sendCode', wire: 'no-answer' })
    const { type, shows, shown, ended } = open('hosts', 'login')
    await shows(/Phone number.*: /)
    type(account(), enter)
    await until('Telegram is silent', () => sandbox.faults.list().length === 0)
    type(ctrlC)
    expect(await ended).to.equal(130)
    expect(shown()).not.to.match(STACK)
  })

  it('a code that is wrong three times ends it in words', async () => {
    const { type, shows, shown, ended } = open('hosts', 'login')
    await shows(/Phone number.*: /)
    type(account(), enter)
    for (const code of ['1', '2', '3']) {
      await shows(/Code.*: /)
      type(code, enter)
      await shows(/This is not the code\./)
    }
    expect(await ended).to.equal(1)
    expect(shown()).to.match(/This is not the code\. Start again\.\s*$/)
    expect(shown()).not.to.match(STACK)
  })

  it('a QR code is drawn light on dark, and scanned', async () => {
    const phone = account('open sesame')
    const { type, shows, shown, ended } = open('hosts', 'login', '--qr')
    const link = /tg:\/\/login\S+/.exec(await shows(/tg:\/\/login\S+\r\n/))?.[0]
    expect(shown()).to.contain(`\u001b[97;40m${'█'.repeat(37)}\u001b[0m`)
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ link, phone })
    await fetch(`${sandbox.http}/sandbox/accounts/accept`, { method: 'POST', headers, body })
    await shows(/Scanned\.\s+Two-step password: /)
    type('open sesame', enter)
    await shows(/Host \d+ .* is stored/)
    expect(await ended).to.equal(0)
  })

  it('drain --wait shows how far it is, and may be left alone', async () => {
    const user = sandbox.world.users.byPhone(account())
    const rows = 'insert into groups (host_id, marker, status) select $1, $2 || n, $3 from generate_series(1, 4) n'
    const { host } = await db.one<{ host: number }>(
      'insert into hosts (user_id, phone_label, session, status) values ($1, $2, $3, $4) returning host_id as host',
      [user?.id, '+15…0', Buffer.alloc(0), 'active'],
    )
    await db.none(rows, [host, 'drain', 'stock'])
    const { type, shows, ended } = open('hosts', 'drain', String(host), '--wait')
    await shows(/Draining host \d+ \[\.{24}\] 0 of 4/)
    await db.none(`update groups set status = 'deleted' where marker in ('drain1', 'drain2')`)
    await shows(/\r\u001b\[KDraining host \d+ \[#{12}\.{12}\] 2 of 4/)
    type(ctrlC)
    expect(await ended).to.equal(130)
    expect((await hostsTable(db, '').list()).find((one) => one.host === String(host))?.status).to.equal('draining')
  })
})
