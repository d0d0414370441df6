import { chatOf, personOf, type Call, type Method } from '../call.js'
import { badRequest } from '../errors.js'
import { inviteView } from '../views/chats.js'

const maxMembersByLink = 99_999
/** Dates are seconds in 32 bits. */
const lastDate = 2 ** 31 - 1

/** Reads a link's terms. What is not given is not set, also when a link is edited. */
function readTerms({ parameters }: Call) {
  const limit = parameters.bounded('member_limit', 0, 0, maxMembersByLink + 1)
  const requestNeeded = parameters.flag('creates_join_request')
  if (limit > 0 && requestNeeded) {
    throw badRequest("member limit can't be specified for links requiring administrator approval")
  }
  if (limit > maxMembersByLink) throw badRequest('USAGE_LIMIT_INVALID')
  const expiresAt = parameters.bounded('expire_date', 0, 0, lastDate)
  return { title: parameters.text('name') ?? '', expiresAt, limit, requestNeeded }
}

function hashOf({ world, parameters }: Call): string {
  const link = parameters.text('invite_link')
  if (!link) throw badRequest('invite link is not specified')
  return world.invites.hashOf(link)
}

function create(call: Call) {
  const { world, bot } = call
  const chat = chatOf(call)
  return inviteView(world, chat, world.invites.export(chat.id, bot.id, readTerms(call)), bot.id)
}

function edit(call: Call) {
  const { world, bot } = call
  const chat = chatOf(call)
  return inviteView(world, chat, world.invites.edit(chat.id, bot.id, hashOf(call), readTerms(call)), bot.id)
}

function revoke(call: Call) {
  const { world, bot } = call
  const chat = chatOf(call)
  return inviteView(world, chat, world.invites.revoke(chat.id, bot.id, hashOf(call)).invite, bot.id)
}

function exportPrimary(call: Call): string {
  const { world, bot } = call
  const chat = chatOf(call)
  return world.invites.link(world.invites.export(chat.id, bot.id, { primary: true }))
}

function decide(call: Call, approve: boolean): true {
  const chat = chatOf(call)
  call.world.invites.decide(chat.id, call.bot.id, personOf(call), approve)
  return true
}

/** Invite links and what comes in by them. */
export const linkMethods: Record<string, Method> = {
  createChatInviteLink: create,
  editChatInviteLink: edit,
  revokeChatInviteLink: revoke,
  exportChatInviteLink: exportPrimary,
  approveChatJoinRequest: (call) => decide(call, true),
  declineChatJoinRequest: (call) => decide(call, false),
}
