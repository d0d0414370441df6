import { expect } from 'chai'
import { createReconciler } from '../../src/cron/reconciler/reconciler.js'
import { createEvents } from '../../src/events.js'
import { userId, type ChatId } from '../../src/ids.js'
import { createLogger } from '../../src/logger.js'
import { intendedGroup } from '../support/intended-group.js'
import { group, HOST, person } from '../support/live-state.js'
import { createReconcilerStage, type ReconcilerStage } from '../support/reconciler-stage.js'

describe('cron/reconciler', () => {
  let state: ReconcilerStage
  before(async () => {
    state = await createReconcilerStage()
  })
  after(() => state.end())
  beforeEach(() => state.begin())

  it('finds nothing in a healthy state, and changes nothing', async () => {
    await state.populate()
    const before = await state.everything()
    expect(await state.reconcile()).to.deep.equal([])
    expect(await state.everything()).to.equal(before)
  })

  it('finds nothing in what the ledger has yet to write', async () => {
    await state.populate()
    await state.find(person(20))
    await state.waitingSet.stop(person(7))
    await state.pair(person(21), person(22))
    expect(await state.reconcile()).to.deep.equal([])
  })

  it('changes nothing in a dry run', async () => {
    const { open } = await state.populate()
    await state.redis.zrem(state.keys.waits, person(7))
    await state.redis.hdel(state.keys.rooms, open.id)
    const before = await state.everything()
    const found = await state.reconcile(true)
    expect(found).to.include(`person_no_deadline ${person(7)} unrepaired`)
    expect(found).to.include(`room_lost ${open.id} unrepaired`)
    expect(await state.everything()).to.equal(before)
  })

  it('waits for a rebuild to end', async () => {
    await state.populate()
    await state.redis.del(state.keys.epoch)
    const error = await state.reconciler.run().catch((thrown: unknown) => thrown)
    expect(error).to.include({ code: 'rebuilding' })
  })

  describe('Telegram', () => {
    const owns = (...chats: (ChatId | { chat: ChatId; title: string })[]) =>
      state.hosts.push({
        host: HOST,
        ownGroups: async () =>
          chats.map((one) => ({
            accessHash: '1',
            ...(typeof one === 'string' ? { chat: one, title: `marker ${one}` } : one),
          })),
      })

    it('finds nothing when it has the groups in stock', async () => {
      const { spare } = await state.populate()
      owns(spare)
      expect(await state.reconcile()).to.deep.equal([])
    })

    it('disposes of groups that nobody knows of, but not of one that is being created', async () => {
      const { spare } = await state.populate()
      await intendedGroup(state.tables.groups, HOST, 'just begun')
      owns(spare, group(900), { chat: group(901), title: 'just begun' })
      expect(await state.reconcile()).to.deep.equal([`group_orphaned ${group(900)}`])
      expect(await state.groups.place(group(900))).to.equal('disposing')
      expect(await state.drain(`host:${HOST}`)).to.deep.include({ type: 'dispose', chat: group(900), room: '' })
    })

    it('takes out of stock what is gone', async () => {
      const { spare } = await state.populate()
      owns()
      expect(await state.reconcile()).to.deep.equal([`group_gone ${spare}`])
      expect(await state.groups.size()).to.equal(0)
    })
  })

  it('pages through many people in bounded steps', async () => {
    const { redis, keys } = state
    const many = Array.from({ length: 1_200 }, (_, n) => userId(6_000_000_000 + n))
    await redis.sadd(keys.waiting, ...many)
    await redis.hset(keys.people, ...many.flatMap((user) => [user, '|1700000000000||']))
    const differences = await state.reconciler.run()
    expect(differences.filter(({ kind }) => kind === 'person_no_deadline')).to.have.length(many.length)
    expect(differences.filter(({ kind }) => kind === 'row_missing')).to.have.length(many.length)
    await state.write()
    expect(await state.wrong()).to.deep.equal([])
  })

  it('reads people who agree by the thousand', async () => {
    const { redis, keys, db } = state
    const many = Array.from({ length: 10_000 }, (_, n) => userId(6_000_000_000 + n))
    const now = await state.waitingSet.now()
    await redis.sadd(keys.waiting, ...many)
    await redis.zadd(keys.waits, ...many.flatMap((user) => [now + 60_000, user]))
    await redis.hset(keys.people, ...many.flatMap((user) => [user, `|${now}||`]))
    const insert = `insert into active_users (user_id, state, since, fact)
      select id, 'waiting', now(), '1-1' from unnest($1::bigint[]) as id`
    await db.none(insert, [many])
    const calls = async () => {
      const stats = await redis.info('commandstats')
      const counted = ['evalsha', 'sscan', 'zscan', 'hscan', 'hmget', 'smismember'].map((command) =>
        Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0),
      )
      return counted.reduce((sum, count) => sum + count, 0)
    }
    const before = await calls()
    expect(await state.reconcile()).to.deep.equal([])
    expect((await calls()) - before).to.be.below(150)
  })

  it('tells the first of a kind one by one, and of the others how many there are', async () => {
    const { redis, keys } = state
    const many = Array.from({ length: 50 }, (_, n) => userId(6_000_000_000 + n))
    await redis.sadd(keys.waiting, ...many)
    await redis.hset(keys.people, ...many.flatMap((user) => [user, '|1700000000000||']))
    const lines: Record<string, unknown>[] = []
    const to = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) }
    const logger = createLogger({ level: 'info', pretty: false, to })
    const reconciler = createReconciler({ ...state.reconcilerParts, logger, events: createEvents(logger) })
    expect(await reconciler.run()).to.have.length(100)
    const told = (event: string) => lines.filter((line) => line['event'] === event)
    expect(told('difference')).to.have.length(40)
    expect(told('more_differences').map(({ kind, count, repaired }) => [kind, count, repaired])).to.deep.equal([
      ['person_no_deadline', 30, 30],
      ['row_missing', 30, 30],
    ])
  })

  it('looks for orphans without comparing people', async () => {
    await state.redis.set(state.keys.people, 'nothing that could be read')
    await state.redis.set(state.keys.waiting, 'nothing that could be read')
    state.hosts.push({
      host: HOST,
      ownGroups: async () => [{ chat: group(900), accessHash: '1', title: 'marker' }],
    })
    const found = await state.reconciler.run({ dryRun: true, orphansOnly: true })
    expect(found.map(({ kind, subject }) => `${kind} ${subject}`)).to.deep.equal([`group_orphaned ${group(900)}`])
  })
})
