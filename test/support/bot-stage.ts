import pino from 'pino'
import type { User } from 'telegraf/types'
import type { Clock } from '../../src/clock.js'
import type { PanelAction } from '../../src/bot/admin/actions.js'
import { createActivity } from '../../src/bot/activity.js'
import { createEvents } from '../../src/events.js'
import { createCommands } from '../../src/bot/commands/index.js'
import { createFailed } from '../../src/bot/failures.js'
import type { GateAnswer } from '../../src/bot/gate.js'
import { createMemberships } from '../../src/bot/memberships.js'
import { createPeople } from '../../src/bot/people.js'
import { createRoutes } from '../../src/bot/routes.js'
import { createSay, type Tell } from '../../src/bot/say.js'
import { createUpdates } from '../../src/bot/updates.js'
import { Telegraf } from 'telegraf'
import { roomId, userId, type UserId } from '../../src/ids.js'
import type { BroadcastId } from '../../src/postgres/broadcasts.js'
import type { Profile } from '../../src/postgres/users.js'
import type { Closing, Room } from '../../src/redis/rooms.js'
import type { FindReply } from '../../src/redis/replies.js'
import type { Whereabouts } from '../../src/redis/waiting-set.js'
import type { Left } from '../../src/redis/departure.js'

export const ANNA = userId(101)
export const ADMIN = userId(900)
export const ROOM = roomId('room000001')

/** A clock that never lets anybody give up waiting. */
const patient: Clock = {
  now: () => performance.now(),
  wait: (_ms, signal) =>
    new Promise((resolve) => signal?.addEventListener('abort', () => resolve(undefined), { once: true })),
}

const nobody = (user: UserId): Profile => ({
  user,
  username: null,
  language: 'en',
  gender: null,
  nickname: null,
  pendingCommand: null,
  createdAt: 0,
  seenAt: 0,
  reachable: true,
  informedAt: null,
  mailings: true,
  bannedUntil: null,
})

/** The users table as far as the bot goes, in memory. */
export const memoryUsers = () => {
  const rows = new Map<UserId, Profile>()
  const change = async (user: UserId, changes: Partial<Profile>): Promise<boolean> => {
    const row = rows.get(user)
    if (row) rows.set(user, { ...row, ...changes })
    return row !== undefined
  }
  return {
    rows,
    profile: async (user: UserId) => rows.get(user) ?? null,
    find: async () => ({ total: 0, people: [] }),
    upsertOnStart: async ({
      user,
      username,
      language,
    }: {
      user: UserId
      username: string | null
      language: string
    }) => {
      rows.set(user, { ...(rows.get(user) ?? nobody(user)), username, language, reachable: true })
      return rows.get(user) as Profile
    },
    setGender: (user: UserId, gender: NonNullable<Profile['gender']>) => change(user, { gender }),
    setNickname: (user: UserId, nickname: string) => change(user, { nickname }),
    setMailings: (user: UserId, mailings: boolean) => change(user, { mailings }),
    setPendingCommand: (user: UserId, pendingCommand: string | null) => change(user, { pendingCommand }),
    setReachable: async (user: UserId, reachable: boolean) => void (await change(user, { reachable })),
    register: (user: UserId, changes: Partial<Profile> = {}) =>
      rows.set(user, { ...nobody(user), gender: 'other', nickname: 'Quiet Fox', ...changes }),
  }
}

