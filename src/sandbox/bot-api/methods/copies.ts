import { copyOf, forwardOf } from '../../world/content.js'
import type { MessageContent, MessagePlace } from '../../world/types.js'
import { messageIn, placeOf, type Call, type Method } from '../call.js'
import { badRequest } from '../errors.js'
import { messageView, type MessageView } from '../views/messages.js'
import { post, readMarkup, readMessageIds, readReply, readText, sentView } from './sending.js'

/** The message that `from_chat_id` and `message_id` name; service messages cannot be taken along. */
function readSource(call: Call, verb: 'copied' | 'forwarded'): MessagePlace {
  if (!call.parameters.text('from_chat_id')) throw badRequest('parameter "from_chat_id" is required')
  const found = messageIn(call, placeOf(call, 'from_chat_id'), call.parameters.integer('message_id'))
  if (!found) throw badRequest(`message to ${verb === 'copied' ? 'copy' : 'forward'} not found`)
  if ('chat' in found && found.message.service) throw badRequest(`message can't be ${verb}`)
  return found
}

function copyMessage(call: Call): { message_id: number } {
  const place = placeOf(call)
  const source = copyOf(readSource(call, 'copied'))
  // A picture may be given other words to stand under it.
  const words = source.photo !== undefined && call.parameters.has('caption') ? readText(call, 'caption') : {}
  const content = { ...source, ...words, ...readMarkup(call, place), ...readReply(call, place) }
  const placed = post(call, place, content)
  return { message_id: messageView(call.world, placed).message_id }
}

function forwardMessage(call: Call): MessageView {
  const place = placeOf(call)
  return sentView(call, post(call, place, forwardOf(readSource(call, 'forwarded'))))
}

/** Takes along those of the messages that are there and no service messages, in their order; gives their new ids. */
function takeAll(call: Call, verb: 'copy' | 'forward'): { message_id: number }[] {
  const [place, from] = [placeOf(call), placeOf(call, 'from_chat_id')]
  const found = readMessageIds(call).flatMap((id) => messageIn(call, from, id) ?? [])
  const sources = found.filter((source) => !('chat' in source && source.message.service))
  if (sources.length === 0) throw badRequest(`there are no messages to ${verb}`)
  const contentOf = (source: MessagePlace): MessageContent => {
    if (verb === 'forward') return forwardOf(source)
    const copy = copyOf(source)
    return call.parameters.flag('remove_caption') && copy.photo !== undefined ? { photo: copy.photo } : copy
  }
  return sources.map((source) => {
    return { message_id: messageView(call.world, post(call, place, contentOf(source))).message_id }
  })
}

/** Messages taken from one chat to another. */
export const copyMethods: Record<string, Method> = {
  copyMessage,
  forwardMessage,
  copyMessages: (call) => takeAll(call, 'copy'),
  forwardMessages: (call) => takeAll(call, 'forward'),
}
