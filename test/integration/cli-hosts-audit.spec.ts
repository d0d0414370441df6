import { expect } from 'chai'
import { chatId, userId, type HostId } from '../../src/ids.js'
import { auditTable } from '../../src/postgres/audit.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { startSandbox } from '../../src/sandbox/sandbox.js'
import { cli } from '../support/cli.js'
import { CLI_SECRET, createCliStage, type CliStage } from '../support/cli-stage.js'

describe('what cli does to hosts', () => {
  let stage: CliStage
  let host: HostId
  before(async () => (stage = await createCliStage()))
  beforeEach(async () => {
    await stage.reset()
    host = await hosts().add({ phoneLabel: '+49…67', userId: userId(7_000_000_001), session: 'the session' })
  })
  after(() => stage.close())

  const hosts = (secret = CLI_SECRET) => hostsTable(stage.db, secret)
  /** As when the command dies at the very moment when it would write down what it does. */
  const unwritten = async <T>(work: () => Promise<T>): Promise<T> => {
    await stage.db.none(`alter table audit add constraint nothing check (action = '') not valid`)
    return work().finally(() => stage.db.none('alter table audit drop constraint nothing'))
  }
  const everything = () =>
    stage.db.any('select host_id, status, parked_until, md5(session) from hosts order by host_id')
  const written = async () =>
    (await auditTable(stage.db).newest(9)).map(({ action, subject, details }) => [action, subject, details])

  for (const [name, prepare] of [
    ['drain', async () => undefined],
    ['park --for 1h', async () => undefined],
    ['resume', () => hosts().drain(host)],
    ['remove --yes', async () => undefined],
  ] as const)
    it(`is not done when it cannot be written down: ${name}`, async () => {
      await prepare()
      const before = await everything()
      const [command = '', ...options] = name.split(' ')
      const line = [`hosts ${command} ${host}`, ...options].join(' ')
      expect((await unwritten(() => stage.run(line))).code).to.equal(1)
      expect(await everything()).to.deep.equal(before)
      expect((await stage.run(line)).notes).not.to.contain('audit')
      expect(await everything()).not.to.deep.equal(before)
      expect((await written()).map(([action, subject]) => [action, subject])).to.deep.equal([
        [`hosts ${command}`, host],
      ])
    })

  it('is not written down when it is not done', async () => {
    await hosts().quarantine(host, 'AUTH_KEY_UNREGISTERED')
    expect((await stage.run(`hosts drain ${host}`)).code).to.equal(1)
    expect(await written()).to.deep.equal([])
  })

  it('is not done when it cannot be written down: rekey', async () => {
    const env = { ...stage.env, SECRET_KEY: 'another secret of many characters', OLD: CLI_SECRET }
    const rekey = () => cli(['hosts', 'rekey', '--old-key-env', 'OLD'], env)
    expect((await unwritten(rekey)).code).to.equal(1)
    expect(await hosts().session(host)).to.equal('the session')
    expect((await rekey()).code).to.equal(0)
    expect(await written()).to.deep.equal([['hosts rekey', null, { same: 0, changed: 1 }]])
  })

  it('is not done when it cannot be written down, or is nonsense: add', async () => {
    const sandbox = await startSandbox()
    const session = sandbox.mintAccount('+4915100000009')
    const telegram = {
      API_ID: '1',
      API_HASH: 'sandbox',
      TELEGRAM_MTPROTO: sandbox.mtproto,
      TELEGRAM_MTPROTO_KEY: sandbox.publicKey,
    }
    const add = (given = session) => cli(['hosts', 'add'], { ...stage.env, ...telegram }, { answers: [given] })
    for (const nothing of ['', '  ', 'rubbish'])
      expect((await add(nothing)).notes, nothing).to.contain('This is not a string session of GramJS.')
    const before = await everything()
    expect((await unwritten(() => add())).code).to.equal(1)
    expect(await everything()).to.deep.equal(before)
    const { code, notes } = await add()
    await sandbox.close()
    expect([code, notes]).to.deep.equal([0, ''])
    const [, added] = await hosts().list()
    expect(await written()).to.deep.equal([['hosts add', added?.host, null]])
  })

  it('is written down before an account is abandoned: what that does to Redis, no transaction takes back', async () => {
    const [chat = chatId(-1)] = await stage.live.stock(1, host)
    await stage.db.none(`insert into groups (host_id, marker, chat_id, status) values ($1, 'm', $2, 'stock')`, [
      host,
      chat,
    ])
    await hosts().quarantine(host, 'USER_DEACTIVATED')
    const line = `hosts remove ${host} --abandon --yes`
    expect((await unwritten(() => stage.run(line))).code).to.equal(1)
    expect(await stage.live.groups.place(chat)).to.equal('stock')
    expect((await stage.run(line)).code).to.equal(0)
    expect(await stage.live.groups.place(chat)).to.equal(undefined)
    expect(await written()).to.deep.equal([['hosts remove', host, { abandoned: 1 }]])
  })
})
