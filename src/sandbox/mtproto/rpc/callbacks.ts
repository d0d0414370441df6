import { setTimeout as delay } from 'node:timers/promises'
import { Denied } from '../../world/denied.js'
import { bytes, int, object } from '../tl/fields.js'
import type { Handlers } from './call.js'

const BOT_ANSWERS_WITHIN_MS = 10_000

/** Pressing the buttons of bots. */
export const callbacks: Handlers = {
  'messages.getBotCallbackAnswer': async (request, call) => {
    const place = call.messageIn(object(request, 'peer'), int(request, 'msg_id'))
    const { answer } = call.world.callbacks.press(call.me, place, bytes(request, 'data').toString())
    const given = await Promise.race([answer, delay(BOT_ANSWERS_WITHIN_MS, undefined, { ref: false })])
    if (!given) throw new Denied('BOT_RESPONSE_TIMEOUT')
    const { alert, text: message, url } = given
    return { _: 'messages.botCallbackAnswer', alert, message, url, has_url: url !== undefined, cache_time: 0 }
  },
}
