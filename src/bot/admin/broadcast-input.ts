import type { Message, MessageEntity } from 'telegraf/types'
import type { BroadcastContent } from '../../postgres/broadcasts.js'
import { longestBroadcast } from '../../telegram/bot-api-message.js'

/** What a broadcast can be made of: a text or a photo, as the administrator wrote it; undefined for anything else. */
export const contentIn = (message: Message): Omit<BroadcastContent, 'buttonText' | 'buttonUrl'> | undefined => {
  const photo = 'photo' in message ? (message.photo.at(-1)?.file_id ?? null) : null
  let text = ''
  let entities: readonly MessageEntity[] | undefined
  if ('text' in message) ({ text, entities } = message)
  else if (photo !== null && 'caption' in message) [text, entities] = [message.caption ?? '', message.caption_entities]
  if (text === '' && photo === null) return undefined
  if (text.length > longestBroadcast(photo !== null)) return undefined
  return { text, photo, entities: entities ?? null }
}

/** `Words | https://address` as a button. */
export const buttonIn = (message: Message): Pick<BroadcastContent, 'buttonText' | 'buttonUrl'> | undefined => {
  const [, words, url] =
    /^(.{1,60}?)\s*\|\s*(https?:\/\/\S{3,1000})$/.exec('text' in message ? message.text.trim() : '') ?? []
  return words !== undefined && url !== undefined && URL.canParse(url)
    ? { buttonText: words, buttonUrl: url }
    : undefined
}
