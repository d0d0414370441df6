import { Denied } from '../../world/denied.js'
import type { Dialog, MessageContent } from '../../world/types.js'
import { flag, int, ints, long, maybeInt, maybeObject, object } from '../tl/fields.js'
import type { TlObject } from '../tl/types.js'
import type { Call, Handlers } from './call.js'
import { writtenText } from './entities.js'

const REMEMBERED_SENDINGS = 1000

/** Writing, changing, deleting and pinning messages, and marking them as read. */
export const messages: Handlers = {
  'messages.sendMessage': (request, call) => writeMessage(request, call, () => writtenText(request, call)),

  'messages.editMessage': (request, call) => {
    const peer = object(request, 'peer')
    const edit = request['message'] === undefined ? {} : writtenText(request, call)
    if (call.isChat(peer)) call.world.messages.edit(call.chatId(peer), call.me, int(request, 'id'), edit)
    else call.world.dialogs.edit(call.dialogWith(peer), call.me, int(request, 'id'), edit)
    return call.updates()
  },

  'messages.deleteMessages': (request, call) => {
    const ids = ints(request, 'id')
    const forBoth = isForBoth(request, call)
    const mine = call.world.dialogs.of(call.me)
    const count = mine.reduce((sum, dialog) => sum + call.world.dialogs.delete(dialog, call.me, ids, forBoth), 0)
    return { _: 'messages.affectedMessages', pts: call.boxes.of(call.me).pts, pts_count: count }
  },

  'messages.deleteHistory': (request, call) => {
    const peer = object(request, 'peer')
    if (call.isChat(peer)) throw new Denied('PEER_ID_INVALID')
    const dialog = call.dialogWith(peer)
    const upTo = int(request, 'max_id')
    const seen = call.world.dialogs.seenBy(dialog, call.me)
    const ids = seen.map((message) => call.world.dialogs.idFor(dialog, call.me, message))
    const gone = upTo === 0 ? ids : ids.filter((id) => id <= upTo)
    const count = call.world.dialogs.delete(dialog, call.me, gone, isForBoth(request, call))
    return { _: 'messages.affectedHistory', pts: call.boxes.of(call.me).pts, pts_count: count, offset: 0 }
  },

  'channels.deleteMessages': (request, call) => {
    const chat = call.enteredChat(object(request, 'channel'))
    const gone = call.world.messages.delete(chat.id, call.me, ints(request, 'id'))
    return { _: 'messages.affectedMessages', pts: chat.pts, pts_count: gone.length }
  },

  'channels.readHistory': (request, call) => {
    call.world.messages.markRead(call.enteredChat(object(request, 'channel')), call.me)
    return true
  },

  'messages.readHistory': (request, call) => {
    const dialog = call.dialogWith(object(request, 'peer'))
    const isNews = !call.world.users.isBot(call.me) && call.world.dialogs.markRead(dialog, call.me)
    return { _: 'messages.affectedMessages', pts: call.boxes.of(call.me).pts, pts_count: isNews ? 1 : 0 }
  },

  'messages.setTyping': () => true,

  'messages.updatePinnedMessage': (request, call) => {
    const chatId = call.chatId(object(request, 'peer'))
    const messageId = int(request, 'id')
    if (flag(request, 'unpin')) call.world.messages.unpin(chatId, call.me, messageId)
    else call.world.messages.pin(chatId, call.me, messageId, flag(request, 'silent'))
    return call.updates()
  },

  'messages.unpinAllMessages': (request, call) => {
    const chat = call.enteredChat(object(request, 'peer'))
    const count = chat.pinned.length
    call.world.messages.unpin(chat.id, call.me)
    return { _: 'messages.affectedHistory', pts: chat.pts, pts_count: count, offset: 0 }
  },
}

/** Writes a message wherever the request says, once. `read` gives what it says. */
export function writeMessage(request: TlObject, call: Call, read: () => MessageContent): TlObject {
  // Older layers name the message itself.
  const replyTo = maybeInt(maybeObject(request, 'reply_to') ?? request, 'reply_to_msg_id')
  deliver(call, object(request, 'peer'), long(request, 'random_id'), () => ({ ...read(), replyTo }))
  return call.updates()
}

/** Puts one message into a chat, once: `RANDOM_ID_DUPLICATE` for one that was put there before. */
export function deliver(call: Call, peer: TlObject, randomId: bigint, read: () => MessageContent): void {
  requireNew(call, randomId)
  const content = read()
  const id = call.isChat(peer)
    ? call.world.messages.send(call.chatId(peer), call.me, content).id
    : sendPrivately(call, call.dialogWith(peer), content)
  remember(call, randomId)
  call.collected.addFirst(`sent ${randomId}`, { _: 'updateMessageID', id, random_id: randomId })
}

function sendPrivately({ world, me }: Call, dialog: Dialog, content: MessageContent): number {
  const other = world.dialogs.otherThan(dialog, me)
  const message = world.users.isBot(me)
    ? world.dialogs.reply(other, me, content)
    : world.dialogs.write(me, other, content)
  return world.dialogs.idFor(dialog, me, message)
}

/** Whether messages go on both sides: bots have no other way. */
const isForBoth = (request: TlObject, call: Call): boolean => flag(request, 'revoke') || call.world.users.isBot(call.me)

const sent = new WeakMap<object, Set<string>>()

/** A message that is sent again, because its answer was lost, is not written twice. */
function requireNew(call: Call, randomId: bigint): void {
  if (sent.get(call.world)?.has(`${call.me}:${randomId}`)) throw new Denied('RANDOM_ID_DUPLICATE', 500)
}

function remember(call: Call, randomId: bigint): void {
  const known = sent.get(call.world) ?? new Set<string>()
  sent.set(call.world, known)
  known.add(`${call.me}:${randomId}`)
  const [oldest] = known
  if (oldest !== undefined && known.size > REMEMBERED_SENDINGS) known.delete(oldest)
}
