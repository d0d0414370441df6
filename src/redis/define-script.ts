import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Cluster, Redis } from 'ioredis'
import { wordsOf } from '../errors.js'
import { taggedReply, type TaggedReply } from './replies.js'

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

/**
 * Declares `lua/<name>.lua`. Keys and arguments are written as in its header, with spaces between; `...` after the named
 * arguments says that more may follow.
 */
export const defineScript = <const Keys extends string, const Args extends string, Reply>(
  name: string,
  keys: Keys,
  args: Args,
  reply: (reply: TaggedReply) => Reply,
): Script<Words<Keys>, Exclude<Words<Args>, '...'>, Reply> => {
  const named = wordsIn(args)
  return {
    name,
    keys: wordsIn(keys),
    args: named.filter((word): word is Exclude<typeof word, '...'> => word !== '...'),
    rest: named.some((word) => word === '...'),
    lua: readFileSync(luaFile(name), 'utf8'),
    parse: (raw) => reply(taggedReply(name, raw)),
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

/** What a script is sent, in order: its keys, its arguments, and `rest`. */
export const valuesOf = <Keys extends string, Args extends string, Reply>(
  script: Script<Keys, Args, Reply>,
  keys: Readonly<Record<Keys, string>>,
  args: Readonly<Record<Args, string | number>>,
  rest: readonly (string | number)[] = [],
): (string | number)[] => [...script.keys.map((name) => keys[name]), ...script.args.map((name) => args[name]), ...rest]

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
    return script.parse(await send(redis, script.lua, script.keys.length, valuesOf(script, keys, args, rest)))
  } finally {
    observers.get(redis)?.(script.name, performance.now() - startedAt)
  }
}
