import { expect } from 'chai'
import type { RoomId, UserId } from '../../src/ids.js'
import { CLOSE_REASONS } from '../../src/mailboxes.js'
import { createLiveState, HOST, people, seededRandom, type LiveState } from '../support/live-state.js'
import { checkInvariants } from '../support/oracle.js'

const OPERATIONS = 6_000
const CONNECTIONS = 6

describe('people and workers who act all at once', () => {
  let live: LiveState
  before(async () => {
    // Deadlines of some milliseconds, so that they pass while others act; leases that outlast the run, because only the
    // clearing up of a room, which is part of the run, ends a room for good.
    live = await createLiveState({
      settings: {
        waitMaxMs: 20,
        waitConfirmMs: 20,
        prepareMs: 15,
        entryMs: 15,
        idleMs: 20,
        maxAgeMs: 60,
        closingMs: 15,
        rematchAfterMs: 10,
      },
    })
  })
  after(() => live.close())

  it(`leave no invariant broken through ${OPERATIONS} operations on ${CONNECTIONS} connections`, async () => {
    const seed = Number(process.env['TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
    console.log(`    seed ${seed} (TEST_SEED takes the same choices)`)
    const random = seededRandom(seed)
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
    const crowd = people(40)
    const stores = Array.from({ length: CONNECTIONS }, () => live.storesOn(live.connect()))
    const rooms: RoomId[] = []
    const seen = { tags: new Map<string, number>() }
    const count = (tag: string) => seen.tags.set(tag, (seen.tags.get(tag) ?? 0) + 1)
    await live.stock(12)

    const someRoom = async (on: (typeof stores)[number]) => {
      const where = await on.waitingSet.whereabouts(pick(crowd))
      return where.state === 'paired' ? where.room : rooms.length > 0 && random() < 0.5 ? pick(rooms) : undefined
    }
    /** What the room actor does when it looks: the next step of a room, by its stage. */
    const look = async (on: (typeof stores)[number], id: RoomId) => {
      const claimed = await on.rooms.claim(id, `token-${random()}`, 5)
      if (claimed.tag !== 'room') return count(`claim ${claimed.tag}`)
      const { room } = claimed
      if (room.stage === 'inviting' && room.link === undefined)
        count(`invite ${await on.rooms.invite(id, room.version, `link-${id}`)}`)
      else if (room.stage === 'closing')
        count(`finish ${await on.rooms.finish(room, random() < 0.7 ? 'stock' : 'disposing')}`)
      else if (room.deadline < claimed.now) {
        const reason = room.stage === 'inviting' ? 'no_show' : 'idle'
        const absent = [room.a, room.b].filter(
          (user) => (user === room.a ? room.enteredA : room.enteredB) === undefined,
        )
        const closed = await on.rooms.close(id, {
          reason,
          version: room.version,
          ...(reason === 'no_show' && { absent }),
        })
        count(`close ${closed.tag}`)
      }
      return undefined
    }
    const operations: [weight: number, run: (on: (typeof stores)[number]) => Promise<unknown>][] = [
      [
        30,
        async (on) => {
          const reply = await on.waitingSet.find(pick(crowd), live.nextUpdate())
          count(`find ${reply.tag}`)
          if (reply.tag === 'paired') rooms.push(reply.room)
        },
      ],
      // Double taps and updates that come in the wrong order.
      [4, async (on) => on.waitingSet.find(pick(crowd), Math.floor(random() * live.nextUpdate()))],
      [
        12,
        async (on) => {
          const user = pick(crowd)
          const update = live.nextUpdate()
          const reply = await on.waitingSet.stop(user, { update })
          count(`stop ${reply.tag}`)
          if (reply.tag === 'in_room') await on.rooms.close(reply.room, { reason: 'left', by: user, update })
        },
      ],
      [
        8,
        async (on) => {
          const user = pick(crowd)
          const where = await on.waitingSet.whereabouts(user)
          if (where.state !== 'paired') return
          const next = { reason: 'left', by: user, update: live.nextUpdate(), again: true } as const
          count(`next ${(await on.rooms.close(where.room, next)).tag}`)
        },
      ],
      [
        14,
        async (on) => {
          const user = pick(crowd)
          const where = await on.waitingSet.whereabouts(user)
          if (where.state === 'paired') count(`enter ${await on.rooms.enter(where.room, user)}`)
        },
      ],
      [
        22,
        async (on) => {
          const room = await someRoom(on)
          if (room !== undefined) await look(on, room)
        },
      ],
      [
        6,
        async (on) => {
          const id = await someRoom(on)
          if (id === undefined) return
          count(`deadline ${await on.rooms.claimDeadline(id, 10)}`)
        },
      ],
      [
        4,
        async (on) => {
          const room = await on.rooms.get((await someRoom(on)) ?? ('none00' as RoomId))
          if (room) count(`renew ${await on.rooms.renew(room.id, room.chat)}`)
        },
      ],
      [
        3,
        async (on) => {
          const id = await someRoom(on)
          if (id !== undefined) await on.rooms.close(id, { reason: pick(CLOSE_REASONS), by: pick(crowd) })
        },
      ],
      [3, async (on) => on.waitingSet.match()],
      [3, async (on) => on.waitingSet.expire(5)],
      [
        2,
        async (on) => {
          const user = pick(crowd)
          await on.waitingSet.stop(user, { ban: { until: null } })
          await on.waitingSet.liftBan(user)
        },
      ],
      [
        4,
        async (on) => {
          for await (const [chat, place] of on.groups.places()) {
            if (random() < 0.8) continue
            if (place === 'stock') await on.groups.retire(chat, HOST)
            else if (place === 'disposing')
              await (random() < 0.5 ? on.groups.add(chat, HOST) : on.groups.forget(chat, HOST))
          }
          if ((await on.groups.size()) < 6) await live.stock(2)
        },
      ],
    ]
    const total = operations.reduce((sum, [weight]) => sum + weight, 0)
    const operation = () => {
      let at = random() * total
      return (operations.find(([weight]) => (at -= weight) < 0) ?? operations[0])?.[1]
    }

    let done = 0
    const act = async (on: (typeof stores)[number]) => {
      while (done++ < OPERATIONS) await operation()?.(on)
    }
    const violations = new Set<string>()
    const watch = async () => {
      while (done < OPERATIONS)
        for (const violation of await checkInvariants({ ...live, settled: false })) violations.add(violation)
    }
    // Two tasks to a connection: commands of one are between those of the other.
    await Promise.all([...stores, ...stores].map(act).concat(watch()))
    for (const violation of await checkInvariants({ ...live, settled: false })) violations.add(violation)
    expect([...violations], `seed ${seed}`).to.deep.equal([])

    await checkStory(live)
    // The run is worth something only if it came everywhere.
    for (const tag of ['find paired', 'find waiting', 'find in_room', 'stop stopped', 'stop in_room', 'next closed'])
      expect(seen.tags.get(tag) ?? 0, tag).to.be.greaterThan(5)
    for (const tag of ['enter opened', 'invite invited', 'finish finished', 'deadline claimed', 'close closed'])
      expect(seen.tags.get(tag) ?? 0, tag).to.be.greaterThan(5)
  }).timeout(60_000)
})

/** The mailboxes tell the same story as the state: every pair announced (I5), every room ended once (I6), nobody told twice. */
async function checkStory(live: LiveState): Promise<void> {
  const ledger = await live.mailbox('ledger')
  const of = (type: string) => ledger.filter((fact) => fact['type'] === type).map((fact) => fact['room'] ?? '')
  const [paired, closing, gone, opened] = [of('paired'), of('closing'), of('gone'), of('opened')]
  for (const once of [paired, closing, gone, opened]) expect(new Set(once).size).to.equal(once.length)
  expect([...closing, ...gone, ...opened].filter((room) => !paired.includes(room))).to.deep.equal([])
  expect(gone.filter((room) => !closing.includes(room))).to.deep.equal([])

  const standing = Object.keys(await live.redis.hgetall(live.keys.rooms))
  expect(paired.filter((room) => !gone.includes(room)).sort()).to.deep.equal(standing.sort())
  const looks = new Set((await live.mailbox('room')).map(({ room }) => room ?? ''))
  expect(paired.filter((room) => !looks.has(room))).to.deep.equal([])

  const told = new Map<string, number>()
  for (const { to = '', notice, args = '{}' } of await live.mailbox('courier')) {
    if (notice !== 'closed' && notice !== 'invitation') continue
    const key = `${notice} ${(JSON.parse(args) as { room: string }).room} ${to}`
    told.set(key, (told.get(key) ?? 0) + 1)
  }
  expect([...told.values()].filter((times) => times !== 1)).to.deep.equal([])
  for (const fact of ledger.filter(({ type }) => type === 'closing')) {
    const { a, b } = ledger.find(({ type, room }) => type === 'paired' && room === fact['room']) ?? {}
    const silent = fact['reason'] === 'blocked_bot' ? fact['by'] : undefined
    for (const user of [a, b] as UserId[])
      expect(told.get(`closed ${fact['room']} ${user}`) ?? 0).to.equal(user === silent ? 0 : 1)
  }
  // The facts, replayed in order, give where everybody is: what Postgres will say of them.
  const where = new Map<string, string>()
  for (const fact of ledger) {
    if (fact['type'] === 'waiting') for (const user of fact['users']?.split(',') ?? []) where.set(user, 'waiting')
    if (fact['type'] === 'idle') where.delete(fact['user'] ?? '')
    if (fact['type'] === 'paired') for (const user of [fact['a'], fact['b']]) where.set(user ?? '', fact['room'] ?? '')
    if (fact['type'] === 'closing') for (const [user, room] of where) if (room === fact['room']) where.delete(user)
  }
  for (const [user, record] of Object.entries(await live.redis.hgetall(live.keys.people))) {
    const state = await live.waitingSet.whereabouts(user as UserId)
    const is = state.state === 'paired' ? state.room : state.state === 'waiting' ? 'waiting' : undefined
    expect(where.get(user), record).to.equal(is)
  }
}
