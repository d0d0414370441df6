import { expect } from 'chai'
import { createReconciler } from '../../src/cron/reconciler/reconciler.js'
import { createEvents } from '../../src/events.js'
import { chatId, userId, type ChatId } from '../../src/ids.js'
import { createLogger } from '../../src/logger.js'
import { closeInPostgres } from '../support/close-in-postgres.js'
import { intendedGroup } from '../support/intended-group.js'
import { group, HOST, person } from '../support/live-state.js'
import { createRememberedState, type RememberedState } from '../support/remembered-state.js'

describe('cron/reconciler', () => {
  let state: RememberedState
  before(async () => {
    state = await createRememberedState()
  })
  after(() => state.end())
  beforeEach(() => state.begin())

  /** Everything there can be: who waits, in either line, a room in every stage, groups in every place. */
  const populate = async () => {
    const made = await state.pair(person(1), person(2))
    const invited = await state.invited(person(3), person(4))
    const open = await state.opened(person(5), person(6))
    const closing = await state.opened(person(7), person(8))
    await state.rooms.close(closing.id, { reason: 'bot_removed' })
    const gone = await state.opened(person(9), person(10))
    await state.rooms.close(gone.id, { reason: 'left', by: person(9) })
    await state.rooms.finish(await state.room(gone.id), 'disposing')
    await state.find(person(7))
    await state.settle()
    await state.tables.bans.ban({ user: person(11), until: null, reason: 'spam', by: 'test' })
    await state.waitingSet.stop(person(11), { ban: true })
    const [spare] = (await state.stock(1)) as [ChatId]
    await state.settle()
    expect(await state.wrong()).to.deep.equal([])
    return { made, invited, open, closing, gone, spare }
  }
  const reconcile = async (dryRun = false): Promise<string[]> =>
    (await state.reconciler.run({ dryRun })).map(
      ({ kind, subject, repaired }) => `${kind} ${subject}${repaired ? '' : ' unrepaired'}`,
    )
  /** After a repair and what follows from it, nothing is wrong any more, and a second run finds nothing. */
  const expectHealed = async () => {
    await state.write()
    expect(await state.wrong()).to.deep.equal([])
    expect(await reconcile()).to.deep.equal([])
  }
  /** Everything in Redis and Postgres, as text. */
  const everything = async (): Promise<string> => {
    const found = (await state.redis.keys(`{${state.prefix}}:*`)).sort()
    const redis = await Promise.all(found.map(async (key) => [key, await state.redis.dump(key)]))
    const postgres = await Promise.all(
      ['active_users', 'rooms', 'groups', 'deployment'].map((table) => state.db.any('select * from $1:name', table)),
    )
    return JSON.stringify([redis, postgres])
  }
  const notices = async (n: number) =>
    (await state.notices(person(n))).map(({ notice, args }) => [notice, args['reason']])

  it('finds nothing in a healthy state, and changes nothing', async () => {
    await populate()
    const before = await everything()
    expect(await reconcile()).to.deep.equal([])
    expect(await everything()).to.equal(before)
  })

  it('finds nothing in what the ledger has yet to write', async () => {
    await populate()
    await state.find(person(20))
    await state.waitingSet.stop(person(7))
    await state.pair(person(21), person(22))
    expect(await reconcile()).to.deep.equal([])
  })

  it('changes nothing in a dry run', async () => {
    const { open } = await populate()
    await state.redis.zrem(state.keys.waits, person(7))
    await state.redis.hdel(state.keys.rooms, open.id)
    const before = await everything()
    const found = await reconcile(true)
    expect(found).to.include(`person_no_deadline ${person(7)} unrepaired`)
    expect(found).to.include(`room_lost ${open.id} unrepaired`)
    expect(await everything()).to.equal(before)
  })

  it('waits for a rebuild to end', async () => {
    await populate()
    await state.redis.del(state.keys.epoch)
    const error = await state.reconciler.run().catch((thrown: unknown) => thrown)
    expect(error).to.include({ code: 'rebuilding' })
  })

  describe('people', () => {
    it('frees who points at a room that does not exist, and says so', async () => {
      await populate()
      await state.redis.hset(state.keys.people, person(30), `nowhere1|1||${person(31)}`)
      expect(await reconcile()).to.deep.equal([`person_points_nowhere ${person(30)}`])
      expect(await notices(30)).to.deep.equal([['closed', 'lost']])
      expect(await state.record(person(30))).to.equal(`+|||${person(31)}`)
      await expectHealed()
    })

    it('frees who points at a room of others, or at one that is ending', async () => {
      const { open, closing } = await populate()
      await state.redis.hset(state.keys.people, person(30), `${open.id}|1||`, person(8), `${closing.id}|1||`)
      expect(await reconcile()).to.have.members([
        `person_points_nowhere ${person(30)}`,
        `person_points_nowhere ${person(8)}`,
      ])
      await expectHealed()
    })

    it('gives a deadline to who waits without one, and a beginning', async () => {
      await populate()
      await state.redis.zrem(state.keys.waits, person(7))
      await state.redis.hset(state.keys.people, person(7), '+|||')
      expect(await reconcile()).to.deep.equal([`person_no_deadline_no_beginning ${person(7)}`])
      expect(Number(await state.redis.zscore(state.keys.waits, person(7)))).to.be.greaterThan(0)
      await expectHealed()
    })

    it('lets nobody wait in a room, while banned, or twice', async () => {
      await populate()
      const { redis, keys } = state
      await redis.sadd(keys.waiting, person(5), person(7), person(11))
      await redis.sadd(keys.first, person(7))
      await redis.zadd(keys.waits, 1, person(5))
      await redis.zadd(keys.waits, 1, person(40))
      expect(await reconcile()).to.have.members([
        `person_waits_in_room ${person(5)}`,
        `person_waits_twice ${person(7)}`,
        `person_waits_banned ${person(11)}`,
        `row_missing ${person(11)}`,
        `person_deadline_only ${person(40)}`,
      ])
      expect(await state.waitingSet.count()).to.equal(1)
      await expectHealed()
    })

    it('refuses who is banned, also in a room, and ends bans that are over', async () => {
      const { open } = await populate()
      const ban = { reason: 'spam', by: 'test' }
      await state.tables.bans.ban({ user: person(5), until: null, ...ban })
      await state.tables.bans.ban({ user: person(7), until: null, ...ban })
      await state.tables.bans.ban({ user: person(11), until: Date.now() - 1, ...ban })
      expect(await reconcile()).to.have.members([
        `ban_not_enforced ${person(5)}`,
        `ban_not_enforced ${person(7)}`,
        `ban_outlived ${person(11)}`,
      ])
      expect(await state.room(open.id)).to.include({ stage: 'closing', reason: 'banned', by: person(5) })
      for (const n of [5, 7])
        expect((await state.waitingSet.whereabouts(person(n))).state, `person ${n}`).to.equal('banned')
      expect((await state.waitingSet.whereabouts(person(11))).state).to.equal('idle')
      await expectHealed()
    })

    it('removes rows that Redis does not back', async () => {
      await populate()
      await state.db.none(
        `insert into active_users (user_id, state, since, fact) values ($1, 'waiting', now(), '1-1')`,
        person(30),
      )
      expect(await reconcile()).to.deep.equal([`row_not_backed ${person(30)}`])
      await expectHealed()
    })

    it('has rows written that are missing or outdated', async () => {
      const { open } = await populate()
      await state.db.none('delete from active_users where user_id = any($1::bigint[])', [[person(7), person(5)]])
      await state.db.none(`update active_users set state = 'waiting', room_id = null where user_id = $1`, person(6))
      expect(await reconcile()).to.have.members([
        `row_missing ${person(7)}`,
        `row_missing ${open.id}`,
        `row_outdated ${person(6)}`,
      ])
      await expectHealed()
      await state.db.none('update active_users set first_in_line = not first_in_line where user_id = $1', person(7))
      expect(await reconcile()).to.deep.equal([`row_outdated ${person(7)}`])
      await expectHealed()
    })
  })

  describe('rooms', () => {
    it('closes rooms that Redis lost, and tells both', async () => {
      const { made, invited, open } = await populate()
      await state.redis.hdel(state.keys.rooms, made.id, invited.id, open.id)
      const found = await reconcile()
      for (const { id } of [made, invited, open]) expect(found).to.include(`room_lost ${id}`)
      for (const n of [1, 2, 3, 4, 5, 6]) {
        expect(await notices(n), `person ${n}`).to.deep.include(['closed', 'lost'])
        expect((await state.waitingSet.whereabouts(person(n))).state).to.equal('idle')
      }
      expect(await state.room(open.id)).to.include({ stage: 'closing', reason: 'lost' })
      await state.write()
      for (const { id } of [made, invited, open])
        expect(await state.rooms.finish(await state.room(id), 'disposing')).to.equal('finished')
      await expectHealed()
      expect(await state.tables.rooms.byId(open.id)).to.include({ stage: 'closed', reason: 'lost' })
    })

    it('goes on ending a room that Redis lost while it was ending, and tells nobody again', async () => {
      const { closing } = await populate()
      await state.redis.hdel(state.keys.rooms, closing.id)
      await state.redis.zrem(state.keys.closing, closing.id)
      await state.redis.del(state.keys.mailbox('courier'))
      expect(await reconcile()).to.include(`room_lost ${closing.id}`)
      expect(await state.room(closing.id)).to.include({ stage: 'closing', reason: 'bot_removed' })
      expect([await notices(7), await notices(8)]).to.deep.equal([[], []])
    })

    it('announces rooms that Postgres does not know, or knows too little of', async () => {
      const { made, invited, open } = await populate()
      await state.waitingSet.stop(person(7))
      await state.write()
      const late = await state.opened(person(30), person(31))
      await state.rememberGroups()
      await state.redis.del(state.keys.mailbox('ledger'))
      await state.db.none('delete from rooms where room_id = $1', made.id)
      await state.db.none('update rooms set opened_at = null where room_id = $1', open.id)
      await state.db.none('update rooms set link = null where room_id = $1', invited.id)
      const found = await reconcile()
      expect(found).to.include.members([
        `room_unknown ${made.id}`,
        `room_outdated ${open.id}`,
        `room_outdated ${invited.id}`,
        `room_unknown ${late.id}`,
      ])
      await expectHealed()
      expect(await state.tables.rooms.byId(late.id)).to.include({
        stage: 'open',
        a: late.a,
        link: `https://t.me/+${late.id}`,
      })
    })

    it('ends rooms that ended in Postgres', async () => {
      const { open } = await populate()
      await closeInPostgres(state.db, open.id)
      expect(await reconcile()).to.include(`room_ended ${open.id}`)
      expect(await state.room(open.id)).to.include({ stage: 'closing', reason: 'lost' })
      expect(await notices(5)).to.deep.include(['closed', 'lost'])
    })

    it('puts a room into exactly the set of its stage', async () => {
      const { made, open, closing } = await populate()
      const { redis, keys } = state
      await redis.zrem(keys.inviting, made.id)
      await redis.zadd(keys.inviting, 5, open.id)
      await redis.zrem(keys.closing, closing.id)
      await redis.zadd(keys.open, 5, closing.id)
      await redis.zadd(keys.open, 5, 'nowhere1')
      expect(await reconcile()).to.have.members([
        `room_stage_sets ${made.id}`,
        `room_stage_sets ${open.id}`,
        `room_stage_sets ${closing.id}`,
        'room_no_record nowhere1',
      ])
      expect(Number(await redis.zscore(keys.open, open.id))).to.equal(open.deadline)
      expect(Number(await redis.zscore(keys.inviting, made.id))).to.equal(made.deadline)
      await expectHealed()
    })

    it('ends a room of which somebody is elsewhere, and frees the other', async () => {
      const { open } = await populate()
      await state.redis.hset(state.keys.people, person(5), '|||')
      const found = await reconcile()
      expect(found).to.include(`room_person_elsewhere ${open.id}`)
      expect(await state.room(open.id)).to.include({ stage: 'closing', reason: 'lost' })
      expect((await state.waitingSet.whereabouts(person(6))).state).to.equal('idle')
      await expectHealed()
    })

    it('gets over a record that cannot be read', async () => {
      const { open } = await populate()
      await state.redis.hset(state.keys.rooms, open.id, '{"id":')
      expect(await reconcile()).to.include(`room_illegible ${open.id}`)
      // One run clears away, the next closes what Postgres remembers.
      await state.write()
      expect(await reconcile()).to.include(`room_lost ${open.id}`)
      await expectHealed()
    })
  })

  describe('groups', () => {
    it('gives a room its group back, and takes it out of stock', async () => {
      const { open } = await populate()
      await state.redis.hset(state.keys.groups, open.chat, 'stock')
      await state.redis.sadd(state.keys.stock, `${open.chat}:${HOST}`)
      expect(await reconcile()).to.include(`room_group_not_held ${open.id}`)
      expect(await state.groups.place(open.chat)).to.equal(open.id)
      await expectHealed()
    })

    it('ends a room whose group is being deleted', async () => {
      const { open } = await populate()
      await state.redis.hset(state.keys.groups, open.chat, 'disposing')
      expect(await reconcile()).to.include(`room_group_elsewhere ${open.id}`)
      expect(await state.room(open.id)).to.include({ stage: 'closing', reason: 'lost' })
      await expectHealed()
    })

    it('makes stock and places agree', async () => {
      const { spare, made, gone } = await populate()
      const { redis, keys } = state
      await redis.srem(keys.stock, `${spare}:${HOST}`)
      await redis.sadd(keys.stock, `${made.chat}:${HOST}`, `${gone.chat}:${HOST}`)
      expect(await reconcile()).to.have.members([
        `group_not_in_stock ${spare}`,
        `group_in_stock_too ${made.chat}`,
        `group_in_stock_too ${gone.chat}`,
      ])
      expect(await state.groups.stocked()).to.deep.equal([{ chat: spare, host: HOST }])
      await expectHealed()
    })

    it('disposes of groups that a room held which is gone, and of those that Redis lost', async () => {
      const { spare } = await populate()
      const [other] = (await state.stock(1)) as [ChatId]
      await state.settle()
      await state.redis.hdel(state.keys.groups, spare)
      await state.redis.srem(state.keys.stock, `${spare}:${HOST}`, `${other}:${HOST}`)
      await state.redis.hset(state.keys.groups, other, 'nowhere1')
      await state.drain(`host:${HOST}`)
      expect(await reconcile()).to.include.members([`group_without_place ${spare}`, `group_held_by_nobody ${other}`])
      expect([await state.groups.place(spare), await state.groups.place(other)]).to.deep.equal([
        'disposing',
        'disposing',
      ])
      expect((await state.drain(`host:${HOST}`)).map(({ type, chat }) => `${type} ${chat}`)).to.have.members([
        `dispose ${spare}`,
        `dispose ${other}`,
      ])
      await reconcile()
      await expectHealed()
    })

    it('has Postgres follow where groups went', async () => {
      const { spare, made, gone } = await populate()
      await state.db.none(`update groups set status = 'disposing' where chat_id = $1`, spare)
      await state.db.none(`update groups set status = 'stock', room_id = null where chat_id = $1`, made.chat)
      await state.db.none(`update groups set status = 'stock' where chat_id = $1`, gone.chat)
      expect(await reconcile()).to.have.members([
        `group_outdated ${spare}`,
        `group_outdated ${made.chat}`,
        `group_outdated ${gone.chat}`,
      ])
      await expectHealed()
    })

    it('forgets groups that do not exist any more', async () => {
      const { spare, gone, open } = await populate()
      await state.db.none(`update groups set status = 'deleted', room_id = null where chat_id = any($1::bigint[])`, [
        [spare, gone.chat, open.chat],
      ])
      expect(await reconcile()).to.include.members([
        `group_is_gone ${spare}`,
        `group_is_gone ${gone.chat}`,
        `group_is_gone ${open.chat}`,
      ])
      expect(await state.groups.place(gone.chat)).to.equal(undefined)
      expect(await state.groups.place(spare)).to.equal('disposing')
      expect((await state.room(open.id)).stage).to.equal('closing')
    })

    it('takes out of the stock what is no group, and goes on', async () => {
      await populate()
      await state.redis.sadd(state.keys.stock, 'rubbish')
      expect(await reconcile()).to.deep.equal(['stock_unreadable rubbish'])
      expect(await state.redis.sismember(state.keys.stock, 'rubbish')).to.equal(0)
    })

    it('takes groups that Postgres does not know out of stock', async () => {
      await populate()
      const unknown = chatId(-1_009_999)
      await state.groups.add(unknown, HOST)
      await state.write()
      expect(await reconcile()).to.deep.equal([`group_unknown ${unknown}`])
      expect(await state.groups.place(unknown)).to.equal('disposing')
    })
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
      const { spare } = await populate()
      owns(spare)
      expect(await reconcile()).to.deep.equal([])
    })

    it('disposes of groups that nobody knows of, but not of one that is being created', async () => {
      const { spare } = await populate()
      await intendedGroup(state.tables.groups, HOST, 'just begun')
      owns(spare, group(900), { chat: group(901), title: 'just begun' })
      expect(await reconcile()).to.deep.equal([`group_orphaned ${group(900)}`])
      expect(await state.groups.place(group(900))).to.equal('disposing')
      expect(await state.drain(`host:${HOST}`)).to.deep.include({ type: 'dispose', chat: group(900), room: '' })
    })

    it('takes out of stock what is gone', async () => {
      const { spare } = await populate()
      owns()
      expect(await reconcile()).to.deep.equal([`group_gone ${spare}`])
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
    expect(await reconcile()).to.deep.equal([])
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
