import type { BotCommand, BotCommandScope, ChatMember } from 'telegraf/types'
import { userId, type ChatId, type UserId } from '../ids.js'
import { botApiCall, TELEGRAM_ROOT, unless, type BotApiOptions } from './bot-api-call.js'
import { messageBody, photoBody, type OutgoingMessage } from './bot-api-message.js'
import { isTelegramError } from './errors.js'
import { hearTelegramTime } from './telegram-time.js'

export type { Button, Keyboard, OutgoingMessage } from './bot-api-message.js'

/** A person, a group, or a public channel by @name. */
export type ChatTarget = ChatId | UserId | `@${string}`

/** `kicked` is banned: that person cannot come in until the ban is lifted. */
export type MemberStatus = 'in' | 'out' | 'kicked'

export interface BotRights {
  member: boolean
  admin: boolean
  /** Rights that the bot needs in a room's group and does not have, by their Bot API names. */
  missing: readonly string[]
}

export interface ChatInfo {
  id: string
  title: string
  username: string | undefined
  inviteLink: string | undefined
}

/** What the bot must be allowed to do in a group that holds a room. */
export const NEEDED_RIGHTS = [
  'can_invite_users',
  'can_restrict_members',
  'can_delete_messages',
  'can_change_info',
  'can_pin_messages',
] as const

/**
 * The part of the Bot API that the service uses. Every call has its own timeout and rejects with TelegramError; what
 * can be repeated without harm answers the same when it already was so.
 */
export interface BotApi {
  me(): Promise<{ id: UserId; username: string }>
  sendMessage(chat: ChatTarget, message: OutgoingMessage): Promise<{ messageId: number }>
  /** `missing`: the person deleted it, or it is too old to be edited. */
  editMessage(chat: ChatTarget, messageId: number, message: OutgoingMessage): Promise<'edited' | 'same' | 'missing'>
  /** False when Telegram no longer waits for an answer to this press. */
  answerCallback(id: string, text?: string, alert?: boolean): Promise<boolean>
  /** A link that leaves join requests and ends by itself after `livesMs`, by Telegram's own clock, if that is given. */
  createJoinRequestLink(chat: ChatId, link?: { livesMs: number }): Promise<string>
  /** Fine when it was revoked before or its group is gone. */
  revokeLink(chat: ChatId, link: string): Promise<void>
  /** `missing`: no request (any more). `full`: this person is in as many groups as Telegram allows. */
  approve(chat: ChatId, user: UserId): Promise<'approved' | 'already' | 'missing' | 'full'>
  decline(chat: ChatId, user: UserId): Promise<'declined' | 'missing'>
  memberStatus(chat: ChatTarget, user: UserId): Promise<MemberStatus>
  /** How many are in the group, the host and the bot included. */
  memberCount(chat: ChatId): Promise<number>
  /** Removes and bans; lift the ban before the same person is to come again. */
  removeMember(chat: ChatId, user: UserId): Promise<void>
  liftBan(chat: ChatId, user: UserId): Promise<void>
  setTitle(chat: ChatId, title: string): Promise<void>
  /** A member's tag (Bot API 9.5). False when this server does not have it or refuses. */
  setTag(chat: ChatId, user: UserId, tag: string): Promise<boolean>
  botRights(chat: ChatTarget): Promise<BotRights>
  setCommands(commands: readonly BotCommand[], options?: { language?: string; scope?: BotCommandScope }): Promise<void>
  /** `inviteLink`: the bot's own way in, where it may invite; what has no `username` has no other. */
  chatInfo(chat: ChatTarget): Promise<ChatInfo>
}

const target = (chat: ChatTarget): number | string => (chat.startsWith('@') ? chat : Number(chat))

const statusOf = (member: ChatMember): MemberStatus => {
  switch (member.status) {
    case 'creator':
    case 'administrator':
    case 'member':
      return 'in'
    case 'restricted':
      return member.is_member ? 'in' : 'out'
    case 'left':
      return 'out'
    case 'kicked':
      return 'kicked'
  }
}

