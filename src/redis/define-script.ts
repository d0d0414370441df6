import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Cluster, Redis } from 'ioredis'
import { RebuildingError, VisavisError, wordsOf } from '../errors.js'

/** A connection that runs scripts: one server or a cluster. */
export type RedisClient = Redis | Cluster

/**
 * A Lua script with its contract: names of keys and arguments in order, and how its reply is read. The same contract
 * stands in the header of `lua/<name>.lua`; a test holds the two together.
 */
export interface Script<Keys extends string, Args extends string, Reply> {
  readonly name: string
  readonly keys: readonly Keys[]
  readonly args: readonly Args[]
  /** Whether more arguments may follow the named ones. */
  readonly rest: boolean
  readonly lua: string
  readonly parse: (reply: unknown) => Reply
}

export const luaFile = (name: string): URL => new URL(`../../lua/${name}.lua`, import.meta.url)

/** Each of the words in a text that has one space between them. */
type Words<Text extends string> = Text extends `${infer Word} ${infer Rest}` ? Word | Words<Rest> : Exclude<Text, ''>

const wordsIn = <Text extends string>(text: Text): Words<Text>[] =>
  text.split(' ').filter((word): word is Words<Text> => word !== '')

/** Declares `lua/<name>.lua`. Keys and arguments are written as in its header, with spaces between. */
export const defineScript = <const Keys extends string, const Args extends string, Reply>(contract: {
  name: string
  keys: Keys
  args: Args
  rest?: boolean
  reply: (reply: TaggedReply) => Reply
}): Script<Words<Keys>, Words<Args>, Reply> => ({
  name: contract.name,
  keys: wordsIn(contract.keys),
  args: wordsIn(contract.args),
  rest: contract.rest ?? false,
  lua: readFileSync(luaFile(contract.name), 'utf8'),
  parse: (reply) => contract.reply(taggedReply(contract.name, reply)),
})

/** A reply as the scripts give it: a tag and what belongs to it. */
export interface TaggedReply {
  readonly tag: string
  /** The part after the tag with this number (from 0), as text; throws when it is missing. */
  text(index: number): string
  number(index: number): number
  /** The reply itself, for scripts that reply with a list of replies. */
  readonly raw: unknown
  /** For a tag that the contract does not know. */
  unexpected(): never
}

export const taggedReply = (script: string, raw: unknown): TaggedReply => {
  const parts = Array.isArray(raw) ? (raw as unknown[]) : [raw]
  const surprise = (what: string) =>
    new VisavisError('script_reply', `Script ${script} ${what}: ${JSON.stringify(raw)}`)
  const text = (index: number): string => {
    const part = parts[index + 1]
    if (typeof part !== 'string' && typeof part !== 'number') throw surprise(`lacks part ${index} of its reply`)
    return String(part)
  }
  return {
    tag: typeof parts[0] === 'string' ? parts[0] : '',
    text,
    number: (index) => Number(text(index)),
    raw,
    unexpected: () => {
      if (parts[0] === 'rebuilding') throw new RebuildingError()
      throw surprise('gave an unexpected reply')
    },
  }
}

const observers = new WeakMap<RedisClient, (script: string, tookMs: number) => void>()

/** Hears of every script that runs on this connection, and how long it took with the way there and back. */
export const observeScripts = (redis: RedisClient, observer: (script: string, tookMs: number) => void): void => {
  observers.set(redis, observer)
}

interface Guard {
  readonly salt: string
  readonly doubt: () => Promise<unknown>
}
const guards = new WeakMap<RedisClient, Guard>()

/**
 * Has `doubt` called before a script runs that the server does not know: Redis forgets all scripts when it restarts, so
 * this is the one sign of a restart that comes before anything is changed. `salt` keeps the scripts of this deployment
 * apart from those that others may have brought there already.
 */
export const guardScripts = (redis: RedisClient, guard: Guard): void => {
  guards.set(redis, guard)
}

const shas = new Map<string, string>()
const shaOf = (lua: string): string => {
  let sha = shas.get(lua)
  if (sha === undefined) shas.set(lua, (sha = createHash('sha1').update(lua).digest('hex')))
  return sha
}

/** Sends a script by its digest; whole only when the server does not know it. */
const send = async (redis: RedisClient, lua: string, count: number, values: readonly (string | number)[]) => {
  const guard = guards.get(redis)
  const salted = guard === undefined ? lua : `${lua}-- ${guard.salt}\n`
  try {
    return await redis.evalsha(shaOf(salted), count, ...values)
  } catch (error) {
    if (!wordsOf(error).includes('NOSCRIPT')) throw error
    await guard?.doubt()
    return redis.eval(salted, count, ...values)
  }
}

/** Runs a script without the guard of its connection. */
export const runUnguarded = async <Keys extends string, Reply>(
  redis: RedisClient,
  script: Script<Keys, never, Reply>,
  keys: Readonly<Record<Keys, string>>,
): Promise<Reply> =>
  script.parse(await redis.eval(script.lua, script.keys.length, ...script.keys.map((name) => keys[name])))

/**
 * Runs a script. Keys and arguments are named; `rest` follows them. Throws RebuildingError while Redis is being
 * rebuilt (for scripts that refuse then), VisavisError `script_reply` for a reply outside the contract, and whatever
 * the connection throws.
 */
export const runScript = async <Keys extends string, Args extends string, Reply>(
  redis: RedisClient,
  script: Script<Keys, Args, Reply>,
  keys: Readonly<Record<Keys, string>>,
  args: Readonly<Record<Args, string | number>>,
  rest: readonly (string | number)[] = [],
): Promise<Reply> => {
  const startedAt = performance.now()
  try {
    const reply = await send(redis, script.lua, script.keys.length, [
      ...script.keys.map((name) => keys[name]),
      ...script.args.map((name) => args[name]),
      ...rest,
    ])
    return script.parse(reply)
  } finally {
    observers.get(redis)?.(script.name, performance.now() - startedAt)
  }
}
