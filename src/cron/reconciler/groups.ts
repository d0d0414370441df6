import { chatId, roomId, type ChatId, type HostId } from '../../ids.js'
import { hostMailbox } from '../../mailboxes.js'
import type { GroupRow } from '../../postgres/groups.js'
import { runScript } from '../../redis/define-script.js'
import { parseStocked } from '../../redis/records.js'
import { fieldsOf, membersOf } from '../../redis/scan.js'
import { repairGroupScript } from '../../redis/scripts.js'
import { createRepairs, type Comparison, type ReconcilerDeps, type Suspect } from './difference.js'
import { compareUnknown } from './unknown-groups.js'

const FAULTS: Readonly<Record<string, string>> = {
  not_in_stock: 'should be in stock, but cannot be taken from there',
  no_place: 'is in stock, but has no place',
  held_by_nobody: 'is held by a room that does not exist',
  in_stock_too: 'is in stock and somewhere else',
}

const suspect = (
  kind: string,
  chat: string,
  words: string,
  evidence: unknown,
  repair: Suspect['repair'],
  lags = true,
): Suspect => ({ kind, about: 'group', subject: chat, words, evidence: JSON.stringify(evidence), lags, repair })

/** Whether what Redis keeps about one group agrees with itself. */
async function* compareOne(deps: ReconcilerDeps, chat: ChatId, host: HostId): AsyncGenerator<Suspect> {
  const { redis, keys } = deps
  const look = (dry: '1' | '') =>
    runScript(redis, repairGroupScript, { ...keys, hostMailbox: keys.mailbox(hostMailbox(host)) }, { dry, chat, host })
  const fault = await look('1')
  if (fault !== undefined)
    yield suspect(
      `group_${fault}`,
      chat,
      FAULTS[fault] ?? fault,
      fault,
      async () => (await look('')) !== undefined,
      false,
    )
}

const placeOf = (status: GroupRow['status'], place: string): boolean =>
  status === 'held' ? place !== 'stock' && place !== 'disposing' : status === place

/** One group that has a place in Redis, and its row. */
const compare = (deps: ReconcilerDeps, chat: ChatId, place: string, row: GroupRow): Suspect | undefined => {
  const { groups, tables } = deps
  const { announce, lose } = createRepairs(deps)
  const evidence = [row, place]
  const { group, host, status } = row
  if (status === 'deleted' || status === 'lost') {
    const repair = async (): Promise<boolean> => {
      if (place === 'disposing') return (await groups.forget(chat, host)) === 'forgotten'
      if (place === 'stock') return (await groups.retire(chat, host)) === 'retired'
      return lose(roomId(place))()
    }
    return suspect('group_is_gone', chat, 'does not exist any more, but Redis counts on it', evidence, repair)
  }
  if (placeOf(status, place) && (status !== 'held' || row.room === place)) return undefined
  const repair =
    place === 'disposing'
      ? () => tables.groups.setStatus(group, 'disposing')
      : place === 'stock'
        ? announce('group', chat, host)
        : announce('room', place)
  const now = place === 'stock' || place === 'disposing' ? place : 'held'
  return suspect('group_outdated', chat, `${status} in Postgres, ${now} in Redis`, evidence, repair)
}

/** Whether every group is in one place, and Redis and Postgres agree in which (I4). */
export const compareGroups: Comparison = async function* (deps) {
  const { redis, keys, tables, groups } = deps
  const { dispose } = createRepairs(deps)

  for await (const page of fieldsOf(redis, keys.groups)) {
    const rows = new Map(
      (await tables.groups.byChats(page.map(([chat]) => chatId(chat)))).map((row) => [row.chat, row]),
    )
    const unknown: [ChatId, string][] = []
    for (const [id, place] of page) {
      const chat = chatId(id)
      const row = rows.get(chat)
      if (row === undefined) {
        unknown.push([chat, place])
        continue
      }
      yield* compareOne(deps, chat, row.host)
      const found = compare(deps, chat, place, row)
      if (found) yield found
    }
    yield* compareUnknown(deps, unknown)
  }

  for await (const page of membersOf(redis, keys.stock)) {
    const members = page.flatMap((member) => parseStocked(member) ?? [])
    for (const member of page.filter((one) => parseStocked(one) === undefined)) {
      const repair = async () => (await redis.srem(keys.stock, member)) === 1
      yield suspect('stock_unreadable', member, 'lies in the stock, but is no group with its host', '', repair, false)
    }
    const known = new Set((await tables.groups.byChats(members.map(({ chat }) => chat))).map(({ chat }) => chat))
    for (const { chat, host } of members) {
      yield* compareOne(deps, chat, host)
      if (known.has(chat)) continue
      const repair = async () => (await groups.retire(chat, host)) === 'retired'
      yield suspect('group_unknown', chat, 'is in stock, but Postgres does not know it', host, repair)
    }
  }

  for await (const rows of tables.groups.livePages()) {
    const placed = rows.filter((row) => row.chat !== null && row.status !== 'preparing')
    if (placed.length === 0) continue
    const places = await redis.hmget(keys.groups, ...placed.map(({ chat }) => chat ?? ''))
    for (const [i, row] of placed.entries()) {
      if (places[i] !== null || row.chat === null) continue
      const { chat, group, host, status } = row
      const repair = async () => {
        await tables.groups.setStatus(group, 'disposing')
        return dispose(chat, host, '')
      }
      yield suspect('group_without_place', chat, `${status} in Postgres, but Redis lost it`, row, repair)
    }
  }
}
