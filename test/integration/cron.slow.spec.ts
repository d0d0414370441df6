import { expect } from 'chai'
import { createCron, isCronExpression, type Job } from '../../src/cron/index.js'
import { createForgetJob } from '../../src/cron/forget-job.js'
import { createMatchJob } from '../../src/cron/match-job.js'
import { createPrunePeopleJob } from '../../src/cron/prune-people-job.js'
import { createRebuildJob } from '../../src/cron/rebuild-job.js'
import { createReconcileJob } from '../../src/cron/reconcile-job.js'
import { RebuildingError } from '../../src/errors.js'
import { createEvents } from '../../src/events.js'
import { createLogger } from '../../src/logger.js'
import { auditTable } from '../../src/postgres/audit.js'
import { broadcastsTable } from '../../src/postgres/broadcasts.js'
import { groupsTable } from '../../src/postgres/groups.js'
import { person } from '../support/live-state.js'
import { createRememberedState, type RememberedState } from '../support/remembered-state.js'
import { until } from '../support/until.js'

const logger = createLogger({ level: 'silent', pretty: false })
const events = createEvents(logger)

describe('cron', () => {
  it('runs a job by its expression of cron, and again', async () => {
    let runs = 0
    const job: Job = { name: 'tick', schedule: '* * * * * *', run: async () => void runs++ }
    const cron = createCron({ jobs: [job], logger, events }).start()
    await until('two runs', () => runs >= 2)
    await cron.stop()
  })

  it('goes on after errors, by either kind of schedule', async () => {
    const runs = { cron: 0, pause: 0 }
    const failing = (name: keyof typeof runs, schedule: Job['schedule']): Job => ({
      name,
      schedule,
      run: async () => {
        runs[name]++
        throw runs[name] % 2 === 0 ? new RebuildingError() : new Error('as expected')
      },
    })
    const cron = createCron({
      events,
      jobs: [failing('cron', '* * * * * *'), failing('pause', { everyMs: 5 })],
      logger,
    }).start()
    await until('more runs of both', () => runs.cron >= 2 && runs.pause >= 3)
    await cron.stop()
  })

  it('never runs a job twice at once, waits for it when stopped, and does not start it again', async () => {
    let under = 0
    let most = 0
    let runs = 0
    let release: () => void = () => undefined
    const job: Job = {
      name: 'slow',
      schedule: '* * * * * *',
      run: async (signal) => {
        runs++
        most = Math.max(most, ++under)
        await new Promise<void>((resolve) => {
          release = resolve
          signal.addEventListener('abort', () => resolve(), { once: true })
        })
        under--
      },
    }
    const often: Job = { ...job, name: 'often', schedule: { everyMs: 1 }, run: async () => void ticks++ }
    let ticks = 0
    const cron = createCron({ jobs: [job, often], logger, events }).start()
    await until('the slow job began', () => under === 1)
    release()
    await until('it began again', () => runs === 2 && under === 1)
    await cron.stop()
    expect({ under, most }).to.deep.equal({ under: 0, most: 1 })
    const after = ticks
    await until('time has passed', () => new Promise((resolve) => setImmediate(() => resolve(true))))
    expect(ticks).to.equal(after)
  })

  it('refuses what is no expression of cron', () => {
    expect(isCronExpression('*/1 * * * *')).to.equal(true)
    expect(isCronExpression('every minute')).to.equal(false)
    const job: Job = { name: 'odd', schedule: 'every minute', run: async () => undefined }
    expect(() => createCron({ jobs: [job], logger, events }).start()).to.throw()
  })

  describe('jobs', () => {
    let state: RememberedState
    const signal = new AbortController().signal
    before(async () => {
      state = await createRememberedState()
    })
    after(() => state.end())
    beforeEach(() => state.begin())

    it('match pairs those for whom a group was missing', async () => {
      for (const n of [1, 2, 3, 4]) await state.find(person(n))
      await state.stock(2)
      await createMatchJob({ waitingSet: state.waitingSet, everyMs: 1 }).run(signal)
      expect([await state.waitingSet.count(), await state.redis.hlen(state.keys.rooms)]).to.deep.equal([0, 2])
    })

    it('rebuild puts back what was lost, and has it reconciled', async () => {
      await state.find(person(1))
      await state.settle()
      await state.clear()
      let reconciled = 0
      const job = createRebuildJob({ rebuild: state.rebuild, rebuilt: async () => void reconciled++ })
      await job.run(signal)
      await job.run(signal)
      expect(reconciled).to.equal(1)
      expect(await state.waitingSet.count()).to.equal(1)
    })

    it('reconcile repairs', async () => {
      await state.find(person(1))
      await state.settle()
      await state.redis.zrem(state.keys.waits, person(1))
      await createReconcileJob({ reconciler: state.reconciler, schedule: '* * * * *', events }).run(signal)
      expect(await state.wrong()).to.deep.equal([])
    })

    it('forget deletes rooms that closed long ago, and no others', async () => {
      const [one, two] = [await state.opened(person(1), person(2)), await state.opened(person(3), person(4))]
      for (const { id } of [one, two]) {
        await state.rooms.close(id, { reason: 'left' })
        await state.rooms.finish(await state.room(id), 'disposing')
      }
      await state.opened(person(5), person(6))
      await state.settle()
      await state.db.none(`update rooms set closed_at = closed_at - interval '2 days' where room_id = $1`, one.id)
      const { deleteClosedBefore } = state.tables.rooms
      const kept = [{ table: 'rooms', retentionMs: 86_400_000, deleteBefore: deleteClosedBefore }]
      await createForgetJob({ kept, events, page: 1 }).run(signal)
      const left = await state.tables.rooms.newest(9)
      expect(left.map(({ stage }) => stage).sort()).to.deep.equal(['closed', 'open'])
      expect(await state.tables.rooms.byId(one.id)).to.equal(null)
    })

    it('forget deletes groups that are gone from Telegram and what was done long ago, in pages', async () => {
      const { db } = state
      await db.none(`insert into hosts (phone_label, user_id, session) values ('+1', 1, '')`)
      await db.none(
        `insert into groups (marker, host_id, status, changed_at)
         select 'm' || n, (select max(host_id) from hosts), case when n = 6 then 'stock' else 'deleted' end,
           now() - case when n = 7 then interval '0' else interval '2 days' end from generate_series(1, 7) n`,
      )
      await db.none(
        `insert into audit (actor, action, at) select 'cli', 'test', now() - n * interval '12 hours' from generate_series(0, 6) n`,
      )
      const kept = [
        { table: 'groups', retentionMs: 86_400_000, deleteBefore: groupsTable(db).deleteGoneBefore },
        { table: 'audit', retentionMs: 86_400_000, deleteBefore: auditTable(db).deleteBefore },
      ]
      await createForgetJob({ kept, events, page: 2 }).run(signal)
      const left = await db.any<{ marker: string }>(`select marker from groups where marker like 'm_' order by 1`)
      expect(left.map(({ marker }) => marker)).to.deep.equal(['m6', 'm7'])
      expect((await auditTable(db).newest(9)).length).to.be.within(2, 3)
    })

    it('forget deletes broadcasts that were done long ago with who got them, and no others', async () => {
      const { db } = state
      await db.none(`insert into users (user_id, language) select n, 'en' from generate_series(9001, 9005) n`)
      await db.none(
        `insert into broadcasts (broadcast_id, made_by, text, status, finished_at) overriding system value
         values (1, 'cli', 'old', 'done', now() - interval '2 days'), (2, 'cli', 'new', 'done', now()),
           (3, 'cli', 'stuck', 'paused', null), (4, 'cli', 'older', 'done', now() - interval '3 days')`,
      )
      await db.none(
        `insert into broadcast_recipients (broadcast_id, user_id, state)
         select b, n, 'sent' from generate_series(1, 4) b, generate_series(9001, 9005) n`,
      )
      const kept = [
        { table: 'broadcasts', retentionMs: 86_400_000, deleteBefore: broadcastsTable(db).deleteDoneBefore },
      ]
      await createForgetJob({ kept, events, page: 3 }).run(signal)
      const count = (table: string) =>
        db.any(`select broadcast_id::text as id, count(*)::int as rows from $1:name group by 1 order by 1`, table)
      expect(await count('broadcasts')).to.deep.equal(['2', '3'].map((id) => ({ id, rows: 1 })))
      expect(await count('broadcast_recipients')).to.deep.equal(['2', '3'].map((id) => ({ id, rows: 5 })))
    })

    it('prune-people forgets who was idle for a week, and nobody else', async () => {
      const { redis, keys } = state
      const day = Math.floor((await state.waitingSet.now()) / 86_400_000)
      const old = `5.${day - 7}`
      await redis.hset(keys.people, {
        [person(1)]: `||${old}|`,
        [person(2)]: `+||${old}|${person(3)}`,
        [person(3)]: `||5.${day - 6}|${person(1)}`,
        [person(4)]: `!||${old}|`,
        [person(5)]: `room01|1|${old}|`,
        [person(6)]: `|1|${old}|`,
        [person(7)]: `|||${person(8)}`,
      })
      await redis.sadd(keys.waiting, person(6))
      const ago = (days: number) => (day - days) * 86_400_000
      await redis.hset(keys.penalties, {
        [person(1)]: `1|${ago(8)}|${ago(9)}`,
        [person(2)]: `3|${ago(-1)}|${ago(9)}`,
        [person(3)]: `2|${ago(1)}|${ago(1)}`,
      })
      const job = createPrunePeopleJob({ redis, keys, logger })
      await job.run(signal)
      expect((await redis.hkeys(keys.people)).sort()).to.deep.equal([3, 4, 5, 6, 7].map(person).sort())
      expect((await redis.hkeys(keys.penalties)).sort()).to.deep.equal([person(2), person(3)])
      // Nobody knew how old this one is: from now on somebody does.
      expect(await redis.hget(keys.people, person(7))).to.equal(`||0.${day}|${person(8)}`)
      await redis.srem(keys.waiting, person(6))
      await redis.hdel(keys.people, person(5))
      await job.run(signal)
      expect((await redis.hkeys(keys.people)).sort()).to.deep.equal([3, 4, 7].map(person).sort())
    })
  })
})
