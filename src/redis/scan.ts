import type { RedisClient } from './define-script.js'

/** A page takes Redis a fraction of a millisecond for so many. */
const COUNT = 1_000

type Step = (cursor: string) => Promise<[cursor: string, elements: string[]]>

async function* pages(step: Step): AsyncGenerator<string[]> {
  let reading: ReturnType<Step> | undefined = step('0')
  while (reading !== undefined) {
    const [cursor, elements]: [string, string[]] = await reading
    // The next page comes while this one is looked at. Whoever stops before does not hear of its failure.
    reading = cursor === '0' ? undefined : step(cursor)
    reading?.catch(() => undefined)
    if (elements.length > 0) yield elements
  }
}

/** Members of a set, page by page. What stays in it throughout is given at least once; the rest may be. */
export const membersOf = (redis: RedisClient, key: string): AsyncGenerator<string[]> =>
  pages((cursor) => redis.sscan(key, cursor, 'COUNT', COUNT))

async function* paired(step: Step): AsyncGenerator<[string, string][]> {
  for await (const flat of pages(step))
    yield flat.flatMap((name, i): [string, string][] => (i % 2 === 0 ? [[name, flat[i + 1] ?? '']] : []))
}

/** Fields and values of a hash, page by page, as `membersOf`. */
export const fieldsOf = (redis: RedisClient, key: string): AsyncGenerator<[string, string][]> =>
  paired((cursor) => redis.hscan(key, cursor, 'COUNT', COUNT))

/** Members and scores of a sorted set, page by page, as `membersOf`. */
export const scoresOf = (redis: RedisClient, key: string): AsyncGenerator<[string, string][]> =>
  paired((cursor) => redis.zscan(key, cursor, 'COUNT', COUNT))
