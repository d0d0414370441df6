import type { BenchServer } from './bench-server.js'
import { callAll, createCrowd, load, luaBeside } from './find-crowd.js'
import type { Result } from './report.js'
import { measure, type Candidate } from './slices.js'

const FINDS = 960
/** A service in use: so many pairs talk while others search. */
const ROOMS = 1_000
/** Where the numbers of those begin who search. */
const FINDERS = 10_000_000
const FLOOR_CALLS = 4_000
/** How many finds may share a call, as they do when they come in the same tick. */
const TOGETHER = [1, 8, 32] as const

/**
 * B1: what one find costs, beside a script that does nothing. 1,000 pairs talk, nobody waits at first, everybody has
 * searched before, each pair takes a group from stock. One per call: every other find waits and every other pairs.
 */
export const benchFind = async (server: BenchServer, rounds: number): Promise<Result> => {
  const { redis } = server
  const crowd = await createCrowd(server, 'b1')
  const floorSha = await load(server, luaBeside('floor'))
  const naiveSha = await load(server, luaBeside('naive'))
  const { epoch, waiting, people, rooms, inviting } = crowd.keys
  const users = Array.from({ length: FINDS }, (_, n) => crowd.person(FINDERS + n))
  const floorCalls = Array.from({ length: FLOOR_CALLS }, (_, n) => [
    ...[epoch, waiting, people, rooms, inviting],
    ...[crowd.person(n), n, 3_600_000],
  ])

  const floor = (name: string): Candidate => ({
    name,
    run: async () => (await callAll(server, floorSha, 5, floorCalls)).length,
  })
  const find = (together: number): Candidate => ({
    name: `find, ${together} per call`,
    prepare: async () => {
      await crowd.clear()
      await crowd.addRooms(0, ROOMS)
      await crowd.addPeople(FINDERS, FINDS)
      await crowd.addStock(ROOMS, FINDS / 2)
    },
    run: async () => {
      await crowd.find(users, together)
      return FINDS
    },
    check: async () => {
      const made = (await redis.hlen(rooms)) - ROOMS
      if (made !== FINDS / 2) throw new Error(`${FINDS} finds made ${made} rooms`)
      if ((await redis.scard(waiting)) !== 0) throw new Error('somebody was left waiting')
    },
  })
  const naiveKeys = ['{b1n}:waiting', '{b1n}:rooms', '{b1n}:mailbox']
  const naive: Candidate = {
    name: 'naive, 1 per call',
    prepare: async () => {
      const stream = redis.scanStream({ match: '{b1n}:*', count: 10_000 }) as AsyncIterable<string[]>
      for await (const found of stream) if (found.length > 0) await redis.del(...found)
    },
    run: async () => {
      const calls = users.map((user, n) => [...naiveKeys, '{b1n}:', user, Date.now(), crowd.chat(n)])
      return (await callAll(server, naiveSha, 3, calls)).length
    },
    check: async () => {
      const made = Number(await redis.get(naiveKeys[1] ?? ''))
      if (made !== FINDS / 2) throw new Error(`the naive script made ${made} rooms of ${FINDS} finds`)
    },
  }
  const finds = TOGETHER.map(find)
  const measured = await measure(server, [floor('floor'), ...finds, naive, floor('floor again')], rounds)
  await naive.prepare?.()
  await crowd.clear()
  const of = (together: number) => measured.ratio('floor', `find, ${together} per call`)
  return {
    id: 'B1',
    what: 'a script that does nothing ÷ one find (CPU of the server)',
    lines: [
      { what: 'floor ÷ find, one per call', ...of(1), atLeast: 0.28 },
      { what: 'floor ÷ find, 8 per call', ...of(8) },
      { what: 'floor ÷ find, 32 per call', ...of(32), atLeast: 0.5 },
      { what: 'floor ÷ a naive script', ...measured.ratio('floor', naive.name) },
    ],
    same: measured.ratio('floor', 'floor again'),
    measured,
  }
}
