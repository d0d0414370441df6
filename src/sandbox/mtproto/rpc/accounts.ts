import { Denied } from '../../world/denied.js'
import { long, object, objects, text } from '../tl/fields.js'
import type { TlObject } from '../tl/types.js'
import type { Call, Handlers } from './call.js'
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
      blocked: hasBlocked(call, user.id),
      settings: { _: 'peerSettings' },
      notify_settings: { _: 'peerNotifySettings' },
      bot_info: user.bot ? { _: 'botInfo', user_id: user.id } : undefined,
      common_chats_count: 0,
    }
    return { _: 'users.userFull', full_user, chats: [], users: [call.views.user(user)] }
  },

  // Nobody here has an address book: whom a client brings is found, and not kept.
  'contacts.getContacts': () => ({ _: 'contacts.contacts', contacts: [], saved_count: 0, users: [] }),

  'contacts.importContacts': (request, call) => {
    const imported = objects(request, 'contacts').flatMap((contact): TlObject[] => {
      const user = call.world.users.byPhone(text(contact, 'phone'))
      return user ? [{ _: 'importedContact', user_id: user.id, client_id: long(contact, 'client_id') }] : []
    })
    const users = call.views.users(imported.map((found) => Number(found['user_id'])))
    return { _: 'contacts.importedContacts', imported, popular_invites: [], retry_contacts: [], users }
  },

  'contacts.resolvePhone': (request, call) => {
    const user = call.world.users.byPhone(text(request, 'phone'))
    if (!user) throw new Denied('PHONE_NOT_OCCUPIED')
    return { _: 'contacts.resolvedPeer', peer: peerUser(user.id), chats: [], users: [call.views.user(user)] }
  },

  'contacts.resolveUsername': (request, call) => {
    const name = text(request, 'username')
    const user = call.world.users.byUsername(name)
    if (user) return { _: 'contacts.resolvedPeer', peer: peerUser(user.id), chats: [], users: [call.views.user(user)] }
    const chat = call.world.chats.byUsername(name)
    if (!chat) throw new Denied('USERNAME_NOT_OCCUPIED')
    return { _: 'contacts.resolvedPeer', peer: peerChannel(chat.id), chats: [call.views.chat(chat)], users: [] }
  },

  'contacts.block': (request, call) => {
    call.world.dialogs.block(call.me, call.userIdOf(object(request, 'id')), true)
    return true
  },

  'contacts.unblock': (request, call) => {
    call.world.dialogs.block(call.me, call.userIdOf(object(request, 'id')), false)
    return true
  },
}

function hasBlocked(call: Call, userId: number): boolean {
  const dialog = call.world.dialogs.find(call.me, userId)
  return dialog !== undefined && call.world.dialogs.hasBlocked(dialog, call.me)
}
