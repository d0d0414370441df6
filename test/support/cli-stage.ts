import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { createLedger } from '../../src/actors/ledger.js'
import { createEvents } from '../../src/events.js'
import type { UserId } from '../../src/ids.js'
import { createLogger } from '../../src/logger.js'
import type { LedgerMessage } from '../../src/mailboxes.js'
import { auditTable } from '../../src/postgres/audit.js'
import { closeDatabase, openDatabase } from '../../src/postgres/database.js'
import { createLedgerStore } from '../../src/postgres/ledger-store.js'
import { migrate } from '../../src/postgres/migrate.js'
import { usersTable } from '../../src/postgres/users.js'
import { cli } from './cli.js'
import { createLiveState, pairsOf } from './live-state.js'
import { createDatabase, redisUrl } from './servers.js'

const logger = createLogger({ level: 'silent', pretty: false })
export const CLI_SECRET = 'a secret of sixteen characters'

/** Redis and Postgres of one spec for the command line, without any service; the ledger works when it is asked to. */
export const createCliStage = async () => {
  const live = await createLiveState()
  const database = await createDatabase()
  const db = openDatabase(database.url, { logger })
  await migrate(db)
  const env: NodeJS.ProcessEnv = {
    REDIS_URL: redisUrl(),
    REDIS_PREFIX: live.prefix,
    DATABASE_URL: database.url,
    SECRET_KEY: CLI_SECRET,
    DATA_DIR: path.join(tmpdir(), 'visavis-no-such-directory'),
  }
  let written = '-'

  return {
    live,
    db,
    env,
    /** Runs a command, with answers to its questions. */
    run: (line: string, ...answers: string[]) => cli(line.split(' '), env, { answers }),
    /** Runs a command with --json, which must succeed without remarks, and gives what it printed. */
    json: async <Printed>(line: string | readonly string[]): Promise<Printed> => {
      const args = typeof line === 'string' ? line.split(' ') : line
      const { code, out, notes } = await cli([...args, '--json'], env)
      expect(notes).to.equal('')
      expect(code).to.equal(0)
      expect(out.trimEnd().split('\n')).to.have.length(1)
      return JSON.parse(out) as Printed
    },
    /** Somebody who has said everything that they are asked. */
    register: async (user: UserId, username: string, nickname: string): Promise<void> => {
      const users = usersTable(db)
      await users.upsertOnStart({ user, username, language: 'en', update: 1 })
      await users.setNickname(user, nickname, 2)
    },
    lastAudit: async () => (await auditTable(db).newest(1))[0],
    /** What the ledger does with its mailbox: everything that came since the last time. */
    remember: async (): Promise<void> => {
      const entries = await live.redis.xrange(live.keys.mailbox('ledger'), written === '-' ? '-' : `(${written}`, '+')
      const facts = entries.map(([id, fields]) => ({ id, message: pairsOf(fields) as unknown as LedgerMessage }))
      written = facts.at(-1)?.id ?? written
      await createLedger({ store: createLedgerStore(db), fence: () => '1', events: createEvents(logger) }).apply(facts)
    },
    /** Has these people wait, as if each had asked in turn. */
    everyoneWaits: async (crowd: readonly UserId[]): Promise<void> => {
      const { redis, keys, waitingSet } = live
      const now = await waitingSet.now()
      for (let from = 0; from < crowd.length; from += 5_000) {
        const some = crowd.slice(from, from + 5_000)
        await redis
          .pipeline()
          .sadd(keys.waiting, ...some)
          .zadd(keys.waits, ...some.flatMap((user, i) => [now + from + i, user]))
          .hset(keys.people, ...some.flatMap((user) => [user, `|${now - 60_000}||`]))
          .exec()
      }
    },
    /** An empty live state and empty tables. */
    reset: async (): Promise<void> => {
      written = '-'
      await live.reset()
      await db.none(
        'delete from groups; delete from hosts; delete from rooms; delete from active_users; delete from users',
      )
      await db.none('delete from bans; delete from audit; delete from removed_hosts')
    },
    close: async (): Promise<void> => {
      await closeDatabase(db)
      await Promise.all([live.close(), database.drop()])
    },
  }
}
export type CliStage = Awaited<ReturnType<typeof createCliStage>>
