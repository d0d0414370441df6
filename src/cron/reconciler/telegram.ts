import type { ChatId } from '../../ids.js'
import { parseStocked } from '../../redis/records.js'
import { membersOf } from '../../redis/scan.js'
import { createRepairs, type Comparison, type ReconcilerDeps, type ReachableHost, type Suspect } from './difference.js'

/** The kind of difference that a group is which exists on Telegram only. */
export const ORPHANED = 'group_orphaned'

const suspect = (kind: string, chat: ChatId, words: string, evidence: string, repair: Suspect['repair']): Suspect => ({
  kind,
  about: 'group',
  subject: chat,
  words,
  evidence,
  lags: true,
  repair,
})

async function* compareHost(deps: ReconcilerDeps, { host, ownGroups }: ReachableHost): AsyncGenerator<Suspect> {
  const { redis, keys, tables, groups } = deps
  const { dispose } = createRepairs(deps)

  // What is in stock is read first: a group that comes in meanwhile must not look as if it were missing.
  const stocked: ChatId[] = []
  for await (const page of membersOf(redis, keys.stock))
    for (const member of page) {
      const group = parseStocked(member)
      if (group?.host === host) stocked.push(group.chat)
    }
  // A host that cannot be asked now says nothing about its groups.
  const own = await ownGroups().catch(() => undefined)
  if (own === undefined) return
  const exists = new Set(own.map(({ chat }) => chat))
  for (const chat of stocked)
    if (!exists.has(chat))
      yield suspect('group_gone', chat, 'is in stock, but not on Telegram as it should be', host, async () => {
        return (await groups.retire(chat, host)) === 'retired'
      })

  const markers = new Set<string>()
  for await (const rows of tables.groups.livePages())
    for (const row of rows) if (row.host === host && row.chat === null) markers.add(row.marker)
  const rows = await tables.groups.byChats(own.map(({ chat }) => chat))
  const live = new Set(rows.filter(({ status }) => status !== 'deleted' && status !== 'lost').map(({ chat }) => chat))
  for (const { chat, title } of own) {
    // Being created: its host looks for it by its marker.
    if (live.has(chat) || markers.has(title)) continue
    const place = (await redis.hget(keys.groups, chat)) ?? ''
    if (place !== '') continue
    yield suspect(ORPHANED, chat, 'exists on Telegram, but nobody knows of it', host, () => dispose(chat, host, place))
  }
}

/** Whether Telegram has the groups that we count on, and no others (I4). Only as far as this process' hosts can see. */
export const compareTelegram: Comparison = async function* (deps) {
  for (const reachable of (await deps.hosts?.()) ?? []) yield* compareHost(deps, reachable)
}
