import { languageOf, textsFor } from '../texts/index.js'
import type { OutgoingMessage } from '../../telegram/bot-api.js'
import type { UserId } from '../../ids.js'
import type { GroupNotice, NoArgs } from './notice.js'

type Entities = NonNullable<OutgoingMessage['entities']>[number][]

/** Each nickname leads to the person it stands for, so that the two see who is who. */
const mentions = (text: string, people: readonly { user: UserId; name: string }[]): Entities => {
  const entities: Entities = []
  let from = 0
  for (const { user, name } of people) {
    const offset = text.indexOf(name, from)
    if (offset < 0) continue
    from = offset + name.length
    const mentioned = { id: Number(user), is_bot: false, first_name: name }
    entities.push({ type: 'text_mention', offset, length: name.length, user: mentioned })
  }
  return entities
}

/** Who is who, and how the room ends; in both languages where the two read different ones. */
const welcome: GroupNotice<NoArgs> = async ({ rooms, users, settings, room: id, chat }) => {
  const room = await rooms.get(id)
  if (room?.stage !== 'open' || room.chat !== chat) return undefined
  const names = await users.names([room.a, room.b])
  const people = [room.a, room.b].map((user) => ({
    user,
    name: names.get(user)?.nickname ?? '?',
    language: languageOf(names.get(user)?.language),
  }))
  const [one, other] = people.map(({ name }) => name) as [string, string]
  const languages = [...new Set(people.map(({ language }) => language))]
  let text = ''
  const entities: Entities = []
  for (const language of languages) {
    const texts = textsFor(language)
    const part = texts.say('welcome', { one, other, time: texts.duration(settings.idleMs) })
    const start = text === '' ? 0 : text.length + 2
    text = text === '' ? part : `${text}\n\n${part}`
    entities.push(...mentions(part, people).map((entity) => ({ ...entity, offset: entity.offset + start })))
  }
  return { text, entities }
}

export const groupNotices = { welcome }
