import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { Redis } from 'ioredis'
import pgPromise from 'pg-promise'
import { startPostgres } from '../../scripts/servers/postgres.js'
import { startRedis } from '../../scripts/servers/redis.js'
import { untilProcessEnds } from '../../scripts/servers/until-process-ends.js'
import { createDatabase, ensureTemplate, redisUrl, startOwnRedis } from '../support/servers.js'

const holder = fileURLToPath(new URL('../support/hold-servers.ts', import.meta.url))
const pgp = pgPromise({ noWarnings: true })

/** Runs something with a connection that is closed afterwards. */
async function withDatabase<T>(url: string, work: (db: pgPromise.IDatabase<object>) => Promise<T>): Promise<T> {
  const db = pgp(url)
  // A server that is killed takes its idle connections with it; that is no surprise here.
  db.$pool.on('error', () => undefined)
  try {
    return await work(db)
  } finally {
    await db.$pool.end()
  }
}

async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url)
  try {
    return await work(redis)
  } finally {
    redis.disconnect()
  }
}

describe('servers for tests', () => {
  it('the shared Redis is a real one: scripts, streams, its own clock', async () => {
    await withRedis(redisUrl(), async (redis) => {
      const key = `{servers-spec-${process.pid}}:stream`
      const script = "redis.call('XADD', KEYS[1], '*', 'a', '1') return redis.call('XLEN', KEYS[1])"
      expect(await redis.eval(script, 1, key)).to.equal(1)
      expect(await redis.info('server')).to.match(/redis_version:\d/)
      await redis.del(key)
    })
  })

  it('every spec gets a Postgres database of its own, copied from a template', async () => {
    const template = `servers_spec_${process.pid}`
    let filled = 0
    const fill = async (url: string): Promise<void> => {
      filled += 1
      await withDatabase(url, (db) => db.none('CREATE TABLE items (id int); INSERT INTO items VALUES (1), (2)'))
    }
    await Promise.all([ensureTemplate(template, fill), ensureTemplate(template, fill)])
    expect(filled).to.equal(1)
    const [first, second] = await Promise.all([createDatabase(template), createDatabase(template)])
    await withDatabase(first.url, (db) => db.none('DELETE FROM items'))
    const left = await withDatabase(second.url, (db) => db.one<{ count: number }>('SELECT count(*)::int FROM items'))
    expect(left.count).to.equal(2)
    await Promise.all([first.drop(), second.drop()])
  })

  it('Postgres hands out each row once to concurrent sessions', async () => {
    const database = await createDatabase()
    await withDatabase(database.url, async (db) => {
      await db.none('CREATE TABLE jobs AS SELECT generate_series(1, 4) AS id')
      const take = 'SELECT id FROM jobs ORDER BY id LIMIT 2 FOR UPDATE SKIP LOCKED'
      // The first transaction stays open while the second one looks.
      const ids = await db.tx(async (outer) => {
        const mine = await outer.map<number>(take, [], (row: { id: number }) => row.id)
        return [...mine, ...(await db.map<number>(take, [], (row: { id: number }) => row.id))]
      })
      expect(ids).to.deep.equal([1, 2, 3, 4])
    })
    await database.drop()
  })

  it('a Redis of its own can be killed and comes back at the same address with its data', async () => {
    const server = await startOwnRedis(['--appendonly', 'yes', '--appendfsync', 'always'])
    try {
      await withRedis(server.url, (redis) => redis.set('kept', 'yes'))
      await server.kill()
      await server.restart()
      expect(await withRedis(server.url, (redis) => redis.get('kept'))).to.equal('yes')
    } finally {
      await server.stop()
    }
  })
})

describe('servers of this machine', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'visavis-servers-'))
    // As root, Postgres runs under another name and has to get in.
    chmodSync(directory, 0o755)
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  it('end when the process that started them is killed, and the next start finds the data', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', holder, directory], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    const held = JSON.parse(line) as { redis: string; database: string; pids: number[] }
    await withRedis(held.redis, (redis) => redis.set('kept', 'yes'))
    await withDatabase(held.database, (db) => db.none('CREATE TABLE kept (id int)'))
    child.kill('SIGKILL')
    // At once, while the old servers are still on their way out.
    const [redis, postgres] = await Promise.all([
      startRedis({ directory: path.join(directory, 'redis') }),
      startPostgres({ directory: path.join(directory, 'postgres') }),
    ])
    expect(await withRedis(redis.url, (client) => client.get('kept'))).to.equal('yes')
    await withDatabase(postgres.url, (db) => db.any('SELECT * FROM kept'))
    for (const pid of held.pids) expect(await untilProcessEnds(pid, /sh|redis|postgres/, 5_000)).to.equal(true)
    await Promise.all([redis.stop(), postgres.stop()])
  })

  it('a directory in use is left alone, and the owner is named', async () => {
    const first = await startRedis({ directory })
    const second = await startRedis({ directory, patienceMs: 200 }).catch((error: Error) => error)
    expect(second).to.be.instanceOf(Error)
    expect((second as Error).message).to.match(/Another Redis \(process \d+\) uses/)
    await first.stop()
  })

  it('a server that cannot start is reported with its own words', async () => {
    const failed = await startRedis({ directory, args: ['--no-such-setting', '1'] }).catch((error: Error) => error)
    expect((failed as Error).message).to.contain('no-such-setting')
  })
})
