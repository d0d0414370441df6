import { findScript } from '../../src/redis/scripts.js'
import type { BenchServer } from './bench-server.js'
import { createCrowd } from './find-crowd.js'
import type { Result } from './report.js'
import { measure, type Candidate } from './slices.js'

const WAITING = 1_000
const CALLS = 40
/** As many finders as ever share a call, and how many the re-match tick looks at (`src/redis/waiting-set.ts`). */
const FINDERS = 50
const LOOK_REMATCH = 64

/** Where the script's judge says yes, after all its work. */
const YES = /(passed_over = passed_over or .*\n\s*return false\n\s*end\n\s*return )true/

/**
 * B3: the longest that the script can take: 1,000 people wait, everybody has met everybody else, and as many search at
 * once as ever share a call. A person's record holds the last three partners only, so that nobody can have met so many:
 * the script's own judgement is made to say no whatever it finds.
 */
export const benchExclusions = async (server: BenchServer, rounds: number): Promise<Result> => {
  const { redis } = server
  const lua = findScript.lua.replace(YES, '$1false')
  if (lua === findScript.lua) throw new Error('the script does not judge where it is expected to')
  const crowd = await createCrowd(server, 'b3', lua)
  const fill = async () => {
    await crowd.clear()
    await crowd.addWaiting(0, WAITING)
    await crowd.addPeople(WAITING, CALLS * FINDERS)
    await crowd.addStock(0, FINDERS)
  }
  const untouched = async () => {
    if ((await redis.hlen(crowd.keys.rooms)) !== 0) throw new Error('people were paired who have met')
  }
  let round = 0
  const finds: Candidate = {
    name: `${FINDERS} search at once`,
    prepare: async () => {
      round = 0
      await fill()
    },
    run: async () => {
      const users = Array.from({ length: FINDERS * CALLS }, (_, n) => crowd.person(WAITING + n))
      await crowd.find(users, FINDERS)
      return CALLS
    },
    check: untouched,
  }
  let changes = 0
  const rematch = (name: string): Candidate => ({
    name,
    prepare: async () => {
      if (round++ === 0) await fill()
      changes = await server.changes()
    },
    run: async () => {
      for (let i = 0; i < CALLS; i++) await crowd.match(LOOK_REMATCH)
      return CALLS
    },
    check: async () => {
      await untouched()
      if ((await server.changes()) !== changes) throw new Error('a re-match that pairs nobody wrote something')
    },
  })
  const measured = await measure(server, [rematch('re-match'), finds, rematch('re-match again')], rounds)
  await crowd.clear()
  const msOf = (name: string) => (measured.cpuUs.get(name) ?? NaN) / 1_000
  return {
    id: 'B3',
    what: 'the longest script: 1,000 wait, and everybody has met everybody (CPU of the server, ms)',
    lines: [
      { what: `${FINDERS} search at once, ms`, median: msOf(finds.name), atMost: 0.5 },
      { what: 're-match that pairs nobody and writes nothing, ms', median: msOf('re-match'), atMost: 0.5 },
    ],
    same: measured.ratio('re-match again', 're-match'),
    measured,
  }
}
