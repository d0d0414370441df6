import type { ChatId, HostId } from '../../ids.js'
import { runScript } from '../../redis/define-script.js'
import { parseStocked } from '../../redis/records.js'
import { membersOf } from '../../redis/scan.js'
import { dropPlaceScript } from '../../redis/scripts.js'
import { createRepairs, type ReconcilerDeps, type Suspect } from './difference.js'

/** Which host owns which group on Telegram, as far as hosts can be asked; undefined where Telegram is left out. */
const owners = async ({ hosts }: ReconcilerDeps): Promise<ReadonlyMap<ChatId, HostId> | undefined> => {
  if (hosts === undefined) return undefined
  const found = new Map<ChatId, HostId>()
  for (const { host, ownGroups } of await hosts())
    for (const { chat } of await ownGroups().catch(() => [])) found.set(chat, host)
  return found
}

const stockedChats = async ({ redis, keys }: ReconcilerDeps): Promise<ReadonlySet<string>> => {
  const found = new Set<string>()
  for await (const page of membersOf(redis, keys.stock))
    for (const member of page) found.add(parseStocked(member)?.chat ?? '')
  return found
}

/**
 * Groups that have a place in Redis and no row: what a host owns it deletes, of the others the place is forgotten. When
 * such a group exists all the same, its host finds it as an orphan.
 */
export async function* compareUnknown(
  deps: ReconcilerDeps,
  unknown: readonly (readonly [ChatId, string])[],
): AsyncGenerator<Suspect> {
  if (unknown.length === 0) return
  const { redis, keys } = deps
  const { dispose } = createRepairs(deps)
  const owned = await owners(deps)
  const stocked = await stockedChats(deps)
  for (const [chat, place] of unknown) {
    // Told of when the stock is looked at.
    if (stocked.has(chat)) continue
    const suspect = (words: string, evidence: unknown, repair: Suspect['repair']): Suspect => ({
      kind: 'group_unknown',
      about: 'group',
      subject: chat,
      words: `Postgres does not know it; ${words}`,
      evidence: JSON.stringify(evidence),
      lags: true,
      repair,
    })
    const host = owned?.get(chat)
    if ((await redis.hexists(keys.rooms, place)) === 1)
      yield suspect('a room is in it, and it goes when that ends', place, undefined)
    else if (owned === undefined) yield suspect('whether a host owns it is to be asked first', place, undefined)
    else if (host !== undefined)
      yield suspect(`host ${host} owns it and is to delete it`, [place, host], () => dispose(chat, host, place))
    else
      yield suspect(
        'no host that was asked owns it, so its place in Redis is to be forgotten',
        place,
        async () => (await runScript(redis, dropPlaceScript, keys, { chat, seen: place })) === 'dropped',
      )
  }
}
