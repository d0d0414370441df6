import { setTimeout as delay } from 'node:timers/promises'
import { Denied } from '../../world/denied.js'
import type { MessagePlace } from '../../world/types.js'
import { bytes, int, object } from '../tl/fields.js'
import type { TlObject } from '../tl/types.js'
import type { Call, Handlers } from './call.js'

const BOT_ANSWERS_WITHIN_MS = 10_000

/** Pressing the buttons of bots. */
export const callbacks: Handlers = {
  'messages.getBotCallbackAnswer': async (request, call) => {
    const { answer } = call.world.callbacks.press(call.me, placeOf(request, call), bytes(request, 'data').toString())
    const given = await Promise.race([answer, delay(BOT_ANSWERS_WITHIN_MS, undefined, { ref: false })])
    if (!given) throw new Denied('BOT_RESPONSE_TIMEOUT')
    const { alert, text: message, url } = given
    return { _: 'messages.botCallbackAnswer', alert, message, url, has_url: url !== undefined, cache_time: 0 }
  },
}

function placeOf(request: TlObject, call: Call): MessagePlace {
  const peer = object(request, 'peer')
  const messageId = int(request, 'msg_id')
  if (call.isChat(peer)) {
    const chat = call.visibleChat(peer)
    const message = call.world.messages.find(chat, messageId)
    if (message) return { chat, message }
  } else {
    const dialog = call.dialogWith(peer)
    const message = call.world.dialogs.message(dialog, call.me, messageId)
    if (message) return { dialog, message }
  }
  throw new Denied('MESSAGE_ID_INVALID')
}
