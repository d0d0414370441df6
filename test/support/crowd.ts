import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'chai'
import { parsePerson } from '../../src/redis/records.js'
import { claimOf } from './claims.js'
import { checkInvariants, untilAllIsTrue } from './oracle.js'
import type { Stage } from './stage.js'
import { RefusedBySandbox, type TelegramPerson } from './telegram-people.js'
import { until, untilNone } from './until.js'

/** Numbers from 0 to 1 that follow from the seed: what failed once can be run again (mulberry32). */
export const seeded = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
}

/** The seed of this run: another each time, and said, unless CHAOS_SEED gives one. */
export const chaosSeed = (): number => {
  const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000)
  console.log(`      CHAOS_SEED=${seed}`)
  return seed
}

const DOINGS = [
  ['find', 6],
  ['enter', 6],
  ['stop', 2],
  ['next', 2],
  ['leave', 1],
  ['talk', 1],
] as const
type Doing = (typeof DOINGS)[number][0]
const TOGETHER = DOINGS.reduce((sum, [, weight]) => sum + weight, 0)

/** Registered people who do what people do, at random. */
export const createCrowd = async (stage: Stage, size: number, random: () => number) => {
  const people = await Promise.all(Array.from({ length: size }, (_, n) => stage.people.create(`P${n}`)))
  // As if they had registered before: registration has tests of its own.
  await stage.db.none(
    `insert into users (user_id, language, gender, nickname)
     select id, 'en', 'other', 'P' || id from unnest($1::bigint[]) as id`,
    [people.map(({ id }) => id)],
  )

  const choose = (): Doing => {
    let at = random() * TOGETHER
    for (const [doing, weight] of DOINGS) if ((at -= weight) < 0) return doing
    return 'find'
  }

  /** The link of the newest invitation, as long as it is the last that the bot said about a room. */
  const lastLink = async (person: TelegramPerson): Promise<string | undefined> =>
    (await person.messages())
      .filter(({ from }) => from === person.bot)
      .slice(-3)
      .flatMap(({ buttons }) => (buttons ?? []).flat())
      .findLast(({ url }) => url?.includes('t.me/+'))?.url

  const act = async (person: TelegramPerson, doing: Doing): Promise<void> => {
    switch (doing) {
      case 'enter': {
        const link = await lastLink(person)
        if (link !== undefined) await person.enter(link)
        return
      }
      case 'leave':
      case 'talk': {
        const group = (await person.groups())[0]
        if (group && doing === 'leave') await person.leave(group.id)
        else if (group) await person.say('hello', group.id)
        return
      }
      default:
        await person.say(`/${doing}`)
    }
  }

  /** One random act of one random person. */
  const step = async (): Promise<void> => {
    const person = people[Math.floor(random() * people.length)]
    if (!person) return
    try {
      await act(person, choose())
    } catch (error) {
      // A link that has died, a group that is gone: people try that too.
      if (!(error instanceof RefusedBySandbox)) throw error
    }
  }

  /** Goes on until it is stopped: about `perSecond` acts. */
  const bustle = (perSecond: number) => {
    const stopping = new AbortController()
    let acts = 0
    const run = async () => {
      while (!stopping.signal.aborted) {
        await step()
        acts++
        await pause((2_000 / perSecond) * random())
      }
    }
    const running = run()
    return {
      acts: () => acts,
      stop: async () => {
        stopping.abort()
        await running
      },
    }
  }

  const whereOf = async (person: TelegramPerson): Promise<'waiting' | 'room' | 'idle'> => {
    const id = String(person.id)
    const [record, waiting, first] = await Promise.all([
      stage.redis.hget(stage.keys.people, id),
      stage.redis.sismember(stage.keys.waiting, id),
      stage.redis.sismember(stage.keys.first, id),
    ])
    if (waiting + first > 0) return 'waiting'
    return parsePerson(record).room === undefined ? 'idle' : 'room'
  }

  return { people, step, bustle, whereOf }
}
export type Crowd = Awaited<ReturnType<typeof createCrowd>>

const oracleOf = (stage: Stage) => ({
  redis: stage.redis,
  keys: stage.keys,
  db: stage.db,
  world: stage.world,
  claimOf,
})

export interface Aftermath {
  /** How long a host may take, beyond the ten seconds of I9. */
  readonly hostMs?: number
  /** How long all may take, beyond the ten seconds of I9, because there is so much to do. */
  readonly busyMs?: number
  readonly allowDeadLetters?: boolean
}

/** How many updates Telegram still keeps for the bot. */
const updatesLeft = async (stage: Stage): Promise<number> => {
  const answer = await fetch(`${stage.sandbox.http}/bot${stage.env['BOT_TOKEN']}/getWebhookInfo`)
  return ((await answer.json()) as { result: { pending_update_count: number } }).result.pending_update_count
}

/**
 * What must hold again within ten seconds after a disturbance (a host's own work: within its lease), counted from when
 * what people said meanwhile has been heard.
 */
export const recovered = async (
  stage: Stage,
  { hostMs = 0, busyMs = 0, allowDeadLetters = false }: Aftermath = {},
): Promise<void> => {
  await until('everything said is heard', async () => (await updatesLeft(stage)) === 0, {
    withinMs: 30_000 + busyMs,
    everyMs: 50,
  })
  await untilAllIsTrue({ ...oracleOf(stage), allowDeadLetters }, { withinMs: 10_000 + hostMs + busyMs, everyMs: 200 })
}

/** What must hold at any instant, while things are moving. */
export const nothingIsBroken = async (stage: Stage): Promise<void> => {
  const look = () => checkInvariants({ ...oracleOf(stage), settled: false })
  let found = await look()
  // Leases of rooms are read a moment after their records: those of a room that ended meanwhile are rightly gone.
  if (found.some((words) => words.endsWith('has no lease'))) {
    const again = await look()
    found = found.filter((words) => !words.endsWith('has no lease') || again.includes(words))
  }
  expect(found).to.deep.equal([])
}

/** Everybody can search, and stop; what they read is so (the oracle's I8). */
export const everybodyIsFree = async (stage: Stage, crowd: Crowd, aftermath: Aftermath = {}): Promise<void> => {
  const command = async (text: string, arrives: (where: string) => boolean) => {
    await Promise.all(crowd.people.map((person) => person.say(text)))
    await untilNone(
      `${text} takes effect for everybody`,
      async () => {
        const found: string[] = []
        for (const person of crowd.people) {
          const where = await crowd.whereOf(person)
          if (!arrives(where))
            found.push(`${person.id} is ${where}, and heard last: ${(await person.lastHeard())?.text}`)
        }
        return found
      },
      { withinMs: 10_000 + (aftermath.busyMs ?? 0), everyMs: 50 },
    )
    await recovered(stage, aftermath)
  }
  await command('/find', (where) => where !== 'idle')
  await command('/stop', (where) => where === 'idle')
}
