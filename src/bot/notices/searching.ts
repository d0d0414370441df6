import { button } from '../buttons.js'
import type { RoomId } from '../../ids.js'
import { banLeft, othersWaiting, paragraphs, roomOf, whyNoPairs, type NoArgs, type Notice } from './notice.js'

/**
 * The person waits. `noGroup`: somebody suitable waits too, only a group is missing. `unsuited`: others wait, and nobody
 * of them suits, which only those do not who have just met this person.
 */
const searching: Notice<{ already?: boolean; noGroup?: boolean; unsuited?: boolean }> = async (reader, args) => {
  const { already, noGroup, unsuited } = args
  const { texts, to, waitingSet } = reader
  const state = await waitingSet.whereabouts(to)
  if (state.state !== 'waiting') return undefined
  const [others, now] = await Promise.all([othersWaiting(reader), waitingSet.now()])
  const first = already
    ? texts.say('searching.already', { others, waited: texts.duration(now - state.since) })
    : texts.say(state.firstInLine ? 'searching.first' : 'searching', { others })
  const why = async () => {
    const nobody = await whyNoPairs(reader, state.since, already)
    if (nobody !== undefined || others === 0) return nobody
    if (unsuited) return texts.say('searching.met_before')
    // With a group in stock by now, whoever is left is paired in a moment.
    if (!noGroup || (await reader.groups.size()) > 0) return undefined
    // Who gets the next group is chance, unless only these two wait.
    return texts.say(others === 1 ? 'searching.no_group' : 'searching.no_groups')
  }
  return {
    text: paragraphs(first, await why()),
    keyboard: [[button(texts, 'stop')]],
  }
}

/** No group is left, and no host can make one: said once to those who wait already. */
const noRooms: Notice<NoArgs> = async ({ texts, to, waitingSet, shortage }) => {
  const [state, paused, standing] = await Promise.all([
    waitingSet.whereabouts(to),
    waitingSet.paused(),
    shortage.look(),
  ])
  if (state.state !== 'waiting' || paused || !standing?.at) return undefined
  return { text: texts.say('searching.no_rooms'), keyboard: [[button(texts, 'stop')]] }
}

/** The same is over. */
const roomsAgain: Notice<NoArgs> = async ({ texts, to, waitingSet, shortage }) => {
  const [state, paused, standing] = await Promise.all([
    waitingSet.whereabouts(to),
    waitingSet.paused(),
    shortage.look(),
  ])
  if (state.state !== 'waiting' || paused || standing) return undefined
  return { text: texts.say('searching.rooms_again'), keyboard: [[button(texts, 'stop')]] }
}

/** Paired just now; the invitation follows as soon as there is a link, and says the same better. */
const found: Notice<{ room: RoomId }> = async (reader, { room }) => {
  const state = await roomOf(reader, room)
  return state?.stage === 'inviting' && state.link === undefined ? { text: reader.texts.say('found') } : undefined
}

const stopped: Notice<NoArgs> = async ({ texts, to, waitingSet }) => {
  if ((await waitingSet.whereabouts(to)).state !== 'idle') return undefined
  return { text: texts.say('stopped'), keyboard: [[button(texts, 'find')]] }
}

/** An administrator ended the search. */
const searchRemoved: Notice<NoArgs> = async ({ texts, to, waitingSet }) =>
  (await waitingSet.whereabouts(to)).state === 'idle'
    ? { text: texts.say('search.removed'), keyboard: [[button(texts, 'find')]] }
    : undefined

const nothingToStop: Notice<NoArgs> = async ({ texts, to, waitingSet }) =>
  (await waitingSet.whereabouts(to)).state === 'idle' ? { text: texts.say('stop.nothing') } : undefined

/** Waiting longer than WAIT_MAX: the search ends unless this is answered within `confirmMs`. */
const stillThere: Notice<{ confirmMs: number }> = async (reader, { confirmMs }) => {
  const { texts, to, waitingSet } = reader
  const [state, now] = await Promise.all([waitingSet.whereabouts(to), waitingSet.now()])
  if (state.state !== 'waiting') return undefined
  const waited = texts.duration(now - state.since)
  return {
    text: paragraphs(
      texts.say('still_there.ask', { waited, time: texts.duration(confirmMs) }),
      await whyNoPairs(reader, state.since, true),
    ),
    keyboard: [[{ text: texts.say('button.keep_searching'), data: 'find' }, button(texts, 'stop')]],
  }
}

const searchEnded: Notice<NoArgs> = async ({ texts, to, waitingSet }) =>
  (await waitingSet.whereabouts(to)).state === 'idle'
    ? { text: texts.say('search.ended'), keyboard: [[button(texts, 'find')]] }
    : undefined

/** Redis lost its data and the person waits again. */
const searchGoesOn: Notice<NoArgs> = async (reader) => {
  const { texts, to, waitingSet } = reader
  const state = await waitingSet.whereabouts(to)
  if (state.state !== 'waiting') return undefined
  return {
    text: paragraphs(texts.say('search.goes_on'), await whyNoPairs(reader, state.since)),
    keyboard: [[button(texts, 'stop')]],
  }
}

/** Rooms were missed repeatedly. `until` by Redis' clock. */
const cooldown: Notice<{ until: number }> = async ({ texts, waitingSet }, { until }) => {
  // It was in force when they asked: an answer is due, however little of it is left by now.
  const left = Math.max(1_000, until - (await waitingSet.now()))
  return { text: texts.say('cooldown', { time: texts.pause(left) }) }
}

/** Said when somebody is banned, and whenever they try all the same. `until`: as of a ban that Postgres may not know yet. */
const banned: Notice<{ until?: number }> = async (reader, { until }) => {
  const { texts, to, profile, waitingSet } = reader
  const isBanned = (profile?.bannedUntil ?? null) !== null || (await waitingSet.whereabouts(to)).state === 'banned'
  // A ban that came to its end by itself since they asked is told all the same: it was the answer.
  if (!isBanned && !(until !== undefined && until <= (await waitingSet.now()))) return undefined
  const left = await banLeft(reader, until)
  return { text: left === undefined ? texts.say('banned') : texts.say('banned.for', { time: texts.pause(left) }) }
}

/** An administrator lifted a ban. Whoever blocked the bot is not written to. */
const unbanned: Notice<NoArgs> = async ({ texts, to, profile, waitingSet }) => {
  if (profile?.reachable !== true || profile.bannedUntil !== null) return undefined
  if ((await waitingSet.whereabouts(to)).state !== 'idle') return undefined
  return { text: texts.say('unbanned'), keyboard: [[button(texts, 'find')]] }
}

export const searchNotices = {
  searching,
  no_rooms: noRooms,
  rooms_again: roomsAgain,
  found,
  stopped,
  nothing_to_stop: nothingToStop,
  still_there: stillThere,
  search_removed: searchRemoved,
  search_ended: searchEnded,
  search_goes_on: searchGoesOn,
  cooldown,
  banned,
  unbanned,
}
