import { createComposer } from '../../src/bot/composer.js'
import type { Health } from '../../src/bot/notices/notice.js'
import type { NOTICES } from '../../src/bot/notices/index.js'
import { chatId, hostId, userId } from '../../src/ids.js'
import type { HostRow } from '../../src/postgres/hosts.js'
import type { Profile } from '../../src/postgres/users.js'
import type { Room } from '../../src/redis/rooms.js'
import type { ShortageState } from '../../src/redis/shortage.js'
import type { Whereabouts } from '../../src/redis/waiting-set.js'
import { ADMIN, ANNA, memoryUsers, ROOM } from './bot-stage.js'

export const BORIS = userId(102)
export const GROUP = chatId(-1001)
export const LINK = 'https://t.me/+secret'

/** A host that rests. */
export const hostRow = (host: string, changes: Partial<HostRow> = {}): HostRow => ({
  host: hostId(host),
  phoneLabel: '+1…00',
  user: userId(9),
  status: 'parked',
  parkedUntil: 121_000,
  floodUntil: null,
  loginAt: 0,
  usedToday: 7,
  lastError: 'FLOOD',
  mayWork: true,
  addedAt: 0,
  ...changes,
})

/** The composer on sources in memory; `state` is what they say. */
export const createNoticeStage = ({ contact }: { contact?: string } = {}) => {
  const users = memoryUsers()
  users.register(ANNA, { nickname: 'Anna' })
  users.register(BORIS, { nickname: 'Борис', language: 'ru' })
  users.register(ADMIN)
  const state = {
    where: { state: 'idle', cooldownUntil: 0 } as Whereabouts,
    room: undefined as Room | undefined,
    count: 3,
    paused: false,
    stock: 5,
    shortage: undefined as ShortageState | undefined,
    protectedAs: undefined as 'bot' | 'admin' | 'host' | undefined,
    health: {
      instances: [{ roles: ['bot', 'worker'], startedAt: 1_000, leases: ['poller', 'courier'] }],
      unheld: [],
      redisMs: 1,
      postgresMs: 2,
      telegramMs: 30,
      mailboxes: [{ mailbox: 'courier', length: 1, oldestMs: 20 }],
      late: 0,
      reconciled: undefined,
    } as Health,
    hosts: [hostRow('1')],
    dead: { count: 0, oldestAt: null } as { count: number; oldestAt: number | null },
  }
  const composer = createComposer({
    users: {
      profile: (user) => users.profile(user),
      find: () => users.find(),
      names: async (ids) => new Map(ids.map((id) => [id, users.rows.get(id) as Profile])),
      markInformed: async (id) => void users.register(id, { ...users.rows.get(id), informedAt: 5_000 }),
      countByGender: async () => ({ female: 1, male: 2, other: 3, unknown: 4 }),
    },
    rooms: { get: async () => state.room, countByStage: async () => ({ inviting: 1, open: 2, closing: 3 }) },
    waitingSet: {
      whereabouts: async () => state.where,
      count: async () => state.count,
      countFirst: async () => 1,
      oldestSince: async () => 1_000,
      now: async () => 61_000,
      list: async () => [],
      paused: async () => state.paused,
    },
    groups: { size: async () => state.stock },
    shortage: { look: async () => state.shortage },
    protectedAs: async () => state.protectedAs,
    panel: {
      store: { issue: async (_admin, actions) => actions.map((_, index) => `word${index}`) },
      rooms: { list: async () => [] },
      deadLetters: async () => state.dead,
      health: async () => state.health,
      groupCounts: async () => [
        { host: hostId(1), status: 'stock', count: 4 },
        { host: hostId(1), status: 'held', count: 2 },
        { host: hostId(2), status: 'stock', count: 9 },
      ],
      broadcasts: {
        get: async () => null,
        newest: async () => [],
        audience: async () => 0,
        counts: async () => ({ planned: 0, sending: 0, sent: 0, doubt: 0, blocked: 0, refused: 0, skipped: 0 }),
      },
    },
    hosts: { list: async () => state.hosts },
    settings: {
      adminIds: [ADMIN],
      idleMs: 1_800_000,
      maxAgeMs: 86_400_000,
      kept: { roomsMs: 7_776_000_000, auditMs: 31_536_000_000, deadLettersMs: 2_592_000_000 },
      contact,
      groupBudget: 40,
    },
  })
  const compose = (notice: keyof typeof NOTICES, args: object = {}, to = ANNA) =>
    composer.compose(to, notice, JSON.stringify(args))
  const text = async (notice: keyof typeof NOTICES, args: object = {}, to = ANNA) =>
    (await compose(notice, args, to))?.text
  return { users, state, composer, compose, text }
}

/** The room of Anna and Boris. */
export const room = (changes: Partial<Room> = {}): Room => ({
  id: ROOM,
  stage: 'inviting',
  version: 2,
  a: ANNA,
  b: BORIS,
  chat: GROUP,
  host: hostId(1),
  at: 1_000,
  since: 1_000,
  deadline: 181_000,
  link: LINK,
  ...changes,
})
export const WAITING: Whereabouts = { state: 'waiting', since: 1_000, firstInLine: false }
