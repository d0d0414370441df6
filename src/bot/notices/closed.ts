import type { RoomId } from '../../ids.js'
import type { CloseReason } from '../../mailboxes.js'
import { button } from '../buttons.js'
import { banLeft, othersWaiting, paragraphs, whyNoPairs, type Notice, type Reader } from './notice.js'

/** What close-room says to each of the two. */
export interface ClosedArgs {
  readonly room: RoomId
  readonly reason: CloseReason
  readonly byYou: boolean
  /** Whether the reader had come in, and whether the room ended because the reader had not. */
  readonly came: boolean
  readonly missing: boolean
  /** The reader searches on. */
  readonly searching: boolean
  /** Their next search is served before others: the room ended through no doing of theirs. */
  readonly firstInLine: boolean
  readonly cooldownMs: number
  /** The end of the reader's ban, where that is the reason and it has one. */
  readonly until?: number
}

const excluded = async (reader: Reader, { until }: ClosedArgs): Promise<string> => {
  const left = await banLeft(reader, until)
  if (left === undefined) return reader.texts.say('closed.banned.you')
  return reader.texts.say('closed.banned.you.for', { time: reader.texts.pause(left) })
}

const why = async (reader: Reader, args: ClosedArgs): Promise<string> => {
  const { texts, settings } = reader
  const { reason, byYou, missing } = args
  switch (reason) {
    case 'left':
      return texts.say(byYou ? 'closed.left.you' : 'closed.left.partner')
    case 'no_show':
      return texts.say(missing ? 'closed.no_show.missing' : 'closed.no_show.came')
    case 'idle':
      return texts.say('closed.idle', { time: texts.duration(settings.idleMs) })
    case 'max_age':
      return texts.say('closed.max_age', { time: texts.duration(settings.maxAgeMs) })
    case 'banned':
      return byYou ? excluded(reader, args) : texts.say('closed.banned.partner')
    case 'operator':
    case 'blocked_bot':
    case 'bot_removed':
    case 'lost':
      return texts.say(`closed.${reason}`)
  }
}

/** Why the room ended, and what the reader can do next. That it ended stays true; what comes next is looked up. */
const closed: Notice<ClosedArgs> = async (reader, args) => {
  const { texts, to, waitingSet } = reader
  const now = await waitingSet.whereabouts(to)
  const isBanned = now.state === 'banned' || (args.reason === 'banned' && args.byYou)
  const idle = now.state === 'idle' && !isBanned
  return {
    text: paragraphs(
      await why(reader, args),
      args.came && texts.say('closed.traces'),
      idle && args.cooldownMs > 0 && texts.say('closed.cooldown', { time: texts.pause(args.cooldownMs) }),
      idle && args.firstInLine && texts.say('closed.first_in_line'),
      now.state === 'waiting' &&
        args.searching &&
        texts.say('closed.searching', { others: await othersWaiting(reader) }),
      now.state === 'waiting' && args.searching && (await whyNoPairs(reader, now.since)),
    ),
    ...(idle ? { keyboard: [[button(texts, 'find')]] } : {}),
    ...(now.state === 'waiting' && args.searching ? { keyboard: [[button(texts, 'stop')]] } : {}),
  }
}

export const closedNotices = { closed }