/** The bot without Telegram, Redis and Postgres: updates go in, what is told comes out. */
export const createBotStage = () => {
  const users = memoryUsers()
  const told: { mailbox: string; [field: string]: unknown }[] = []
  const answered: (string | undefined)[] = []
  const calls: string[] = []
  const live = {
    where: { state: 'idle', cooldownUntil: 0 } as Whereabouts,
    find: { tag: 'waiting', count: 1, already: false, noGroup: false } as FindReply,
    close: { tag: 'closed', count: 1 } as { tag: 'closed'; count: number } | { tag: 'gone' | 'stale' | 'repeat' },
    left: { tag: 'idle' } as Left,
    gate: { state: 'open' } as GateAnswer,
    /** Whether the end of the ban has passed. */
    banIsOver: false,
    room: undefined as Room | undefined,
    failure: undefined as Error | undefined,
    /** What stands behind the buttons of a panel. */
    action: undefined as PanelAction | undefined,
  }
  const called = <T>(call: string, answer: T): Promise<T> => {
    calls.push(call)
    return live.failure ? Promise.reject(live.failure) : Promise.resolve(answer)
  }
  const logger = pino({ level: 'silent' })
  const tell: Tell = async (mailbox, message) => void told.push({ mailbox, ...message })
  const say = createSay(tell)
  const departure = (user: UserId, { reason }: { reason: string }) => called(`leave ${user} ${reason}`, live.left)
  const gate = {
    check: async (): Promise<GateAnswer> => live.gate,
    changed: (channel: { id: string }, user?: UserId) => void calls.push(`gate ${channel.id} ${user ?? 'all'}`),
  }
  const commands = createCommands({
    users,
    departure,
    endBan: async (user) => {
      if (live.banIsOver) live.where = { state: 'idle', cooldownUntil: 0 }
      await called(`end ban ${user}`, undefined)
    },
    gate,
    say,
    events: createEvents(logger),
    adminIds: [ADMIN],
    waitingSet: {
      find: (user) => called(`find ${user}`, live.find),
      match: () => called('match', 0),
      whereabouts: async () => live.where,
      now: async () => 1_000,
      liftBan: (user) => called(`liftBan ${user}`, 'lifted' as const),
    },
    rooms: {
      get: async () => undefined,
      close: (room, closing: Closing) => called(`close ${room} ${closing.reason} ${closing.by ?? ''}`, live.close),
    },
    protectedAs: async (user) => (user === ADMIN ? 'admin' : undefined),
    matchingPause: { pause: () => called('pause', true), resume: () => called('resume', true) },
    bans: {
      ban: ({ user }) => called(`ban ${user}`, undefined),
      unban: (user) => called(`unban ${user}`, true),
    },
    audit: { add: ({ actor, action, subject }) => called(`audit ${actor} ${action} ${subject ?? ''}`, undefined) },
    broadcasts: {
      create: () => called('create', '1' as BroadcastId),
      get: async () => null,
      amend: () => called('amend', true),
      start: () => called('start', true),
      pause: () => called('pause', true),
      resume: () => called('resume', true),
      cancel: () => called('cancel', true),
      deleteDraft: () => called('deleteDraft', true),
      showProgress: () => called('showProgress', undefined),
    },
    panelStore: {
      issue: async () => [],
      recall: async () => live.action,
      use: async () => true,
      giveBack: async () => undefined,
      ask: async () => undefined,
      asked: async () => undefined,
    },
    composer: { compose: async () => ({ text: 'panel' }) },
    api: {
      sendMessage: async () => ({ messageId: 1 }),
      editMessage: (chat, id, { text }) => called(`edit ${chat} ${id} ${text}`, 'edited' as const),
    },
  })
  const failed = createFailed({ say, logger })
  const updates = createUpdates({ clock: patient, patienceMs: 1, failed })
  const bot = new Telegraf('1:token')
  bot.botInfo = {
    id: 1,
    is_bot: true,
    first_name: 'Visavis',
    username: 'visavis_bot',
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
  }
  bot.catch(failed)
  bot.use(updates.middleware)
  bot.use(
    createRoutes({
      people: createPeople(users),
      commands,
      memberships: createMemberships({ tell, gate, users, departure }),
      activity: createActivity({
        intervalMs: 60_000,
        rooms: {
          roomIn: () => called('roomIn', live.room),
          renew: (room) => called(`renew ${room}`, 'renewed' as const),
        },
      }),
      say,
      api: { answerCallback: async (_id, text) => answered.push(text) > 0 },
      logger,
    }),
  )

  let lastUpdate = 0
  const update = (content: object, id = ++lastUpdate) =>
    bot.handleUpdate({ update_id: id, ...content } as unknown as Parameters<typeof bot.handleUpdate>[0])
  const from = (user: UserId): User => ({ id: Number(user), is_bot: false, first_name: 'Anna', language_code: 'en' })
  const privateChat = (user: UserId) => ({ id: Number(user), type: 'private', first_name: 'Anna' })
  const supergroup = { id: -1001, type: 'supergroup', title: 'Room' }
  const withEntities = (text: string) => ({
    text,
    ...(text.startsWith('/')
      ? { entities: [{ type: 'bot_command', offset: 0, length: /^\S+/.exec(text)?.[0].length ?? 0 }] }
      : {}),
  })
  const message = (user: UserId, chat: object, content: object) => ({
    message: { message_id: 7, date: 1, chat, from: from(user), ...content },
  })

  return {
    users,
    told,
    calls,
    answered,
    live,
    update,
    failed,
    /** The names of the notices told so far, which are then forgotten. */
    notices: () => told.splice(0).map(({ notice }) => notice),
    write: (text: string, user = ANNA) => update(message(user, privateChat(user), withEntities(text))),
    send: (content: object, user = ANNA) => update(message(user, privateChat(user), content)),
    writeInGroup: (text: string, user = ANNA) => update(message(user, supergroup, withEntities(text))),
    press: (data: string, user = ANNA) =>
      update({
        callback_query: {
          id: 'q',
          from: from(user),
          chat_instance: '1',
          data,
          message: { message_id: 7, date: 1, chat: privateChat(user), text: '' },
        },
      }),
    message: (text: string, user = ANNA) => message(user, privateChat(user), withEntities(text)),
  }
}
