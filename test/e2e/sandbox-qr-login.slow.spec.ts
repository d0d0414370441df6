import { expect } from 'chai'
import { Api, type TelegramClient } from 'telegram'
import { computeCheck } from 'telegram/Password.js'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js'
import type { User } from '../../src/sandbox/world/types.js'
import { failureOf, gramjs } from '../support/gramjs.js'
import { mtcute } from '../support/mtcute.js'
import { until } from '../support/until.js'

const PHONE = '15550001'
const PASSWORD = 'correct horse'
const API = { apiId: 1, apiHash: 'sandbox' }

describe('logging in to the sandbox by QR code', () => {
  let sandbox: Sandbox
  let user: User
  const closers: (() => Promise<unknown>)[] = []

  beforeEach(async () => {
    sandbox = await startSandbox()
    user = sandbox.world.users.add({ firstName: 'Alice', phone: PHONE })
  })
  afterEach(async () => {
    await Promise.all(closers.splice(0).map((close) => close()))
    expect(sandbox.unknown.mtproto).to.deep.equal({})
    await sandbox.close()
  })

  const client = async (session = ''): Promise<TelegramClient> => {
    const made = gramjs(sandbox, session)
    closers.push(() => made.destroy())
    await made.connect()
    return made
  }
  /** The account's own phone, on which it is logged in. */
  const phone = (): Promise<TelegramClient> => client(sandbox.mintSession(user.id))
  const exported = (by: TelegramClient) => by.invoke(new Api.auth.ExportLoginToken({ ...API, exceptIds: [] }))
  const tokenOf = async (by: TelegramClient): Promise<Buffer> => ((await exported(by)) as Api.auth.LoginToken).token
  const accept = (by: TelegramClient, token: Buffer) => by.invoke(new Api.auth.AcceptLoginToken({ token }))
  const imported = (by: TelegramClient, token: Buffer) => by.invoke(new Api.auth.ImportLoginToken({ token }))
  const scan = async (link: string, as = PHONE) => {
    const response = await fetch(`${sandbox.http}/sandbox/accounts/accept`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ link, phone: as }),
    })
    return (await response.json()) as { accepted?: number; error?: string }
  }

  for (const password of [undefined, PASSWORD])
    it(`GramJS: the account's phone scans the code, ${password === undefined ? 'no' : 'a'} password is set`, async () => {
      user.password = password
      const newcomer = await client()
      const mine = await phone()
      const inside = newcomer.signInUserWithQrCode(API, {
        qrCode: async ({ token }) => {
          const told = await accept(mine, token)
          expect(told.passwordPending ?? false).to.equal(password !== undefined)
        },
        password: async () => password ?? '',
        onError: async () => true,
      })
      expect(((await inside) as Api.User).id.toString()).to.equal(String(user.id))
      expect((await newcomer.getMe()).firstName).to.equal('Alice')
    })

  for (const password of [undefined, PASSWORD])
    it(`mtcute: somebody scans by the control API, ${password === undefined ? 'no' : 'a'} password is set`, async () => {
      user.password = password
      const newcomer = mtcute(sandbox)
      closers.push(() => newcomer.destroy())
      const scanned: object[] = []
      const self = await newcomer.signInQr({
        onUrlUpdated: (url) => void scan(url).then((answer) => scanned.push(answer)),
        ...(password !== undefined && { password }),
      })
      expect([self.id, self.isSelf]).to.deep.equal([user.id, true])
      expect(scanned).to.deep.equal([{ accepted: user.id }])
    })

  it('mtcute: shows another code when the first has expired, and goes where the account lives', async () => {
    sandbox.world.limits.loginTokenS = 1
    sandbox.world.users.moveHome(user.id, 4)
    const newcomer = mtcute(sandbox)
    closers.push(() => newcomer.destroy())
    const shown: string[] = []
    const onUrlUpdated = (url: string) => {
      shown.push(url)
      // The next one lives for as long as it takes.
      sandbox.world.limits.loginTokenS = 30
    }
    const login = newcomer.signInQr({ onUrlUpdated })
    await until('a second code', () => shown.length === 2)
    expect(await scan(shown[0] ?? '')).to.include({ error: 'AUTH_TOKEN_EXPIRED' })
    expect(await scan(shown[1] ?? '')).to.deep.equal({ accepted: user.id })
    expect((await login).id).to.equal(user.id)
    expect((await newcomer.getMe()).id).to.equal(user.id)
  })

  it('a client whose notice was lost is let in when it asks again', async () => {
    const [newcomer, mine] = [await client(), await phone()]
    sandbox.faults.add({ surface: 'mtproto', method: 'update', wire: 'drop-before' })
    await accept(mine, await tokenOf(newcomer))
    expect(await exported(newcomer)).to.be.instanceOf(Api.auth.LoginTokenSuccess)
    // From then on it is somebody, and a code of its own would let in a third client.
    expect((await newcomer.getMe()).phone).to.equal(PHONE)
    expect(await exported(newcomer)).to.be.instanceOf(Api.auth.LoginToken)
  })

  it('words its refusals as Telegram does', async () => {
    const [newcomer, mine] = [await client(), await phone()]
    const [token, late] = [await tokenOf(newcomer), await tokenOf(newcomer)]
    expect(await failureOf(accept(newcomer, token))).to.equal('401 AUTH_KEY_UNREGISTERED')
    expect(await failureOf(accept(mine, Buffer.from('nonsense')))).to.equal('400 AUTH_TOKEN_INVALIDX')
    expect(await failureOf(imported(newcomer, Buffer.from('nonsense')))).to.equal('400 AUTH_TOKEN_INVALID')
    await accept(mine, token)
    expect(await failureOf(accept(mine, token))).to.equal('400 AUTH_TOKEN_ALREADY_ACCEPTED')
    sandbox.world.advanceClock(31_000)
    expect(await failureOf(accept(mine, late))).to.equal('400 AUTH_TOKEN_EXPIRED')
    expect(await failureOf(imported(await client(), late))).to.equal('400 AUTH_TOKEN_EXPIRED')
  })

  it('a token carries a login to another data centre once', async () => {
    sandbox.world.users.moveHome(user.id, 4)
    const [newcomer, mine] = [await client(), await phone()]
    const token = await tokenOf(newcomer)
    await accept(mine, token)
    const sentOn = (await exported(newcomer)) as Api.auth.LoginTokenMigrateTo
    expect([sentOn.className, sentOn.dcId]).to.deep.equal(['auth.LoginTokenMigrateTo', 4])
    const there = await client()
    expect(await imported(there, sentOn.token)).to.be.instanceOf(Api.auth.LoginTokenSuccess)
    expect((await there.getMe()).phone).to.equal(PHONE)
    expect(await failureOf(imported(await client(), token))).to.equal('400 AUTH_TOKEN_ALREADY_ACCEPTED')
  })

  it('a token that was accepted lets nobody in after its end', async () => {
    const [newcomer, mine] = [await client(), await phone()]
    const token = await tokenOf(newcomer)
    await accept(mine, token)
    sandbox.world.advanceClock(31_000)
    expect(await exported(newcomer)).to.be.instanceOf(Api.auth.LoginToken)
    expect(await failureOf(imported(newcomer, token))).to.equal('400 AUTH_TOKEN_EXPIRED')
  })

  it('a token is used up by the login that ends with a password, also in another data centre', async () => {
    user.password = PASSWORD
    sandbox.world.users.moveHome(user.id, 4)
    const [newcomer, mine, there] = [await client(), await phone(), await client()]
    const token = await tokenOf(newcomer)
    await accept(mine, token)
    expect(await failureOf(imported(there, token))).to.equal('401 SESSION_PASSWORD_NEEDED')
    const check = await there.invoke(new Api.account.GetPassword())
    await there.invoke(new Api.auth.CheckPassword({ password: await computeCheck(check, PASSWORD) }))
    expect((await there.getMe()).phone).to.equal(PHONE)
    expect(await failureOf(imported(await client(), token))).to.equal('400 AUTH_TOKEN_ALREADY_ACCEPTED')
    expect(await exported(newcomer)).to.be.instanceOf(Api.auth.LoginToken)
  })

  it('the control API says what is wrong with a scan', async () => {
    const newcomer = await client()
    const link = `tg://login?token=${(await tokenOf(newcomer)).toString('base64url')}`
    expect(await scan('https://example.org')).to.include({ error: 'AUTH_TOKEN_INVALIDX' })
    expect(await scan(link, '1999')).to.include({ error: 'PHONE_NUMBER_UNOCCUPIED' })
    expect(await scan(link)).to.deep.equal({ accepted: user.id })
    expect(await scan(link)).to.include({ error: 'AUTH_TOKEN_ALREADY_ACCEPTED' })
  })
})
