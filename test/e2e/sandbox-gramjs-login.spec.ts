import { expect } from 'chai'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Api, type TelegramClient } from 'telegram'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js'
import { LOGIN_CODE } from '../../src/sandbox/mtproto/rpc/login.js'
import { failureOf, gramjs, sessionOf } from '../support/gramjs.js'

const PHONE = '+15550001'

describe('logging in to the sandbox with GramJS', () => {
  let sandbox: Sandbox
  const clients: TelegramClient[] = []

  const client = (session = ''): TelegramClient => {
    const made = gramjs(sandbox, session)
    clients.push(made)
    return made
  }
  const start = (by: TelegramClient, code = LOGIN_CODE, password = ''): Promise<void> =>
    by.start({
      phoneNumber: PHONE,
      phoneCode: async () => code,
      password: async () => password,
      // Stops the login instead of asking again.
      onError: async () => true,
    })

  beforeEach(async () => {
    sandbox = await startSandbox()
    sandbox.world.users.add({ firstName: 'Alice', phone: PHONE })
  })

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((made) => made.destroy()))
    expect(sandbox.unknown.mtproto).to.deep.equal({})
    await sandbox.close()
  })

  it('shakes hands, sends the code and is somebody', async () => {
    const alice = client()
    await alice.connect()
    await start(alice)
    const me = await alice.getMe()
    expect(me.firstName).to.equal('Alice')
    expect(me.phone).to.equal('15550001')

    const again = client(sessionOf(alice))
    await again.connect()
    expect((await again.getMe()).firstName).to.equal('Alice')
  })

  it('signs up who is new, as the state of the sandbox tells', async () => {
    const nora = client()
    await nora.start({
      phoneNumber: '15550002',
      phoneCode: async () => LOGIN_CODE,
      firstAndLastNames: async () => ['Nora', ''],
      onError: (error) => expect.fail(error.message),
    })
    sandbox.mintAccount('15550003')
    const { users } = (await fetch(`${sandbox.http}/sandbox/state`).then((got) => got.json())) as { users: object[] }
    expect(users).to.containSubset([
      { firstName: 'Nora', host: true, signedUp: true },
      { firstName: 'Host', host: true, signedUp: false },
    ])
  })

  it('refuses a wrong code and an unknown number', async () => {
    const alice = client()
    await alice.connect()
    const { phoneCodeHash } = await alice.sendCode({ apiId: 1, apiHash: 'sandbox' }, PHONE)
    const signIn = (phoneCode: string, hash = phoneCodeHash): Promise<unknown> =>
      alice.invoke(new Api.auth.SignIn({ phoneNumber: PHONE, phoneCodeHash: hash, phoneCode }))
    expect(await failureOf(signIn('99999'))).to.equal('400 PHONE_CODE_INVALID')
    expect(await failureOf(signIn(LOGIN_CODE, 'x'))).to.equal('400 PHONE_CODE_EXPIRED')
    expect(await failureOf(alice.invoke(new Api.updates.GetState()))).to.equal('401 AUTH_KEY_UNREGISTERED')
  })

  it('asks for the password when one is set, and takes only the right one', async () => {
    const user = sandbox.world.users.byPhone(PHONE)
    sandbox.world.users.setPassword(user?.id ?? 0, 'correct horse')
    const alice = client()
    await alice.connect()
    const outcome = await start(alice, LOGIN_CODE, 'wrong').then(
      () => 'in',
      () => 'refused',
    )
    expect(outcome).to.equal('refused')
    expect(await failureOf(alice.invoke(new Api.updates.GetState()))).to.equal('401 AUTH_KEY_UNREGISTERED')
    await start(alice, LOGIN_CODE, 'correct horse')
    expect((await alice.getMe()).firstName).to.equal('Alice')
  })

  it('lets its owner set a password, change it and take it away', async () => {
    const alice = sandbox.world.users.byPhone(PHONE)
    const owner = client(sandbox.mintSession(alice?.id ?? 0))
    await owner.connect()
    await owner.updateTwoFaSettings({ isCheckPassword: false, newPassword: 'first' })
    await start(client(), LOGIN_CODE, 'first')
    const wrong = owner.updateTwoFaSettings({ isCheckPassword: false, currentPassword: 'x', newPassword: 'y' })
    expect(await failureOf(wrong)).to.equal('400 PASSWORD_HASH_INVALID')
    await owner.updateTwoFaSettings({ isCheckPassword: false, currentPassword: 'first', newPassword: 'second' })
    const outdated = start(client(), LOGIN_CODE, 'first').then(
      () => 'in',
      () => 'refused',
    )
    expect(await outdated).to.equal('refused')
    await start(client(), LOGIN_CODE, 'second')
    await owner.updateTwoFaSettings({ isCheckPassword: false, currentPassword: 'second' })
    await start(client())
    expect(alice?.password).to.equal(undefined)
  })

  it('knows minted sessions and what was kept over a restart', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'sandbox-'))
    try {
      let kept = await startSandbox({ dataDir })
      const session = kept.mintAccount('15550009')
      const host = gramjs(kept, session)
      await host.connect()
      await host.invoke(new Api.channels.CreateChannel({ title: 'Room', about: '', megagroup: true }))
      await host.destroy()
      const { publicKey } = kept
      await kept.close()

      kept = await startSandbox({ dataDir })
      expect(kept.publicKey).to.equal(publicKey)
      const again = gramjs(kept, session)
      await again.connect()
      const dialogs = await again.getDialogs({})
      expect(dialogs.map((dialog) => dialog.title)).to.deep.equal(['Room'])
      await again.destroy()
      await kept.close()
    } finally {
      await rm(dataDir, { recursive: true })
    }
  })
})
