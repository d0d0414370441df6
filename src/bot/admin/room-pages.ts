import type { RoomId } from '../../ids.js'
import { hasEntered, STAGES, type Room } from '../../redis/rooms.js'
import type { Reader } from '../notices/notice.js'
import type { PanelPage } from './actions.js'
import { nameOf, namesOf, pageButtons, pagesOf, PAGE } from './pages.js'

/** One page of all rooms: those being entered first, nearest deadline first. */
const roomsOn = async ({ panel, rooms }: Reader, page: number): Promise<{ total: number; found: Room[] }> => {
  const counts = await rooms.countByStage()
  const found: Room[] = []
  let skip = page * PAGE
  for (const stage of STAGES) {
    if (found.length < PAGE) found.push(...(await panel.rooms.list(stage, skip, PAGE - found.length)))
    skip = Math.max(0, skip - counts[stage])
  }
  return { total: STAGES.reduce((sum, stage) => sum + counts[stage], 0), found }
}

/** Rooms, page by page, each with a button to look at it. */
export const rooms = async (reader: Reader, { page }: { page: number }): Promise<PanelPage> => {
  const { texts, waitingSet } = reader
  const [{ total, found }, now] = await Promise.all([roomsOn(reader, page), waitingSet.now()])
  const names = await namesOf(
    reader,
    found.flatMap(({ a, b }) => [a, b]),
  )
  const lines = found.map(({ stage, at, a, b }, index) =>
    texts.say('admin.rooms.line', {
      number: index + 1,
      stage,
      age: texts.duration(Math.max(1, now - at)),
      one: nameOf(names, a),
      other: nameOf(names, b),
    }),
  )
  return {
    text: [texts.say('admin.rooms', { total, page: page + 1, pages: pagesOf(total) }), '', ...lines].join('\n').trim(),
    rows: [
      found.map(({ id }, index) => ({ text: String(index + 1), action: { show: 'room', room: id } })),
      pageButtons(texts, total, page, (to) => ({ show: 'rooms', page: to })),
    ],
  }
}

/** One room: what it is now, who is in it, and the button that ends it (pressed twice, so that it is meant). */
export const room = async (reader: Reader, view: { room: RoomId; sure?: boolean }): Promise<PanelPage> => {
  const { texts, waitingSet } = reader
  const back = { text: texts.say('button.back'), action: { show: 'rooms', page: 0 } } as const
  const [found, now] = await Promise.all([reader.rooms.get(view.room), waitingSet.now()])
  if (!found) return { text: texts.say('admin.room.gone', { room: view.room }), rows: [[back]] }
  const people = [found.a, found.b]
  const names = await namesOf(reader, people)
  const person = (user: (typeof people)[number]) =>
    texts.say('admin.room.person', { name: nameOf(names, user), entered: hasEntered(found, user) ? 'yes' : 'no' })
  return {
    text: texts.say('admin.room', {
      room: found.id,
      stage: found.stage,
      age: texts.duration(Math.max(1, now - found.at)),
      left: texts.duration(Math.max(1, found.deadline - now)),
      host: found.host,
      group: found.chat,
      one: person(found.a),
      other: person(found.b),
    }),
    rows: [
      people.map((user) => ({ text: `👤 ${nameOf(names, user)}`, action: { show: 'person', user } })),
      found.stage === 'closing'
        ? []
        : view.sure === true
          ? [{ text: texts.say('button.close_room.sure'), action: { do: 'close', room: found.id } }]
          : [{ text: texts.say('button.close_room'), action: { show: 'room', room: found.id, sure: true } }],
      [back, { text: texts.say('button.refresh'), action: { show: 'room', room: found.id } }],
    ],
  }
}
