import type { BenchServer } from './bench-server.js'
import { createCrowd, type Crowd } from './find-crowd.js'
import type { Result } from './report.js'
import { measure, type Candidate } from './slices.js'

const FEW = 100
const MANY = 1_000_000
const ROOMS = 500_000
/** Finds between two fillings: the small waiting set must stay about as large as it is said to be. */
const AT_ONCE = 40
const PARTS = 5
/** Where the numbers of those begin who take part in the slices; the others are below. */
const FINDERS = 10_000_000
const COMING = 20_000_000
const STOCK = 5_000_000

/**
 * B2: whether a find costs more the more people wait and the more rooms there are. Every find pairs with one of those who
 * wait and takes a group; between the slices as many come to wait again. The small one is measured twice.
 */
export const benchSize = async (server: BenchServer, rounds: number): Promise<Result> => {
  const { redis } = server
  const fill = async (prefix: string, waiting: number, rooms: number): Promise<Crowd> => {
    const crowd = await createCrowd(server, prefix)
    await crowd.addRooms(0, rooms)
    await crowd.addWaiting(2 * rooms, waiting)
    // They have searched before, and lie in the memory as they came.
    await crowd.addPeople(FINDERS, (rounds + 1) * PARTS * AT_ONCE)
    await crowd.settle()
    return crowd
  }
  const candidate = (name: string, crowd: Crowd, twice = 1): Candidate => {
    let next = FINDERS
    let come = COMING * twice
    let before = 0
    const { rooms, waiting, stock } = crowd.keys
    return {
      name,
      parts: PARTS,
      prepare: async () => {
        await redis.del(stock, crowd.keys.mailbox('room'), crowd.keys.mailbox('ledger'))
        await crowd.addStock(STOCK, AT_ONCE)
        const lacking = FEW + AT_ONCE / 2 - (await redis.scard(waiting))
        if (lacking > 0) await crowd.addWaiting((come += AT_ONCE * 10) - lacking, lacking)
        before = await redis.hlen(rooms)
      },
      run: async () => {
        await crowd.find(
          Array.from({ length: AT_ONCE }, () => crowd.person(next++)),
          1,
        )
        return AT_ONCE
      },
      check: async () => {
        const made = (await redis.hlen(rooms)) - before
        if (made !== AT_ONCE) throw new Error(`${AT_ONCE} finds among people who wait made ${made} rooms`)
      },
    }
  }
  const [few, same, many] = [await fill('b2a', FEW, 0), await fill('b2b', FEW, 0), await fill('b2c', MANY, ROOMS)]
  const names = { few: `${FEW} wait`, same: `${FEW} wait, again`, many: `${MANY} wait, ${ROOMS} rooms` }
  const candidates = [candidate(names.few, few), candidate(names.many, many), candidate(names.same, same)]
  const measured = await measure(server, candidates, rounds)
  for (const crowd of [few, same, many]) await crowd.clear()
  return {
    id: 'B2',
    what: `a find where ${MANY.toLocaleString('en')} wait and ${ROOMS.toLocaleString('en')} rooms are ÷ where ${FEW} wait`,
    lines: [{ what: 'many ÷ few', ...measured.ratio(names.many, names.few), atMost: 1.2 }],
    same: measured.ratio(names.same, names.few),
    measured,
  }
}
