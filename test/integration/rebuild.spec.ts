import { expect } from 'chai'
import type { RoomId, UserId } from '../../src/ids.js'
import type { Room } from '../../src/redis/rooms.js'
import { closeInPostgres } from '../support/close-in-postgres.js'
import { group, HOST, person } from '../support/live-state.js'
import { createRememberedState, type RememberedState } from '../support/remembered-state.js'
import { startOwnRedis, type OwnRedis } from '../support/servers.js'

describe('redis/rebuild', () => {
  let server: OwnRedis
  let state: RememberedState
  before(async () => {
    server = await startOwnRedis()
    state = await createRememberedState({ url: server.url })
  })
  after(async () => {
    await state.end()
    await server.stop()
  })
  beforeEach(() => state.begin())

  /** Everything there can be: who waits, a room in every stage, groups in every place, a ban. */
  const populate = async () => {
    const made = await state.pair(person(1), person(2))
    const invited = await state.invited(person(3), person(4))
    await state.rooms.enter(invited.id, person(4))
    const open = await state.opened(person(5), person(6))
    const closing = await state.opened(person(7), person(8))
    await state.rooms.close(closing.id, { reason: 'left', by: person(7) })
    const stocked = (await state.settle(), await state.find(person(9)), await state.stock(1))
    await state.tables.bans.ban({ user: person(10), until: null, reason: 'spam', by: 'test' })
    await state.settle()
    expect(await state.wrong()).to.deep.equal([])
    return { made, invited, open, closing, stocked }
  }
  const recordOf = (room: RoomId): Promise<Room> => state.room(room)
  const noticesTo = async (user: UserId) =>
    (await state.notices(user)).map(({ notice, args }) => [notice, args['reason']])

  it('makes an epoch at the first start, the same in Redis and Postgres', async () => {
    await state.redis.flushall()
    await state.db.none('update deployment set epoch = null, ledger_ms = 0, ledger_seq = 0')
    expect(await state.rebuild.check()).to.equal('first')
    expect(await state.redis.get(state.keys.epoch)).to.equal(await state.tables.deployment.epoch())
    expect(await state.rebuild.check()).to.equal('whole')
  })

  it('puts back waiting people, rooms in each stage, groups and bans', async () => {
    const { made, invited, open, closing, stocked } = await populate()
    await state.redis.flushall()
    expect(await state.rebuild.check()).to.equal('rebuilt')
    expect(await state.wrong()).to.deep.equal([])

    expect(await state.waitingSet.whereabouts(person(9))).to.include({ state: 'waiting' })
    expect(await noticesTo(person(9))).to.deep.equal([['search_goes_on', undefined]])
    expect(await state.waitingSet.whereabouts(person(10))).to.deep.equal({ state: 'banned' })
    expect(await recordOf(made.id)).to.include({
      stage: 'inviting',
      a: made.a,
      b: made.b,
      chat: made.chat,
      at: made.at,
    })
    expect((await recordOf(made.id)).link).to.equal(undefined)
    const again = await recordOf(invited.id)
    expect(again).to.include({ stage: 'inviting', link: invited.link })
    expect([again.enteredA, again.enteredB].filter((at) => at !== undefined)).to.have.length(1)
    expect(await recordOf(open.id)).to.include({ stage: 'open', enteredA: open.enteredA, enteredB: open.enteredB })
    expect(await recordOf(closing.id)).to.include({ stage: 'closing', reason: 'left', by: person(7) })
    expect(await state.groups.stocked()).to.deep.equal(stocked.map((chat) => ({ chat, host: HOST })))
    const looks = (await state.mailbox('room')).map(({ type, room }) => `${type} ${room}`)
    expect(looks).to.have.members([made, invited, open, closing].map(({ id }) => `look ${id}`))
    // Rooms go on as if nothing had happened; nobody was told that one ended.
    for (const user of [1, 2, 3, 4, 5, 6, 7, 8]) expect(await noticesTo(person(user))).to.deep.equal([])
    const other = again.enteredA === undefined ? again.a : again.b
    expect(await state.rooms.enter(invited.id, other)).to.equal('opened')
  })

  it('gives every room its full lease for its stage, and an open one no more than its greatest age', async () => {
    const { made, invited, open, closing } = await populate()
    await state.db.none(`update rooms set made_at = made_at - interval '9 minutes' where room_id = $1`, open.id)
    await state.redis.flushall()
    await state.rebuild.check()
    const leases = await Promise.all(
      [made, invited, open, closing].map(({ id }) => state.redis.pttl(state.keys.roomLease(id))),
    )
    const { prepareMs, entryMs, closingMs } = state.settings
    const wanted = [prepareMs, entryMs, 60_000, closingMs]
    for (const [i, lease] of leases.entries())
      expect(lease, `lease ${i}`).to.be.within((wanted[i] ?? 0) - 5_000, wanted[i] ?? 0)
  })

  it('lets a commit from before the loss fail', async () => {
    const made = await state.pair(person(1), person(2))
    await state.settle()
    await state.redis.flushall()
    await state.rebuild.check()
    expect(await state.rooms.invite(made.id, made.version, 'https://t.me/+old')).to.equal('changed')
  })

  it('closes as lost what cannot stand, and tells both', async () => {
    const made = [await state.opened(person(1), person(2)), await state.opened(person(3), person(4))]
    // Of two rooms of one millisecond the ids decide which is the older.
    const [one, two] = made.sort((a, b) => (a.id < b.id ? -1 : 1)) as [Room, Room]
    await state.settle()
    // Two rooms say that they hold one group; only the older can be right.
    await state.db.none("update rooms set chat_id = $1, made_at = made_at + interval '1 second' where room_id = $2", [
      one.chat,
      two.id,
    ])
    await state.redis.flushall()
    expect(await state.rebuild.check()).to.equal('rebuilt')
    expect((await recordOf(one.id)).stage).to.equal('open')
    expect(await recordOf(two.id)).to.include({ stage: 'closing', reason: 'lost' })
    for (const user of [two.a, two.b]) {
      expect(await noticesTo(user)).to.deep.equal([['closed', 'lost']])
      expect((await state.waitingSet.whereabouts(user)).state).to.equal('idle')
    }
    expect(await state.groups.place(one.chat)).to.equal(one.id)
    expect(await state.groups.place(two.chat)).to.equal('disposing')
    expect((await state.tables.groups.byChat(two.chat))?.status).to.equal('disposing')
    await state.rooms.finish(await recordOf(two.id), 'disposing')
    await state.write()
    expect(await state.tables.rooms.byId(two.id)).to.include({ stage: 'closed', reason: 'lost' })
    expect(await state.groups.place(one.chat)).to.equal(one.id)
  })

  it('disposes of groups whose room is gone, and leaves those in preparation to their host', async () => {
    const room = await state.opened(person(1), person(2))
    await state.remember(group(77))
    await state.settle()
    await closeInPostgres(state.db, room.id)
    await state.redis.flushall()
    await state.rebuild.check()
    expect(await state.groups.place(room.chat)).to.equal('disposing')
    expect(await state.mailbox(`host:${HOST}`)).to.deep.equal([{ type: 'dispose', chat: room.chat, room: '' }])
    expect(await state.groups.place(group(77))).to.equal(undefined)
  })

  it('begins again from nothing after it died at any step', async () => {
    await populate()
    const died = new Error('died here')
    const fail = () => {
      throw died
    }
    const { bans, activeUsers, rooms, groups } = state.tables
    await state.redis.flushall()
    for (const changed of [
      { bans: { list: fail } },
      { activeUsers: { pages: fail } },
      { rooms: { livePages: fail } },
      { groups: { ...groups, livePages: fail } },
    ]) {
      const error = await state
        .rebuildWith(changed)
        .check()
        .catch((thrown: unknown) => thrown)
      expect(error).to.equal(died)
      expect(await state.redis.exists(state.keys.epoch)).to.equal(0)
    }
    expect(await state.rebuildWith({ bans, activeUsers, rooms }).check()).to.equal('rebuilt')
    expect(await state.wrong()).to.deep.equal([])
  })

  it('obeys the rebuild that began last when there are two', async () => {
    await populate()
    await state.redis.flushall()
    let second: string | undefined
    const first = await state
      .rebuildWith({
        groups: {
          ...state.tables.groups,
          livePages: async function* () {
            // The first has put back everybody and all rooms; now another begins, and finishes.
            second = await state.rebuild.check()
            yield* state.tables.groups.livePages()
          },
        },
      })
      .check()
    expect([first, second]).to.deep.equal(['overtaken', 'rebuilt'])
    expect(await state.wrong()).to.deep.equal([])
    expect(await state.rebuild.check()).to.equal('whole')
  })

  it('does not finish when its work is lost again meanwhile', async () => {
    await populate()
    await state.redis.flushall()
    const { groups } = state.tables
    const loses = async function* () {
      await state.redis.flushall()
      yield* groups.livePages()
    }
    expect(await state.rebuildWith({ groups: { ...groups, livePages: loses } }).check()).to.equal('overtaken')
    expect(await state.redis.exists(state.keys.epoch)).to.equal(0)
    expect(await state.rebuild.check()).to.equal('rebuilt')
    expect(await state.wrong()).to.deep.equal([])
  })

  it('lets no script change anything meanwhile', async () => {
    const open = await state.opened(person(1), person(2))
    await state.settle()
    await state.redis.flushall()
    const refusals: unknown[] = []
    const { groups } = state.tables
    const tries = async function* () {
      for (const attempt of [
        () => state.find(person(3)),
        () => state.waitingSet.stop(person(1)),
        () => state.rooms.close(open.id, { reason: 'left' }),
      ])
        refusals.push(await attempt().catch((error: { code?: string }) => error.code))
      yield* groups.livePages()
    }
    await state.rebuildWith({ groups: { ...groups, livePages: tries } }).check()
    expect(refusals).to.deep.equal(['rebuilding', 'rebuilding', 'rebuilding'])
  })

  it('tells the ledger only what is newer than everything it knows, also when the clock went back', async () => {
    await state.find(person(1))
    await state.settle()
    const future = Date.now() + 3_600_000
    await state.db.none('update deployment set ledger_ms = $1', future)
    await state.redis.flushall()
    await state.rebuild.check()
    await state.waitingSet.stop(person(1))
    const [entry] = await state.redis.xrange(state.keys.mailbox('ledger'), '-', '+')
    expect(Number(entry?.[0].split('-')[0])).to.be.greaterThan(future)
    await state.write()
    expect(await state.tables.activeUsers.byUsers([person(1)])).to.deep.equal([])
  })

  it('does not take a batch from before the loss for news', async () => {
    await state.find(person(1))
    await state.settle()
    await state.waitingSet.stop(person(1))
    await state.find(person(1))
    const batch = await state.redis.xrange(state.keys.mailbox('ledger'), '-', '+')
    await state.redis.flushall()
    await state.rebuild.check()
    expect(await state.waitingSet.stop(person(1))).to.deep.equal({ tag: 'stopped' })
    await state.write()
    // A ledger that had read it before writes it only now.
    for (const [id, fields] of batch) await state.redis.xadd('late', id, ...fields)
    await state.redis.rename('late', state.keys.mailbox('ledger'))
    await state.write()
    expect(await state.tables.activeUsers.byUsers([person(1)])).to.deep.equal([])
  })
})
