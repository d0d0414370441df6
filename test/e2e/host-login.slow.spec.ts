import { expect } from 'chai'
import { systemClock, type Clock } from '../../src/clock.js'
import { LOGIN_CODE } from '../../src/sandbox/mtproto/rpc/login.js'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js'
import type { User } from '../../src/sandbox/world/types.js'
import { createHostClient } from '../../src/telegram/gramjs-host-client.js'
import { loginHost } from '../../src/telegram/login.js'
import { loginHostByQr } from '../../src/telegram/qr-login.js'
import { maskedPhone } from '../../src/telegram/login-steps.js'

describe('logging a host in', () => {
  let sandbox: Sandbox
  let account: User
  let asked: string[]
  before(async () => (sandbox = await startSandbox()))
  beforeEach(() => {
    asked = []
    account = sandbox.world.users.add({ firstName: 'Host', phone: `49151${sandbox.world.users.byId.size}0042` })
  })
  after(() => sandbox.close())

  const endpoint = () => ({ address: sandbox.mtproto, publicKey: sandbox.publicKey.replaceAll('\n', '\\n') })
  const settings = () => ({ apiId: 1, apiHash: 'sandbox', endpoint: endpoint(), timeoutMs: 5_000 })
  const login = (codes: string[] = [LOGIN_CODE], passwords: string[] = [], phone = `+${account.phone ?? ''}`) =>
    loginHost({
      ...settings(),
      ask: {
        phone: async () => phone,
        code: async (again) => {
          asked.push(again ?? 'code?')
          return codes.shift() ?? ''
        },
        password: async (_hint, again) => {
          asked.push(again ?? 'password?')
          return passwords.shift() ?? ''
        },
      },
    })
  const words = async (attempt: Promise<unknown>): Promise<string> =>
    attempt.then(
      () => 'no error',
      (error: unknown) => (error as Error).message,
    )

  it('gives a session that works, and whose it is', async () => {
    const result = await login()
    expect(result.userId).to.equal(String(account.id))
    expect(result.phoneLabel).to.equal('+49…42')
    const client = createHostClient({
      apiId: 1,
      apiHash: 'sandbox',
      session: result.session,
      endpoint: endpoint(),
      timeoutMs: 2_000,
    })
    await client.connect()
    expect(client.me()).to.equal(result.userId)
    await client.close()
  })

  it('asks again for a wrong code, three times at most', async () => {
    await login(['1', LOGIN_CODE])
    expect(asked).to.deep.equal(['code?', 'This is not the code.'])
    expect(await words(login(['1', '2', '3']))).to.equal('This is not the code. Start again.')
  })

  it('asks for the password where one is set, and again for a wrong one', async () => {
    account.password = 'correct horse'
    await login([LOGIN_CODE], ['battery', 'correct horse'])
    expect(asked).to.deep.equal(['code?', 'password?', 'This is not the password.'])
  })

  it('says in words what else is wrong', async () => {
    expect(await words(login([], [], '+1'))).to.match(/does not know this phone number|no Telegram account/)
    sandbox.faults.add({ surface: 'mtproto', method: 'auth.sendCode', error: 'FLOOD_WAIT_700' })
    expect(await words(login())).to.equal('Telegram asks to wait 12 min before another login.')
    sandbox.faults.add({ surface: 'mtproto', method: 'auth.sendCode', error: 'PHONE_NUMBER_BANNED' })
    expect(await words(login())).to.equal('Telegram has banned this phone number.')
    sandbox.faults.add({ surface: 'mtproto', method: 'auth.signIn', error: 'PHONE_CODE_EXPIRED' })
    expect(await words(login())).to.contain('expired')
  })

  describe('by QR code', () => {
    afterEach(() => {
      sandbox.world.limits.loginTokenS = 30
      sandbox.faults.clear()
    })

    let [shown, scans, shownForMs]: [string[], number, number[]] = [[], 0, []]
    /** A person's time passes twenty times as fast, and how long each code is shown is written down. */
    const quick: Clock = {
      now: () => systemClock.now() * 20,
      wait: (ms, signal) => {
        shownForMs.push(ms)
        return systemClock.wait(ms / 20, signal)
      },
    }
    const scan = (link: string): void => {
      const token = Buffer.from(/^tg:\/\/login\?token=([\w-]+)$/.exec(link)?.[1] ?? '', 'base64url')
      sandbox.acceptLogin(token, account.id)
    }
    /** Scans the code that is shown at this place. */
    const byQr = ({ scanned = 1, passwords = [] as string[], clock = quick } = {}) => {
      ;[shown, scans, shownForMs] = [[], 0, []]
      return loginHostByQr({
        ...settings(),
        clock,
        ask: { password: async () => passwords.shift() ?? '' },
        show: (link) => {
          if (shown.push(link) === scanned) scan(link)
        },
        onScanned: () => scans++,
      })
    }

    it('gives a session that works, and whose it is', async () => {
      const result = await byQr()
      expect(result).to.include({ userId: String(account.id), phoneLabel: '+49…42' })
      expect([shown.length, scans]).to.deep.equal([1, 1])
      const client = createHostClient({ ...settings(), session: result.session })
      await client.connect()
      expect(client.me()).to.equal(result.userId)
      await client.close()
    })

    it('asks for the password where one is set, and again for a wrong one', async () => {
      account.password = 'correct horse'
      expect((await byQr({ passwords: ['battery', 'correct horse'] })).userId).to.equal(String(account.id))
    })

    it('shows another code when one has expired, and none for moments only, whatever this clock says', async () => {
      sandbox.world.limits.loginTokenS = 1
      expect((await byQr({ scanned: 2 })).userId).to.equal(String(account.id))
      expect(new Set(shown).size).to.equal(2)
      expect(shownForMs).to.have.length(2)
      for (const ms of shownForMs) expect(ms).to.equal(5_000)
    })

    it('gives up when nobody scans for ten minutes', async () => {
      sandbox.world.limits.loginTokenS = 100
      let at = 0
      const clock: Clock = { now: () => at, wait: async (ms) => void (at += ms) }
      expect(await words(byQr({ scanned: 0, clock }))).to.contain('Nobody has scanned a code within 10 min')
      expect(at).to.be.within(600_000, 700_000)
    })

    it('notices a scan of which it was not told when the code expires', async () => {
      sandbox.world.limits.loginTokenS = 5
      sandbox.faults.add({ surface: 'mtproto', method: 'update', wire: 'drop-before' })
      expect((await byQr()).userId).to.equal(String(account.id))
      expect([shown.length, scans]).to.deep.equal([1, 0])
    })

    for (const password of [undefined, 'correct horse'])
      it(`goes to the data centre of the account, ${password === undefined ? 'no' : 'a'} password is set`, async () => {
        sandbox.world.users.moveHome(account.id, 4)
        account.password = password
        const { session, userId } = await byQr({ passwords: [password ?? ''] })
        expect(userId).to.equal(String(account.id))
        const client = createHostClient({ ...settings(), session })
        await client.connect()
        expect(client.me()).to.equal(userId)
        await client.close()
      })

    it('says in words what is wrong', async () => {
      sandbox.faults.add({ surface: 'mtproto', method: 'auth.exportLoginToken', error: 'FLOOD_WAIT_20000' })
      expect(await words(byQr())).to.equal('Telegram asks to wait 6 h before another login.')
      sandbox.faults.add({ surface: 'mtproto', method: 'auth.exportLoginToken', error: 'API_ID_INVALID' })
      expect(await words(byQr())).to.contain('https://my.telegram.org')
      sandbox.world.users.judge(account.id, { banned: true })
      expect(await words(byQr())).to.contain('banned')
    })
  })

  it('masks phone numbers', () => expect(maskedPhone('+1 (555) 000-1234')).to.equal('+15…34'))
})
