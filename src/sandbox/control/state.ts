import type { BotApi } from '../bot-api/bot-api.js'
import { toBotApiId } from '../world/chat-id.js'
import type { Chat } from '../world/types.js'
import type { World } from '../world/world.js'

/** Calls that no surface knows, by method. */
export type CallCounts = Record<string, number>

const ms = (seconds: number): number => seconds * 1000

/** Everything there is, for drivers and the page. Instants are in Unix milliseconds, chat ids in the Bot API's form. */
export function stateView(world: World, botApi: BotApi, unknownMtproto: CallCounts) {
  const users = [...world.users.byId.values()]
  const bot = world.users.bots()[0]
  return {
    bot: bot && botView(bot.id, bot.username ?? '', bot.firstName, botApi),
    users: users
      .filter((user) => !user.bot)
      .map((user) => ({
        id: user.id,
        firstName: user.firstName,
        username: user.username ?? null,
        languageCode: user.languageCode ?? null,
        blockedBot: bot !== undefined && (world.dialogs.find(user.id, bot.id)?.blocked ?? false),
        // Programs log in with accounts that have a phone number: hosts of the service, or whatever somebody tries here.
        host: user.phone !== undefined,
        // The others were made here, by POST /sandbox/accounts for one.
        signedUp: user.signedUp ?? false,
        deleted: user.deleted ?? false,
      })),
    chats: [...world.chats.byId.values()].map((chat) => chatState(world, chat)),
    unknown: { bot: { ...botApi.unknown }, mtproto: { ...unknownMtproto } },
    counters: {
      users: users.length,
      chats: world.chats.byId.size,
      messages: countMessages(world),
      calls: { ...botApi.calls },
    },
    clockOffsetMs: world.clockOffsetMs,
  }
}

function botView(id: number, username: string, firstName: string, botApi: BotApi) {
  const { queue, commands, webhook } = botApi.state(id)
  return {
    id,
    username,
    firstName,
    commands: commands.get('{"type":"default"}/') ?? [],
    pendingUpdates: queue.pending,
    listening: queue.attended || webhook !== undefined,
  }
}

function chatState(world: World, chat: Chat) {
  const inside = chat.deleted ? [] : world.members.inside(chat)
  const kicked = world.members.all(chat).filter((member) => member.status === 'kicked')
  return {
    id: toBotApiId(chat.id),
    type: chat.type,
    title: chat.title,
    username: chat.username ?? null,
    about: chat.about,
    deleted: chat.deleted,
    owner: world.chats.owner(chat) ?? null,
    members: inside.map((member) => ({ id: member.userId, status: member.status, tag: member.tag ?? null })),
    banned: kicked.map((member) => member.userId),
    historyHidden: chat.historyHidden,
    messages: chat.messages.length,
    links: [...chat.invites.values()].map((invite) => ({
      link: world.invites.link(invite),
      createdBy: invite.adminId,
      revoked: invite.revoked,
      createsJoinRequest: invite.requestNeeded,
      expiresAt: invite.expiresAt === undefined ? null : ms(invite.expiresAt),
      primary: invite.permanent,
    })),
    requests: [...chat.requests.keys()],
  }
}

function countMessages(world: World): number {
  const inChats = [...world.chats.byId.values()].reduce((sum, chat) => sum + chat.messages.length, 0)
  return world.dialogs.all().reduce((sum, dialog) => sum + dialog.messages.length, inChats)
}
