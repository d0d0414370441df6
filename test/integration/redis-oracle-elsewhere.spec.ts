import { expect } from 'chai'
import type { UserId } from '../../src/ids.js'
import { createLogger } from '../../src/logger.js'
import { closeDatabase, openDatabase, type Database } from '../../src/postgres/database.js'
import { migrate } from '../../src/postgres/migrate.js'
import type { Room } from '../../src/redis/rooms.js'
import { fromBotApiId, toBotApiId } from '../../src/sandbox/world/chat-id.js'
import { World } from '../../src/sandbox/world/world.js'
import { createLiveState, EPOCH, HOST, people, type LiveState } from '../support/live-state.js'
import { expectFound } from '../support/expect-found.js'
import { checkInvariants, type OracleInput } from '../support/oracle.js'
import { createDatabase, type TestDatabase } from '../support/servers.js'

/** Here what Postgres and Telegram say differently from Redis; see redis-oracle.spec.ts. */
describe('the oracle', () => {
  let live: LiveState
  before(async () => (live = await createLiveState()))
  after(() => live.close())

  const [ann, bob, cid] = people(3) as [UserId, UserId, UserId]
  const check = (more: Partial<OracleInput> = {}) =>
    checkInvariants({ redis: live.redis, keys: live.keys, settled: false, ...more })

  describe('of Postgres', () => {
    let test: TestDatabase
    let db: Database
    let open: Room
    before(async () => {
      test = await createDatabase()
      db = openDatabase(test.url, { logger: createLogger({ level: 'silent', pretty: false }) })
      await migrate(db)
    })
    after(async () => {
      await closeDatabase(db)
      await test.drop()
    })
    beforeEach(async () => {
      await live.reset()
      open = await live.opened(ann, bob)
      const [stocked] = await live.stock(1)
      await live.find(cid)
      await live.drainAll()
      await db.none(
        `truncate active_users, rooms, groups, hosts restart identity cascade;
         update deployment set epoch = $<epoch>;
         insert into hosts (phone_label, user_id, session) values ('+7…', 777, '');
         insert into rooms (room_id, a, b, chat_id, host_id, made_at, opened_at) values ($<id>, $<a>, $<b>, $<chat>, 1, now(), now());
         insert into groups (marker, host_id, chat_id, status, room_id) values ('m1', 1, $<chat>, 'held', $<id>), ('m2', 1, $<stocked>, 'stock', null);
         insert into active_users (user_id, state, since, room_id, fact)
           values ($<a>, 'paired', now(), $<id>, '1-1'), ($<b>, 'paired', now(), $<id>, '1-1'), ($<cid>, 'waiting', now(), null, '2-1')`,
        { ...open, stocked, cid, epoch: EPOCH },
      )
    })

    it('finds nothing wrong where both agree', async () => {
      expect(await check({ db, settled: true })).to.deep.equal([])
    })

    const damages: [damage: string, id: string, words: RegExp, sql: string][] = [
      ['somebody forgotten', 'I9', /says idle/, 'delete from active_users where state = $$waiting$$'],
      [
        'somebody remembered for nothing',
        'I9',
        /is idle, but/,
        `insert into active_users values (99, 'waiting', now(), null, false, '1-1')`,
      ],
      ['the wrong line', 'I9', /first in line/, `update active_users set first_in_line = true where state = 'waiting'`],
      ['the wrong room', 'I9', /paired in other/, `update active_users set room_id = 'other' where state = 'paired'`],
      ['a room forgotten', 'I9', /unknown to Postgres/, 'delete from rooms'],
      [
        'a room that is long gone',
        'I9',
        /unknown to Redis/,
        `insert into rooms (room_id, a, b, chat_id, host_id, made_at) values ('old', 1, 2, 3, 1, now())`,
      ],
      ['another stage', 'I9', /but Postgres says inviting/, 'update rooms set opened_at = null'],
      ['a closed room that lives', 'I6', /closed in Postgres/, `update rooms set closed_at = now(), reason = 'left'`],
      ['an end without a reason', 'I6', /closed for no reason/, 'update rooms set closed_at = now()'],
      ['a reason without an end', 'I6', /with the reason/, `update rooms set reason = 'left'`],
      ['other people', 'I9', /other people/, 'update rooms set a = 99'],
      [
        'a group elsewhere',
        'I4',
        /Postgres says "disposing"/,
        `update groups set status = 'disposing' where status = 'stock'`,
      ],
      ['a group forgotten', 'I4', /unknown to Postgres/, `delete from groups where status = 'stock'`],
      [
        'a group deleted that lives',
        'I4',
        /unknown to Postgres/,
        `update groups set status = 'deleted' where status = 'stock'`,
      ],
      [
        'a group that Redis does not know',
        'I4',
        /at "nowhere"/,
        `insert into groups (marker, host_id, chat_id, status) values ('x', 1, -5, 'stock')`,
      ],
      ['another epoch', 'I9', /epoch/, `update deployment set epoch = 'other'`],
    ]
    for (const [damage, id, words, sql] of damages)
      it(`sees ${damage} (${id})`, async () => {
        await db.none(sql)
        expect(await check({ db })).to.deep.equal([])
        expectFound(await check({ db, settled: true }), id, words)
      })

    it('lets a group pass that a host still prepares', async () => {
      await db.none(`insert into groups (marker, host_id, chat_id) values ('x', 1, -5), ('y', 1, null)`)
      expect(await check({ db, settled: true })).to.deep.equal([])
    })
  })

  describe('of Telegram', () => {
    let world: World
    let host: number
    let bot: number
    let users: Record<'ann' | 'bob' | 'cid', number>
    let room: Room
    let stocked: number

    const makeGroup = (): number => {
      const { id } = world.chats.create(host, { title: 'room' })
      world.members.promote(id, host, bot, ['invite_users'])
      return id
    }
    const claimOf = (text: string) =>
      text.includes('searching')
        ? 'searching'
        : text.includes('room')
          ? 'in_room'
          : text.includes('ended')
            ? 'idle'
            : undefined
    const say = (user: number, text: string) => {
      world.dialogs.write(user, bot, { text: '/start' })
      world.dialogs.reply(user, bot, { text })
    }
    const look = (settled = true) => check({ world, hosts: [host], claimOf, settled })

    beforeEach(async () => {
      await live.reset()
      world = new World()
      host = world.users.add({ firstName: 'Host', phone: '1' }).id
      bot = world.users.addBot('Bot', 'a_bot').id
      const add = (firstName: string) => world.users.add({ firstName }).id
      users = { ann: add('Ann'), bob: add('Bob'), cid: add('Cid') }
      const held = makeGroup()
      await live.groups.add(String(toBotApiId(held)) as Room['chat'], HOST)
      for (const user of [users.ann, users.bob]) await live.find(String(user) as UserId)
      const [made] = await live.rooms.list('inviting', 0, 1)
      if (!made) throw new Error('nobody was paired')
      await live.rooms.invite(made.id, made.version, 'link')
      for (const user of [made.a, made.b]) {
        world.members.add(held, host, Number(user))
        await live.rooms.enter(made.id, user)
      }
      room = await live.room(made.id)
      stocked = makeGroup()
      await live.groups.add(String(toBotApiId(stocked)) as Room['chat'], HOST)
      await live.find(String(users.cid) as UserId)
      say(users.cid, 'searching …')
      say(users.ann, 'you are in a room')
      say(users.bob, 'hello')
      await live.drainAll()
    })
    const heldGroup = () => fromBotApiId(Number(room.chat)) ?? 0

    it('finds nothing wrong where all is as it should be', async () => {
      expect(await look(false)).to.deep.equal([])
      expect(await look()).to.deep.equal([])
    })

    it('takes the answer of the control API as well', async () => {
      const state = { bot: { id: bot }, chats: [] }
      expectFound(await check({ world: async () => state, hosts: [host], settled: true }), 'I4', /does not exist/)
    })

    it("sees a group that is nobody's (I4)", async () => {
      makeGroup()
      expect(await look(false)).to.deep.equal([])
      expectFound(await look(), 'I4', /is nobody's/)
    })

    it("leaves other people's groups alone", async () => {
      world.chats.create(users.ann, { title: 'family' })
      world.chats.create(host, { title: 'news', type: 'channel' })
      expect(await look()).to.deep.equal([])
    })

    it('sees a group that Telegram has lost (I4)', async () => {
      world.chats.delete(stocked, host)
      expect(await look(false)).to.deep.equal([])
      expectFound(await look(), 'I4', /does not exist on Telegram/)
    })

    it('sees that the bot is not in a group (I4)', async () => {
      world.members.ban(stocked, host, bot, ['view_messages'])
      expectFound(await look(), 'I4', /the bot is not in/)
    })

    it('sees a stranger in a room, and anybody in stock, at every instant (I7)', async () => {
      world.members.add(heldGroup(), host, users.cid)
      world.members.add(stocked, host, users.ann)
      for (const settled of [false, true]) {
        const found = await look(settled)
        expectFound(found, 'I7', new RegExp(`${users.cid} is a member`))
        expectFound(found, 'I7', new RegExp(`${users.ann} is a member`))
      }
    })

    it('sees an open room that somebody has left (I9)', async () => {
      world.members.leave(heldGroup(), users.ann)
      expectFound(await look(), 'I9', /is not in its group/)
    })

    it('sees people who read what is not so (I8)', async () => {
      say(users.bob, 'searching …')
      expectFound(await look(), 'I8', /reads "searching" and is "in_room"/)
      say(users.bob, 'you are in a room')
      say(users.cid, 'the search has ended')
      expectFound(await look(), 'I8', /reads "idle" and is "searching"/)
      await live.rooms.close(room.id, { reason: 'left', by: room.a })
      expectFound(await look(), 'I8', /reads "in_room" and is "idle"/)
    })
  })
})
