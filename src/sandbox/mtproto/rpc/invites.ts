import { isInside } from '../../world/members.js'
import type { Chat, Invite } from '../../world/types.js'
import { flag, int, maybeFlag, maybeInt, maybeText, object, text } from '../tl/fields.js'
import type { TlObject } from '../tl/types.js'
import type { Call, Handlers } from './call.js'
import { Denied } from '../../world/denied.js'

/** Invite links, entering by them, and requests to join. */
export const invites: Handlers = {
  'messages.exportChatInvite': (request, call) => {
    const chat = administered(request, call)
    const primary = flag(request, 'legacy_revoke_permanent')
    return call.views.invite(chat, call.world.invites.export(chat.id, call.me, { ...termsOf(request), primary }))
  },

  'messages.editExportedChatInvite': (request, call) => {
    const chat = administered(request, call)
    const hash = hashOf(request, call)
    if (!flag(request, 'revoked')) {
      const invite = call.world.invites.edit(chat.id, call.me, hash, termsOf(request))
      return exported(call, chat, invite)
    }
    const { invite, replacement } = call.world.invites.revoke(chat.id, call.me, hash)
    if (!replacement) return exported(call, chat, invite)
    const new_invite = call.views.invite(chat, replacement)
    return { ...exported(call, chat, invite), _: 'messages.exportedChatInviteReplaced', new_invite }
  },

  'messages.getExportedChatInvite': (request, call) => {
    const chat = administered(request, call)
    const invite = chat.invites.get(hashOf(request, call))
    if (!invite) throw new Denied('INVITE_HASH_EXPIRED')
    return exported(call, chat, invite)
  },

  'messages.getExportedChatInvites': (request, call) => {
    const chat = administered(request, call)
    const adminId = call.userIdOf(object(request, 'admin_id'))
    const wanted = [...chat.invites.values()]
      .filter((invite) => invite.adminId === adminId && invite.revoked === flag(request, 'revoked'))
      .reverse()
    const offset = maybeText(request, 'offset_link')
    const start = offset ? wanted.findIndex((invite) => invite.hash === call.world.invites.hashOf(offset)) + 1 : 0
    return {
      _: 'messages.exportedChatInvites',
      count: wanted.length,
      invites: wanted.slice(start, start + int(request, 'limit')).map((invite) => call.views.invite(chat, invite)),
      users: call.views.users([adminId]),
    }
  },

  'messages.getAdminsWithInvites': (request, call) => {
    const chat = administered(request, call)
    const all = [...chat.invites.values()]
    const ids = [...new Set(all.map((invite) => invite.adminId))]
    const admins = ids.map((admin_id) => {
      const theirs = all.filter((invite) => invite.adminId === admin_id)
      const revoked_invites_count = theirs.filter((invite) => invite.revoked).length
      const invites_count = theirs.length - revoked_invites_count
      return { _: 'chatAdminWithInvites', admin_id, invites_count, revoked_invites_count }
    })
    return { _: 'messages.chatAdminsWithInvites', admins, users: call.views.users(ids) }
  },

  'messages.deleteExportedChatInvite': (request, call) => {
    call.world.invites.delete(administered(request, call).id, call.me, hashOf(request, call))
    return true
  },

  'messages.deleteRevokedExportedChatInvites': (request, call) => {
    const chat = administered(request, call)
    const adminId = call.userIdOf(object(request, 'admin_id'))
    for (const invite of [...chat.invites.values()])
      if (invite.revoked && invite.adminId === adminId) call.world.invites.delete(chat.id, call.me, invite.hash)
    return true
  },

  'messages.getChatInviteImporters': (request, call) => {
    const chat = administered(request, call)
    const link = maybeText(request, 'link')
    const hash = link === undefined ? undefined : call.world.invites.hashOf(link)
    const fits = (used: string | undefined): boolean => used !== undefined && (hash === undefined || used === hash)
    const found = flag(request, 'requested')
      ? [...chat.requests.values()].filter((request) => fits(request.inviteHash))
      : call.world.members.inside(chat).filter((member) => fits(member.inviteHash))
    const page = found.slice(0, int(request, 'limit'))
    return {
      _: 'messages.chatInviteImporters',
      count: found.length,
      importers: page.map((importer) => call.views.importer(importer)),
      users: call.views.users(page.map((importer) => importer.userId)),
    }
  },

  'messages.hideChatJoinRequest': (request, call) => {
    const userId = call.userIdOf(object(request, 'user_id'))
    call.world.invites.decide(call.chatId(object(request, 'peer')), call.me, userId, flag(request, 'approved'))
    return call.updates()
  },

  'messages.hideAllChatJoinRequests': (request, call) => {
    const chat = administered(request, call)
    const link = maybeText(request, 'link')
    const hash = link === undefined ? undefined : call.world.invites.hashOf(link)
    for (const { userId, inviteHash } of [...chat.requests.values()])
      if (hash === undefined || hash === inviteHash)
        call.world.invites.decide(chat.id, call.me, userId, flag(request, 'approved'))
    return call.updates()
  },

  'messages.checkChatInvite': (request, call) => {
    const { chat, invite } = call.world.invites.find(text(request, 'hash'))
    if (isInside(call.world.members.find(chat, call.me))) return { _: 'chatInviteAlready', chat: call.views.chat(chat) }
    return {
      _: 'chatInvite',
      channel: true,
      broadcast: chat.type === 'channel',
      megagroup: chat.type === 'supergroup',
      request_needed: invite.requestNeeded,
      title: chat.title,
      about: chat.about || undefined,
      photo: { _: 'photoEmpty', id: 0 },
      participants_count: call.world.members.count(chat),
      color: 0,
    }
  },

  'messages.importChatInvite': (request, call) => {
    call.world.invites.join(call.me, text(request, 'hash'))
    return call.updates()
  },
}

const administered = (request: TlObject, call: Call): Chat =>
  call.world.chats.administered(call.chatId(object(request, 'peer')), call.me, 'invite_users')

const hashOf = (request: TlObject, call: Call): string => call.world.invites.hashOf(text(request, 'link'))

const termsOf = (request: TlObject) => ({
  title: maybeText(request, 'title'),
  expiresAt: maybeInt(request, 'expire_date'),
  limit: maybeInt(request, 'usage_limit'),
  requestNeeded: maybeFlag(request, 'request_needed'),
})

const exported = (call: Call, chat: Chat, invite: Invite): TlObject => ({
  _: 'messages.exportedChatInvite',
  invite: call.views.invite(chat, invite),
  users: call.views.users([invite.adminId]),
})
