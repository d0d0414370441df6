import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { removeRunFile, sandboxSecretKey, writeRunFile, writeSandboxFile } from '../../scripts/launch/data-files.js'
import { claimDirectory } from '../../scripts/launch/one-per-directory.js'
import { makePlan, withoutEmpty } from '../../scripts/launch/plan.js'
import { Undo } from '../../scripts/launch/undo.js'
import { whereToLook, withoutPassword } from '../../scripts/launch/words.js'

const credentials = { BOT_TOKEN: 'a', API_ID: 'b', API_HASH: 'c' }

describe('plan of npm start', () => {
  it('is the sandbox with own servers when nothing is set', () => {
    expect(makePlan({}, '/repository')).to.deep.equal({
      telegram: 'sandbox',
      dataDirectory: '/repository/.data',
      startsRedis: true,
      startsDatabase: true,
    })
  })

  it('is Telegram itself as soon as one credential is set, and always in production', () => {
    for (const [name, value] of Object.entries(credentials))
      expect(makePlan({ [name]: value }, '/').telegram, name).to.equal('real')
    expect(makePlan({ BOT_TOKEN: '', API_ID: '' }, '/').telegram).to.equal('sandbox')
    expect(makePlan({ NODE_ENV: 'production' }, '/').telegram).to.equal('real')
  })

  it('starts the servers that have no address, outside production', () => {
    const some = makePlan({ ...credentials, REDIS_URL: 'redis://a', DATABASE_URL: '' }, '/')
    expect(some).to.include({ startsRedis: false, startsDatabase: true })
    expect(makePlan({ NODE_ENV: 'production' }, '/')).to.include({ startsRedis: false, startsDatabase: false })
  })

  it('keeps data where it is told', () => {
    expect(makePlan({ DATA_DIR: 'here' }, '/repository').dataDirectory).to.equal('/repository/here')
    expect(makePlan({ DATA_DIR: '/there' }, '/repository').dataDirectory).to.equal('/there')
  })

  it('takes an empty variable for none', () => {
    expect(withoutEmpty({ A: '', B: 'b' })).to.deep.equal({ B: 'b' })
  })
})

describe('what npm start says', () => {
  it('shows no password', () => {
    expect(withoutPassword('postgres://user:secret@db.example:5432/visavis')).to.equal(
      'postgres://user:***@db.example:5432/visavis',
    )
    expect(withoutPassword('redis://127.0.0.1:6379')).to.equal('redis://127.0.0.1:6379')
    expect(withoutPassword('secret')).not.to.contain('secret')
  })

  it('names the sandbox page only where there is a sandbox', () => {
    const urls = { pid: 1, ops: 'http://ops', redis: 'redis://a', database: 'postgres://b' }
    expect(whereToLook({ ...urls, sandbox: 'http://page' })).to.contain('http://page/')
    expect(whereToLook({ ...urls, sandbox: null })).not.to.contain('two people')
  })
})

describe('files of npm start', () => {
  let directory: string
  beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), 'visavis-data-'))))
  afterEach(() => rmSync(directory, { recursive: true }))
  const read = (name: string): unknown => JSON.parse(readFileSync(path.join(directory, name), 'utf8'))

  it('run.json is readable by its owner only, since addresses may carry passwords', () => {
    const content = { pid: 1, sandbox: null, ops: 'a', redis: 'b', database: 'c' }
    writeRunFile(directory, content)
    expect(read('run.json')).to.deep.equal(content)
    expect(statSync(path.join(directory, 'run.json')).mode & 0o777).to.equal(0o600)
    removeRunFile(directory)
    removeRunFile(directory)
  })

  it('sandbox.json, which has the token of the bot, is readable by its owner only and goes with run.json', () => {
    writeSandboxFile(directory, { BOT_TOKEN: 'a' })
    expect(read('sandbox.json')).to.deep.equal({ BOT_TOKEN: 'a' })
    expect(statSync(path.join(directory, 'sandbox.json')).mode & 0o777).to.equal(0o600)
    removeRunFile(directory)
    expect(() => read('sandbox.json')).to.throw('ENOENT')
  })

  it('the secret key of the sandbox is made once', () => {
    const key = sandboxSecretKey(directory)
    expect(key.length).to.be.greaterThan(40)
    expect(sandboxSecretKey(directory)).to.equal(key)
    expect(statSync(path.join(directory, 'secret-key')).mode & 0o777).to.equal(0o600)
  })

  it('a claim of a process that is gone, or is no launcher, does not count', async () => {
    for (const pid of [2 ** 30, process.ppid, process.pid]) {
      writeFileSync(path.join(directory, 'launcher.json'), JSON.stringify({ pid, children: [2 ** 30] }))
      const claim = await claimDirectory(directory)
      claim.note(7)
      expect(read('launcher.json')).to.deep.equal({ pid: process.pid, children: [7] })
      claim.release()
    }
  })

  it('a claim file that was cut off does not count', async () => {
    writeFileSync(path.join(directory, 'launcher.json'), '{"pid":')
    const claim = await claimDirectory(directory)
    claim.release()
  })
})

describe('undoing', () => {
  it('stops the last first, and goes on when a step fails', async () => {
    const undo = new Undo()
    const stopped: number[] = []
    await undo.add(() => void stopped.push(1))
    await undo.add(() => Promise.reject(new Error('step 2')))
    await undo.add(() => void stopped.push(3))
    await undo.run()
    expect(stopped).to.deep.equal([3, 1])
  })

  it('stops at once what comes too late', async () => {
    const undo = new Undo()
    await undo.run()
    let isStopped = false
    const late = await undo.add(() => void (isStopped = true)).catch((error: Error) => error)
    expect(late).to.be.instanceOf(Error)
    expect(isStopped).to.equal(true)
  })
})
