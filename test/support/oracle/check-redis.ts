import { CLOSE_REASONS } from '../../../src/mailboxes.js'
import { STAGES } from '../../../src/redis/rooms.js'
import type { LiveSnapshot } from './read-redis.js'

const IN_NO_ROOM = ['', '+', '!']

/** What is wrong with the live state whenever one looks, in words. */
export const checkRedis = (live: LiveSnapshot): string[] => [
  ...checkPeople(live),
  ...checkPairs(live),
  ...checkDeadlines(live),
  ...checkGroups(live),
  ...checkEndings(live),
]

/** What is wrong once nothing moves any more: within so long everything overdue must have been dealt with. */
export const checkSettled = (live: LiveSnapshot, overdueMs: number, allowDeadLetters: boolean): string[] => {
  const found: string[] = []
  if (live.epoch === null) found.push('I9: the live state is still being rebuilt (no epoch)')
  const overdue = (what: string, deadline: number) => {
    if (deadline < live.now - overdueMs) found.push(`I9: ${what} is overdue by ${live.now - deadline} ms`)
  }
  for (const [user, deadline] of live.waits) overdue(`the search of ${user}`, deadline)
  for (const stage of STAGES)
    for (const [room, deadline] of live.stages[stage]) overdue(`room ${room} (${stage})`, deadline)
  for (const [stream, length] of live.streams) {
    if (stream === 'dead-letters') {
      if (length > 0 && !allowDeadLetters) found.push(`I9: ${length} dead letters`)
    } else if (length > 0) found.push(`I9: ${length} messages still lie in ${stream}`)
  }
  return found
}

function checkPeople({ people, waiting, first, rooms }: LiveSnapshot): string[] {
  const found: string[] = []
  for (const user of waiting) if (first.has(user)) found.push(`I1: ${user} waits twice (waiting set and first in line)`)
  for (const user of new Set([...waiting, ...first])) {
    const where = people.get(user)?.where
    if (where === undefined) found.push(`I1: ${user} waits without a record`)
    else if (where === '!') found.push(`I1: ${user} waits and is banned`)
    else if (where !== '') found.push(`I1: ${user} waits and is ${where === '+' ? 'idle' : `in room ${where}`}`)
  }
  for (const [user, { where }] of people) {
    if (IN_NO_ROOM.includes(where)) continue
    const room = rooms.get(where)
    if (!room) found.push(`I1: ${user} is in room ${where}, which does not exist`)
    else if (room.stage === 'closing') found.push(`I1: ${user} is still in room ${where}, which is closing`)
    else if (room.a !== user && room.b !== user) found.push(`I2: ${user} is in room ${where} of two others`)
  }
  return found
}

function checkPairs({ people, rooms }: LiveSnapshot): string[] {
  const found: string[] = []
  const seats = new Map<string, string>()
  for (const [id, room] of rooms) {
    if (room.id !== id) found.push(`I2: the record of room ${id} says ${room.id}`)
    if (room.stage === 'closing') continue
    if (room.a === room.b) found.push(`I2: ${room.a} is paired with oneself in room ${id}`)
    for (const user of [room.a, room.b]) {
      const other = seats.get(user)
      if (other !== undefined && other !== id) found.push(`I1: ${user} is in two rooms: ${other}, ${id}`)
      seats.set(user, id)
      const where = people.get(user)?.where ?? ''
      if (where !== id) found.push(`I2: room ${id} has ${user}, whose record says "${where}"`)
    }
  }
  return found
}

