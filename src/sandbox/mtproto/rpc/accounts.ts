import { Denied } from '../../world/denied.js'
import { objects, object, text } from '../tl/fields.js'
import type { Handlers } from './call.js'
import { peerChannel, peerUser } from './peers.js'

/** users.*, contacts.*, account.*: who is who. */
export const accounts: Handlers = {
  'account.updateStatus': () => true,

  'users.getUsers': (request, call) => call.views.users(objects(request, 'id').map((input) => call.userIdOf(input))),

  'users.getFullUser': (request, call) => {
    const user = call.world.users.get(call.userIdOf(object(request, 'id')))
    const full_user = {
      _: 'userFull',
      id: user.id,
      blocked: call.world.dialogs.find(call.me, user.id)?.blocked ?? false,
      settings: { _: 'peerSettings' },
      notify_settings: { _: 'peerNotifySettings' },
      bot_info: user.bot ? { _: 'botInfo', user_id: user.id } : undefined,
      common_chats_count: 0,
    }
    return { _: 'users.userFull', full_user, chats: [], users: [call.views.user(user)] }
  },

  // Nobody here has an address book.
  'contacts.getContacts': () => ({ _: 'contacts.contacts', contacts: [], saved_count: 0, users: [] }),

  'contacts.resolveUsername': (request, call) => {
    const name = text(request, 'username')
    const user = call.world.users.byUsername(name)
    if (user) return { _: 'contacts.resolvedPeer', peer: peerUser(user.id), chats: [], users: [call.views.user(user)] }
    const chat = call.world.chats.byUsername(name)
    if (!chat) throw new Denied('USERNAME_NOT_OCCUPIED')
    return { _: 'contacts.resolvedPeer', peer: peerChannel(chat.id), chats: [call.views.chat(chat)], users: [] }
  },

  'contacts.block': (request, call) => {
    const dialog = call.dialogWith(object(request, 'id'))
    call.world.dialogs.block(dialog.userId, dialog.botId, true)
    return true
  },

  'contacts.unblock': (request, call) => {
    const dialog = call.dialogWith(object(request, 'id'))
    call.world.dialogs.block(dialog.userId, dialog.botId, false)
    return true
  },
}
