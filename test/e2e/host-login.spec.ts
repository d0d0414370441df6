import { expect } from 'chai'
import { LOGIN_CODE } from '../../src/sandbox/mtproto/rpc/login.js'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js'
import type { User } from '../../src/sandbox/world/types.js'
import { createHostClient } from '../../src/telegram/gramjs-host-client.js'
import { loginHost, maskedPhone } from '../../src/telegram/login.js'

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
  const login = (codes: string[] = [LOGIN_CODE], passwords: string[] = [], phone = `+${account.phone ?? ''}`) =>
    loginHost({
      apiId: 1,
      apiHash: 'sandbox',
      endpoint: endpoint(),
      timeoutMs: 5_000,
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

  it('masks phone numbers', () => expect(maskedPhone('+1 (555) 000-1234')).to.equal('+15…34'))
})
