import type { RoomId } from '../../ids.js'
import { hasEntered, partnerOf, type Room } from '../../redis/rooms.js'
import type { Button, OutgoingMessage } from '../../telegram/bot-api.js'
import { button } from '../buttons.js'
import type { Texts } from '../texts/index.js'
import { paragraphs, roomOf, type NoArgs, type Notice, type Reader } from './notice.js'

const enterButton = (texts: Texts, link: string): Button => ({ text: texts.say('button.enter'), url: link })

const timeLeft = async ({ texts, waitingSet }: Reader, room: Room): Promise<string> =>
  texts.duration(Math.max(1, room.deadline - (await waitingSet.now())))

/**
 * Whether this room is the first one since the person was told that a partner sees their profile. Somebody who was told
 * on behalf of this very room hears it again when the invitation has to be sent again.
 */
const needsWarning = ({ profile }: Reader, room: Room): boolean =>
  profile?.informedAt === undefined || profile.informedAt === null || profile.informedAt >= room.at

const invite = async (reader: Reader, room: Room, link: string, again: boolean): Promise<OutgoingMessage> => {
  const { texts } = reader
  const time = await timeLeft(reader, room)
  const warn = needsWarning(reader, room)
  if (warn) await reader.users.markInformed(reader.to)
  return {
    text: paragraphs(
      texts.say(again ? 'invitation.again' : 'invitation', { time }),
      warn && texts.say('invitation.exposure'),
    ),
    keyboard: [[enterButton(texts, link)], [button(texts, 'next'), button(texts, 'stop')]],
    disableLinkPreview: true,
    // The link is for this person only.
    protect: true,
  }
}

/** The room is ready and waits for this person. */
const invitation: Notice<{ room: RoomId }> = async (reader, args) => {
  const room = await roomOf(reader, args.room)
  if (room?.stage !== 'inviting' || room.link === undefined || hasEntered(room, reader.to)) return undefined
  return invite(reader, room, room.link, false)
}

/** This person is inside, the partner is not yet. */
const entered: Notice<{ room: RoomId }> = async (reader, args) => {
  const room = await roomOf(reader, args.room)
  if (room?.stage !== 'inviting' || !hasEntered(room, reader.to)) return undefined
  return { text: reader.texts.say('entered', { time: await timeLeft(reader, room) }) }
}

/** The partner is inside, this person is not yet. */
const partnerEntered: Notice<{ room: RoomId }> = async (reader, args) => {
  const room = await roomOf(reader, args.room)
  if (room?.stage !== 'inviting' || room.link === undefined) return undefined
  if (hasEntered(room, reader.to) || !hasEntered(room, partnerOf(room, reader.to))) return undefined
  return {
    text: reader.texts.say('partner.entered', { time: await timeLeft(reader, room) }),
    keyboard: [[enterButton(reader.texts, room.link)]],
    disableLinkPreview: true,
    protect: true,
  }
}

/** Where the person's room stands, for whoever searches or asks while in one. */
const inRoom: Notice<{ room: RoomId }> = async (reader, args) => {
  const room = await roomOf(reader, args.room)
  if (!room) return undefined
  const { texts, to } = reader
  if (room.stage === 'open')
    return { text: texts.say('room.open'), keyboard: [[button(texts, 'next'), button(texts, 'stop')]] }
  if (hasEntered(room, to)) return { text: texts.say('entered', { time: await timeLeft(reader, room) }) }
  if (room.link === undefined) return { text: texts.say('found') }
  return invite(reader, room, room.link, true)
}

/** Telegram refused to let the person in: they are in as many groups as it allows. */
const tooManyGroups: Notice<NoArgs> = async (reader) => {
  const where = await reader.waitingSet.whereabouts(reader.to)
  const room = where.state === 'paired' ? await roomOf(reader, where.room) : undefined
  if (room?.stage !== 'inviting' || room.link === undefined || hasEntered(room, reader.to)) return undefined
  return {
    text: reader.texts.say('room.full_up'),
    keyboard: [[enterButton(reader.texts, room.link)]],
    disableLinkPreview: true,
    protect: true,
  }
}

export const roomNotices = {
  invitation,
  entered,
  partner_entered: partnerEntered,
  in_room: inRoom,
  too_many_groups: tooManyGroups,
}
