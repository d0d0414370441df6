import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { cli } from '../support/cli.js'
import { createCliStage, type CliStage } from '../support/cli-stage.js'
import { person } from '../support/live-state.js'
import { createDatabase, redisUrl } from '../support/servers.js'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

describe('cli on real servers', () => {
  let stage: CliStage
  const [ann, bob] = [person(1), person(2)]
  before(async () => (stage = await createCliStage()))
  beforeEach(() => stage.reset())
  after(() => stage.close())

  describe('migrate', () => {
    it('says what is missing, brings it up, and says that nothing is missing any more', async () => {
      const fresh = await createDatabase()
      const at = { ...stage.env, DATABASE_URL: fresh.url }
      try {
        expect((await cli(['migrate', '--status'], at)).out).to.match(/^0001-first-tables +pending$/m)
        const tableless = await cli(['hosts', 'list'], at)
        expect(tableless.code).to.equal(1)
        expect(tableless.notes).to.contain('npm run cli -- migrate')
        expect((await cli(['migrate'], at)).out).to.match(/^Applied \d+ migrations?: 0001-first-tables/)
        expect((await cli(['migrate'], at)).out).to.equal('The database is up to date.\n')
        const { out } = await cli(['migrate', '--status', '--json'], at)
        const { applied, pending } = JSON.parse(out) as { applied: { version: number }[]; pending: object[] }
        expect(applied[0]).to.have.keys('version', 'name', 'appliedAt')
        expect(pending).to.deep.equal([])
      } finally {
        await fresh.drop()
      }
    })
  })

  describe('servers that are away', () => {
    it('are named, within seconds, with the next step', async () => {
      const { code, notes } = await cli(['queues'], { ...stage.env, REDIS_URL: 'redis://:secret@127.0.0.1:1' })
      expect(code).to.equal(1)
      expect(notes).to.match(/Redis is not answering at redis:\/\/:<password>@127\.0\.0\.1:1 .*ECONNREFUSED/)
      expect(notes).not.to.contain('secret')
      const postgres = await cli(['hosts', 'list'], { ...stage.env, DATABASE_URL: 'postgres://127.0.0.1:1/visavis' })
      expect(postgres.code).to.equal(1)
      expect(postgres.notes).to.contain('Postgres is not answering: is it running, and is DATABASE_URL right?')
    })

    it('and one that is lost in the middle ends the command', async () => {
      // Between the command and Redis, and hangs up when the lists of rooms are asked for.
      const { hostname, port: redisPort } = new URL(redisUrl())
      const server = createServer((socket) => {
        const redis = connect(Number(redisPort), hostname)
        for (const end of [socket, redis]) end.on('error', () => undefined)
        socket.on('data', (data) => {
          if (!/zrange/i.test(data.toString())) return void redis.write(data)
          redis.destroy()
          socket.destroy()
        })
        redis.pipe(socket)
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as AddressInfo
      try {
        const { code, notes } = await cli(['rooms', 'list'], { ...stage.env, REDIS_URL: `redis://127.0.0.1:${port}` })
        expect(code).to.equal(1)
        expect(notes).to.contain('Redis is not answering')
      } finally {
        server.close()
      }
    })
  })

  describe('in a terminal of its own', () => {
    let directory: string
    beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), 'visavis-cli-'))))
    afterEach(() => rmSync(directory, { recursive: true }))

    /** A process of its own that knows no more than where the data lies. */
    const run = (...args: string[]) =>
      new Promise<{ code: number | null; out: string; ms: number }>((resolve, reject) => {
        const { PATH, HOME } = process.env
        const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], {
          env: { PATH, HOME, DATA_DIR: directory, REDIS_PREFIX: stage.live.prefix },
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        let out = ''
        let firstAt = 0
        child.stdout.on('data', (data: Buffer) => {
          firstAt ||= performance.now()
          out += data.toString()
        })
        const startedAt = performance.now()
        child.once('error', reject)
        child.once('close', (code) => resolve({ code, out, ms: firstAt - startedAt }))
      })

    it('finds the servers of the service that runs, and ends', async () => {
      const content = {
        pid: process.pid,
        sandbox: null,
        ops: '',
        redis: redisUrl(),
        database: stage.env['DATABASE_URL'] ?? '',
      }
      writeFileSync(path.join(directory, 'run.json'), JSON.stringify(content))
      const room = await stage.live.opened(ann, bob)
      const { code, out } = await run('rooms', 'close', room.id, '--json')
      expect(code).to.equal(0)
      expect(JSON.parse(out)).to.include({ outcome: 'closed' })
      expect(await stage.live.room(room.id)).to.include({ stage: 'closing' })
    })
  })

  it('leaves nothing open behind: a command may follow another in one process', async () => {
    const clients = async () => ((await stage.live.redis.client('LIST')) as string).split('\n').length
    const before = await clients()
    for (let i = 0; i < 5; i++) await stage.run('queues')
    await cli(['rooms', 'show', randomBytes(5).toString('hex')], stage.env)
    expect(await clients()).to.be.at.most(before + 1)
  })
})