/** A client of the Bot API for one bot. */
export const createBotApi = (options: BotApiOptions): BotApi => {
  const call = botApiCall(options)
  const telegramTime = hearTelegramTime(options.apiRoot ?? TELEGRAM_ROOT)
  const self = Number(options.token.split(':', 1)[0])

  const getMember = (chat: ChatTarget, user: number): Promise<ChatMember> =>
    call('getChatMember', { chat_id: target(chat), user_id: user })

  return {
    me: async () => {
      const me = await call<{ id: number; username: string }>('getMe')
      return { id: userId(me.id), username: me.username }
    },
    sendMessage: async (chat, message) => {
      const { photo } = message
      const sent =
        photo === undefined
          ? await call<{ message_id: number }>('sendMessage', { chat_id: target(chat), ...messageBody(message) })
          : await call<{ message_id: number }>('sendPhoto', {
              chat_id: target(chat),
              ...photoBody({ ...message, photo }),
            })
      return { messageId: sent.message_id }
    },
    editMessage: async (chat, messageId, message) =>
      unless(
        call('editMessageText', { chat_id: target(chat), message_id: messageId, ...messageBody(message) }).then(
          () => 'edited' as const,
        ),
        [
          [/not modified/i, 'same'],
          [/message to edit not found|can't be edited|MESSAGE_ID_INVALID/i, 'missing'],
        ],
      ),
    answerCallback: async (id, text, alert) =>
      unless(
        call('answerCallbackQuery', {
          callback_query_id: id,
          ...(text === undefined ? {} : { text }),
          ...(alert === true ? { show_alert: true } : {}),
        }).then(() => true),
        [[/query is too old|QUERY_ID_INVALID|query ID is invalid/i, false]],
      ),
    createJoinRequestLink: async (chat, link) => {
      const now = telegramTime() ?? Date.now()
      const made = await call<{ invite_link: string }>('createChatInviteLink', {
        chat_id: target(chat),
        creates_join_request: true,
        ...(link && { expire_date: Math.ceil((now + link.livesMs) / 1000) }),
      })
      return made.invite_link
    },
    revokeLink: async (chat, link) => {
      await unless(call('revokeChatInviteLink', { chat_id: target(chat), invite_link: link }), [
        [/INVITE_HASH_EXPIRED|INVITE_HASH_INVALID|link not found/i, undefined],
        ['telegram_gone', undefined],
      ])
    },
    approve: async (chat, user) =>
      unless(
        call('approveChatJoinRequest', { chat_id: target(chat), user_id: Number(user) }).then(
          () => 'approved' as const,
        ),
        [
          [/USER_ALREADY_PARTICIPANT/i, 'already'],
          [/HIDE_REQUESTER_MISSING|USER_ID_INVALID|user not found/i, 'missing'],
          [/CHANNELS_TOO_MUCH/i, 'full'],
        ],
      ),
    decline: async (chat, user) =>
      unless(
        call('declineChatJoinRequest', { chat_id: target(chat), user_id: Number(user) }).then(
          () => 'declined' as const,
        ),
        [[/HIDE_REQUESTER_MISSING|USER_ALREADY_PARTICIPANT|USER_ID_INVALID|user not found/i, 'missing']],
      ),
    memberStatus: async (chat, user) =>
      unless(getMember(chat, Number(user)).then(statusOf), [
        [/PARTICIPANT_ID_INVALID|USER_NOT_PARTICIPANT|user not found|member not found|USER_ID_INVALID/i, 'out'],
      ]),
    memberCount: (chat) => call<number>('getChatMemberCount', { chat_id: target(chat) }),
    removeMember: async (chat, user) => {
      await unless(call('banChatMember', { chat_id: target(chat), user_id: Number(user) }), [
        [/PARTICIPANT_ID_INVALID|USER_NOT_PARTICIPANT|user not found/i, undefined],
      ])
    },
    liftBan: async (chat, user) => {
      await unless(call('unbanChatMember', { chat_id: target(chat), user_id: Number(user), only_if_banned: true }), [
        [/PARTICIPANT_ID_INVALID|USER_NOT_PARTICIPANT|user not found/i, undefined],
      ])
    },
    setTitle: async (chat, title) => {
      await unless(call('setChatTitle', { chat_id: target(chat), title: title.slice(0, 128) }), [
        [/not modified|CHAT_NOT_MODIFIED/i, undefined],
      ])
    },
    setTag: async (chat, user, tag) =>
      unless(
        call('setChatMemberTag', { chat_id: target(chat), user_id: Number(user), tag }).then(() => true),
        [['telegram_rejected', false]],
      ),
    botRights: async (chat) => {
      try {
        const member = await getMember(chat, self)
        const admin = member.status === 'administrator'
        const rights = member as unknown as Record<string, unknown>
        return {
          member: statusOf(member) === 'in',
          admin,
          missing: NEEDED_RIGHTS.filter((right) => !admin || rights[right] !== true),
        }
      } catch (error) {
        if (isTelegramError(error, 'telegram_gone')) return { member: false, admin: false, missing: NEEDED_RIGHTS }
        throw error
      }
    },
    setCommands: async (commands, { language, scope } = {}) => {
      await call('setMyCommands', {
        commands,
        ...(language === undefined ? {} : { language_code: language }),
        ...(scope === undefined ? {} : { scope }),
      })
    },
    chatInfo: async (chat) => {
      const info = await call<{ id: number; title?: string; username?: string; invite_link?: string }>('getChat', {
        chat_id: target(chat),
      })
      return { id: String(info.id), title: info.title ?? '', username: info.username, inviteLink: info.invite_link }
    },
  }
}
