import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { createLedger } from '../../src/actors/ledger.js'
import { createEvents } from '../../src/events.js'
import type { LedgerMessage } from '../../src/mailboxes.js'
import { createLogger } from '../../src/logger.js'
import { auditTable } from '../../src/postgres/audit.js'
import { closeDatabase, openDatabase, type Database } from '../../src/postgres/database.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { createLedgerStore } from '../../src/postgres/ledger-store.js'
import { migrate } from '../../src/postgres/migrate.js'
import { userId } from '../../src/ids.js'
import { runScript } from '../../src/redis/define-script.js'
import { buryMessageScript } from '../../src/redis/scripts.js'
import { cli } from '../support/cli.js'
import { createLiveState, pairsOf, people, person, type LiveState } from '../support/live-state.js'
import { createDatabase, redisUrl, type TestDatabase } from '../support/servers.js'
import { within } from '../support/speed.js'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const SECRET = 'a secret of sixteen characters'
const logger = createLogger({ level: 'silent', pretty: false })

describe('cli on real servers', () => {
  let live: LiveState
  let database: TestDatabase
  let db: Database
  let env: NodeJS.ProcessEnv
  const [ann, bob, cat] = [person(1), person(2), person(3)]

  before(async () => {
    live = await createLiveState()
    database = await createDatabase()
    db = openDatabase(database.url, { logger })
    await migrate(db)
    env = {
      REDIS_URL: redisUrl(),
      REDIS_PREFIX: live.prefix,
      DATABASE_URL: database.url,
      DATA_DIR: path.join(tmpdir(), 'visavis-no-such-directory'),
    }
  })
  after(async () => {
    await closeDatabase(db)
    await Promise.all([live.close(), database.drop()])
  })
  beforeEach(() => live.reset())

  /** Runs a command with --json and gives what it printed. */
  const json = async (...args: string[]): Promise<unknown> => {
    const { code, out, notes } = await cli([...args, '--json'], env)
    expect(notes).to.equal('')
    expect(code).to.equal(0)
    expect(out.trimEnd().split('\n')).to.have.length(1)
    return JSON.parse(out)
  }

  /** What the ledger does with its mailbox. */
  const remember = async (): Promise<void> => {
    const entries = await live.redis.xrange(live.keys.mailbox('ledger'), '-', '+')
    const facts = entries.map(([id, fields]) => ({ id, message: pairsOf(fields) as unknown as LedgerMessage }))
    await createLedger({ store: createLedgerStore(db), fence: () => '1', events: createEvents(logger) }).apply(facts)
  }

  describe('queues', () => {
    it('tells the length and the oldest of everything', async () => {
      await live.find(ann)
      await hostsTable(db, SECRET).add({ phoneLabel: '+49…67', userId: userId(7_000_000_001), session: 'session' })
      const [host] = await hostsTable(db, SECRET).list()
      await live.redis.xadd(live.keys.mailbox(`host:${host?.host ?? ''}`), '*', 'type', 'fill')
      await live.redis.zadd(live.keys.later('courier'), Date.now() + 60_000, '{}')
      await live.redis.xadd(live.keys.deadLetters, `${Date.now() - 90_000}-0`, 'mailbox', 'room')
      const found = await json('queues')
      expect(found).to.have.keys('whole', 'waiting', 'firstInLine', 'mailboxes', 'deadLetters')
      const { whole, waiting, firstInLine, mailboxes, deadLetters } = found as {
        whole: boolean
        waiting: { count: number; oldestMs: number }
        firstInLine: { count: number; oldestMs: number | null }
        mailboxes: { mailbox: string; length: number; postponed: number; oldestMs: number | null }[]
        deadLetters: { count: number; oldestMs: number }
      }
      expect(whole).to.equal(true)
      expect(waiting.count).to.equal(1)
      expect(waiting.oldestMs).to.be.within(0, 10_000)
      expect(firstInLine).to.deep.equal({ count: 0, oldestMs: null })
      expect(mailboxes.map(({ mailbox, length, postponed }) => [mailbox, length, postponed])).to.deep.equal([
        ['room', 0, 0],
        ['courier', 0, 1],
        ['ledger', 1, 0],
        [`host:${host?.host ?? ''}`, 1, 0],
      ])
      expect(mailboxes[0]?.oldestMs).to.equal(null)
      expect(deadLetters.count).to.equal(1)
      expect(deadLetters.oldestMs).to.be.within(89_000, 120_000)

      const { out, code } = await cli(['queues'], env, { columns: 80 })
      expect(code).to.equal(0)
      expect(out).to.match(/^dead letters +1 +1 min 3\d s$/m)
      for (const line of out.split('\n')) expect(line.length).to.be.at.most(80)
    })

    it('shows who is first in line', async () => {
      const room = await live.invited(ann, bob)
      await live.rooms.enter(room.id, ann)
      await live.rooms.close(room.id, { reason: 'no_show', absent: [bob] })
      await live.find(ann)
      const { waiting, firstInLine } = (await json('queues')) as Record<string, { count: number; oldestMs: number }>
      expect([waiting?.count, firstInLine?.count]).to.deep.equal([1, 1])
      expect(firstInLine?.oldestMs).to.be.within(0, 10_000)
      expect((await cli(['waiting', 'list'], env)).out).to.match(new RegExp(`^${ann} +\\d s +yes$`, 'm'))
    })

    it('does without Postgres, and says what is missing', async () => {
      const { code, out, notes } = await cli(['queues'], { ...env, DATABASE_URL: `${database.url}_missing` })
      expect(code).to.equal(0)
      expect(out)
        .to.match(/^MAILBOX/)
        .and.to.match(/^ledger /m)
      expect(notes).to.contain('The mailboxes of hosts are missing here: The database named in DATABASE_URL does not')
    })

    it('says when Redis holds no live state', async () => {
      const { code, out, notes } = await cli(['queues', '--json'], { ...env, REDIS_PREFIX: 'nobody-uses-this' })
      expect(code).to.equal(0)
      expect(JSON.parse(out)).to.include({ whole: false })
      expect(notes).to.contain('REDIS_PREFIX=nobody-uses-this')
    })
  })

  describe('waiting list', () => {
    it('pages through those who wait', async () => {
      for (const user of [ann, bob, cat]) await live.find(user)
      const first = (await json('waiting', 'list', '--limit', '2')) as { total: number; people: { user: string }[] }
      expect(first.total).to.equal(3)
      const second = (await json('waiting', 'list', '--limit', '2', '--offset', '2')) as typeof first
      expect([...first.people, ...second.people].map(({ user }) => user)).to.have.members([ann, bob, cat])
      expect(first.people[0]).to.have.keys('user', 'since', 'waitingMs', 'firstInLine')
      const { out } = await cli(['waiting', 'list', '--limit', '2'], env)
      expect(out).to.contain('… 2 of 3; more with: waiting list --offset 2')
    })

    it('says that nobody waits', async () => {
      expect((await cli(['waiting', 'list'], env)).out).to.equal('Nobody waits.\n')
    })
  })

  describe('rooms', () => {
    it('lists them by stage, without their links', async () => {
      const invited = await live.invited(ann, bob)
      const open = await live.opened(cat, person(4))
      const { total, rooms } = (await json('rooms', 'list')) as { total: object; rooms: { room: string }[] }
      expect(total).to.deep.equal({ inviting: 1, open: 1, closing: 0 })
      expect(rooms.map(({ room }) => room)).to.deep.equal([invited.id, open.id])
      expect(JSON.stringify(rooms)).not.to.contain('t.me')
      const only = (await json('rooms', 'list', '--stage', 'open', '--limit', '1')) as { rooms: { room: string }[] }
      expect(only.rooms.map(({ room }) => room)).to.deep.equal([open.id])
      expect((await cli(['rooms', 'list', '--stage', 'closing'], env)).out).to.equal(
        'There are no rooms that are closing.\n',
      )
      const { out } = await cli(['rooms', 'list', '--limit', '1'], env, { columns: 60 })
      expect(out).to.contain(invited.id).and.to.contain('… 1 of 2')
      for (const line of out.split('\n')) expect(line.length).to.be.at.most(60)
    })

    it('shows what a room is now, and its story to the end', async () => {
      const room = await live.opened(ann, bob)
      await remember()
      const now = (await json('rooms', 'show', room.id)) as { live: object; story: { event: string; user: string }[] }
      expect(now.live).to.include({ room: room.id, stage: 'open', a: room.a, b: room.b, chat: room.chat })
      expect(now.story.map(({ event }) => event)).to.deep.equal(['made', 'invited', 'entered', 'entered', 'opened'])

      await live.rooms.close(room.id, { reason: 'left', by: ann })
      const closing = await live.room(room.id)
      expect((await cli(['rooms', 'show', room.id], env)).out).to.contain(`left (by ${ann})`)
      await live.rooms.finish(closing, 'disposing')
      await remember()
      const { code, out } = await cli(['rooms', 'show', room.id], env, { columns: 80 })
      expect(code).to.equal(0)
      expect(out).to.match(new RegExp(`${ann} entered`))
      expect(out).to.contain(`reason: left (by ${ann})`).and.to.contain('the room is closed')
      const gone = (await json('rooms', 'show', room.id)) as { live: null; record: object }
      expect(gone.live).to.equal(null)
      expect(gone.record).to.include({ stage: 'closed', reason: 'left', endedBy: ann })
    })

    it('shows the live part while Postgres is away, and knows nothing of a room that nobody has heard of', async () => {
      const room = await live.invited(ann, bob)
      const away = { ...env, DATABASE_URL: 'postgres://127.0.0.1:1/visavis' }
      const { code, out, notes } = await cli(['rooms', 'show', room.id], away)
      expect([code, out.includes('inviting')]).to.deep.equal([0, true])
      expect(notes).to.contain('The story is missing here: Postgres is not answering')
      expect((await cli(['rooms', 'show', 'nosuchroom1'], away)).code).to.equal(1)
      const unknown = await cli(['rooms', 'show', 'nosuchroom1'], env)
      expect(unknown).to.include({ code: 3, out: '' })
      expect(unknown.notes).to.contain('There is no room nosuchroom1')
    })

    it('ends one: both are free and told, and the audit table says who', async () => {
      const room = await live.opened(ann, bob)
      await live.drain('courier')
      expect(await json('rooms', 'close', room.id, '--reason', 'asked for')).to.deep.equal({
        room: room.id,
        outcome: 'closed',
        audited: true,
      })
      expect(await live.room(room.id)).to.include({ stage: 'closing', reason: 'operator' })
      for (const user of [ann, bob]) {
        expect(await live.waitingSet.whereabouts(user)).to.include({ state: 'idle' })
        expect((await live.notices(user)).map(({ notice, args }) => [notice, args['reason']])).to.deep.equal([
          ['closed', 'operator'],
        ])
      }
      const [entry] = await auditTable(db).newest(1)
      expect(entry).to.deep.include({
        actor: 'cli',
        action: 'rooms close',
        subject: room.id,
        details: { reason: 'asked for' },
      })
      expect(await json('rooms', 'close', room.id)).to.deep.include({ outcome: 'closing' })

      await live.rooms.finish(await live.room(room.id), 'disposing')
      await remember()
      const again = await cli(['rooms', 'close', room.id], env)
      expect(again.code).to.equal(3)
      expect(again.notes).to.match(/was closed already, at .* UTC \(operator\)/)
      expect((await cli(['rooms', 'close', 'nosuchroom1'], env)).code).to.equal(3)
    })

    it('is ended without Postgres too, and not at all while Redis is being rebuilt', async () => {
      const room = await live.opened(ann, bob)
      const { code, notes } = await cli(['rooms', 'close', room.id], {
        ...env,
        DATABASE_URL: 'postgres://127.0.0.1:1/visavis',
      })
      expect(code).to.equal(0)
      expect(notes).to.contain('This is missing in the audit table')
      const other = await live.opened(cat, person(4))
      await live.redis.del(live.keys.epoch)
      const refused = await cli(['rooms', 'close', other.id], env)
      expect(refused.code).to.equal(1)
      expect(refused.notes).to.contain('being rebuilt')
    })
  })

  describe('dead-letters list', () => {
    it('shows what failed, newest first, but not what was in it', async () => {
      expect((await cli(['dead-letters', 'list'], env)).out).to.equal('There are no dead letters.\n')
      const mailbox = live.keys.mailbox('ledger')
      const bury = async (link: string) => {
        const fields = ['type', 'invited', 'room', 'abcdef', 'link', link, 'deadline', '1', 'at', '1']
        await live.redis.xgroup('CREATE', mailbox, 'actors', '0', 'MKSTREAM').catch(() => undefined)
        await live.redis.xadd(mailbox, '*', ...fields)
        const read = await live.redis.xreadgroup('GROUP', 'actors', 'me', 'COUNT', 1, 'STREAMS', mailbox, '>')
        const entry = read?.[0]?.[1]?.[0]?.[0] ?? ''
        const args = { group: 'actors', entry, name: 'ledger', attempts: 8, error: `no luck with ${link}` }
        return runScript(live.redis, buryMessageScript, { mailbox, deadLetters: live.keys.deadLetters }, args, fields)
      }
      for (const link of ['https://t.me/+first', 'https://t.me/+second']) expect(await bury(link)).to.equal('buried')
      const { total, letters } = (await json('dead-letters', 'list', '--limit', '1')) as {
        total: number
        letters: object[]
      }
      expect(total).to.equal(2)
      expect(letters).to.have.length(1)
      expect(letters[0]).to.include({ mailbox: 'ledger', type: 'invited', attempts: 8 })
      expect(letters[0]).to.include({ error: 'no luck with https://t.me/<link>' })
      const { out } = await cli(['dead-letters', 'list', '--limit', '1'], env, { columns: 80 })
      expect(out).to.contain('… 1 of 2 dead letters').and.not.to.contain('second')
    })
  })

  describe('migrate', () => {
    it('says what is missing, brings it up, and says that nothing is missing any more', async () => {
      const fresh = await createDatabase()
      const at = { ...env, DATABASE_URL: fresh.url }
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

  describe('hosts list', () => {
    it('shows each host and never its session', async () => {
      const hosts = hostsTable(db, SECRET)
      const host = await hosts.add({ phoneLabel: '+49…68', userId: userId(7_000_000_002), session: 'the session' })
      await hosts.park(host, Date.UTC(2026, 0, 2, 3, 4, 5), 'FLOOD_WAIT')
      const { out } = await cli(['hosts', 'list'], env)
      expect(out).to.match(/\+49…68 +parked until 2026-01-02 03:04:05 .*FLOOD_WAIT/)
      const listed = (await json('hosts', 'list')) as { hosts: { host: string }[] }
      expect(listed.hosts.map((row) => row.host)).to.include(host)
      expect(JSON.stringify(listed)).not.to.contain('session')
    })
  })

  describe('servers that are away', () => {
    it('are named, within seconds, with the next step', async () => {
      const { code, notes } = await cli(['queues'], { ...env, REDIS_URL: 'redis://:secret@127.0.0.1:1' })
      expect(code).to.equal(1)
      expect(notes).to.match(/Redis is not answering at redis:\/\/:<password>@127\.0\.0\.1:1 .*ECONNREFUSED/)
      expect(notes).not.to.contain('secret')
      const postgres = await cli(['hosts', 'list'], { ...env, DATABASE_URL: 'postgres://127.0.0.1:1/visavis' })
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
        const { code, notes } = await cli(['rooms', 'list'], { ...env, REDIS_URL: `redis://127.0.0.1:${port}` })
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
          env: { PATH, HOME, DATA_DIR: directory, REDIS_PREFIX: live.prefix },
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
      const content = { pid: process.pid, sandbox: null, ops: '', redis: redisUrl(), database: database.url }
      writeFileSync(path.join(directory, 'run.json'), JSON.stringify(content))
      const room = await live.opened(ann, bob)
      const { code, out } = await run('rooms', 'close', room.id, '--json')
      expect(code).to.equal(0)
      expect(JSON.parse(out)).to.include({ outcome: 'closed' })
      expect(await live.room(room.id)).to.include({ stage: 'closing' })
    })
  })

  it('answers within a second while 100,000 people wait', async () => {
    const now = await live.waitingSet.now()
    const crowd = people(100_000)
    for (let from = 0; from < crowd.length; from += 5_000) {
      const some = crowd.slice(from, from + 5_000)
      const pipeline = live.redis.pipeline()
      pipeline.sadd(live.keys.waiting, ...some)
      pipeline.zadd(live.keys.waits, ...some.flatMap((user, i) => [now + from + i, user]))
      pipeline.hset(live.keys.people, ...some.flatMap((user) => [user, `|${now - 60_000}||`]))
      await pipeline.exec()
    }
    for (const line of [
      'queues',
      'waiting list --limit 1000',
      'waiting list --limit 1000 --offset 99000',
      'rooms list',
    ]) {
      const { code, out } = await within(1_000, line, () => cli([...line.split(' '), '--json'], env))
      expect(code).to.equal(0)
      if (line.startsWith('waiting')) expect((JSON.parse(out) as { people: object[] }).people).to.have.length(1_000)
      else if (line === 'queues') expect(JSON.parse(out)).to.deep.include({ whole: true })
    }
  })

  it('leaves nothing open behind: a command may follow another in one process', async () => {
    const clients = async () => ((await live.redis.client('LIST')) as string).split('\n').length
    const before = await clients()
    for (let i = 0; i < 5; i++) await cli(['queues'], env)
    await cli(['rooms', 'show', randomBytes(5).toString('hex')], env)
    expect(await clients()).to.be.at.most(before + 1)
  })
})
