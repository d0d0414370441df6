import { copyOf, forwardOf } from '../../world/content.js'
import { Denied } from '../../world/denied.js'
import { flag, ints, longs, object } from '../tl/fields.js'
import type { Handlers } from './call.js'
import { deliver } from './messages.js'

/** Sending messages on: all of them, or, when one is not to be had, none. */
export const forwarding: Handlers = {
  'messages.forwardMessages': (request, call) => {
    const from = object(request, 'from_peer')
    const randomIds = longs(request, 'random_id')
    const contentOf = flag(request, 'drop_author') ? copyOf : forwardOf
    const contents = ints(request, 'id').map((id) => contentOf(call.messageIn(from, id)))
    if (contents.length !== randomIds.length) throw new Denied('RANDOM_ID_INVALID')
    for (const [index, content] of contents.entries())
      deliver(call, object(request, 'to_peer'), randomIds[index] ?? 0n, () => content)
    return call.updates()
  },
}