function checkDeadlines(live: LiveSnapshot): string[] {
  const { now, people, waiting, first, waits, rooms, stages, roomLeases, leases } = live
  const found: string[] = []
  for (const user of new Set([...waiting, ...first]))
    if (!waits.has(user)) found.push(`I3: ${user} waits without a deadline`)
  for (const [user, deadline] of waits) {
    // Who is paired keeps it until both are invited.
    const room = rooms.get(people.get(user)?.where ?? '')
    const isFresh = room !== undefined && room.link === undefined
    if (!waiting.has(user) && !first.has(user) && !isFresh)
      found.push(`I1: ${user} has a deadline for waiting but does not wait`)
    if (!(deadline > 0 && Number.isFinite(deadline))) found.push(`I3: the deadline of ${user} is ${deadline}`)
  }
  for (const [id, room] of rooms) {
    const inStages = STAGES.filter((stage) => stages[stage].has(id))
    if (inStages.length === 0) found.push(`I3: room ${id} (${room.stage}) has no deadline`)
    else if (inStages.length > 1) found.push(`I3: room ${id} is in several stages: ${inStages.join(', ')}`)
    else if (inStages[0] !== room.stage) found.push(`I3: room ${id} (${room.stage}) has its deadline in ${inStages[0]}`)
    // A claimed deadline moves on; it is never earlier than what the record says.
    const deadline = stages[room.stage].get(id)
    if (deadline !== undefined && !(deadline >= room.deadline && Number.isFinite(deadline)))
      found.push(`I3: room ${id} has the deadline ${deadline}, and ${room.deadline} in its record`)
    const leased = room.stage !== 'inviting' || room.link !== undefined
    if (leased && room.deadline > now + 50 && !roomLeases.has(id))
      found.push(`I3: room ${id} (${room.stage}) has no lease`)
  }
  for (const stage of STAGES)
    for (const id of stages[stage].keys())
      if (!rooms.has(id)) found.push(`I3: a deadline in ${stage} for room ${id}, which does not exist`)
  for (const [id, leftMs] of roomLeases) {
    if (leftMs < 0) found.push(`I3: the lease of room ${id} never ends`)
  }
  for (const [name, leftMs] of leases) if (leftMs < 0) found.push(`I3: the lease ${name} never ends`)
  return found
}

function checkGroups({ rooms, groups, stock }: LiveSnapshot): string[] {
  const found: string[] = []
  const stocked = new Set<string>()
  for (const member of stock) {
    const [chat = '', host = ''] = member.split(':')
    if (!/^-\d+$/.test(chat) || !/^\d+$/.test(host)) found.push(`I4: unreadable entry in stock: ${member}`)
    if (stocked.has(chat)) found.push(`I4: group ${chat} is twice in stock`)
    stocked.add(chat)
    const place = groups.get(chat)
    if (place !== 'stock') found.push(`I4: group ${chat} is in stock, and at "${place ?? 'nowhere'}"`)
  }
  for (const [chat, place] of groups) {
    if (place === 'disposing') continue
    if (place === 'stock') {
      if (!stocked.has(chat)) found.push(`I4: group ${chat} says it is in stock, but is not`)
    } else if (!rooms.has(place)) found.push(`I4: group ${chat} is held by room ${place}, which does not exist`)
    else if (rooms.get(place)?.chat !== chat)
      found.push(`I4: group ${chat} is held by room ${place}, which has another`)
  }
  for (const [id, room] of rooms) {
    const place = groups.get(room.chat)
    // A room that was put back only to be closed may find its group gone on to another.
    const held = room.stage === 'closing' ? place !== undefined : place === id
    if (!held) found.push(`I5: room ${id} (${room.stage}) has group ${room.chat}, which is at "${place ?? 'nowhere'}"`)
  }
  return found
}

function checkEndings({ rooms }: LiveSnapshot): string[] {
  const found: string[] = []
  for (const [id, room] of rooms) {
    const known = CLOSE_REASONS.some((reason) => reason === room.reason)
    if (room.stage === 'closing' && !known) found.push(`I6: room ${id} is closing for no reason`)
    if (room.stage !== 'closing' && room.reason !== undefined)
      found.push(`I6: room ${id} is ${room.stage}, but has ended`)
  }
  return found
}
