import type { Redis } from 'ioredis'
import { systemClock } from '../clock.js'
import { readBacklog } from '../mailbox/backlog.js'
import { hostMailbox, type MailboxName } from '../mailboxes.js'
import type { HostRow } from '../postgres/hosts.js'
import type { Groups } from '../redis/groups.js'
import type { Keys } from '../redis/keys.js'
import { STAGES, type Room, type Rooms } from '../redis/rooms.js'
import type { WaitingSet } from '../redis/waiting-set.js'
import { tailMailboxes } from './mailbox-tail.js'

export interface LiveSources {
  readonly redis: Redis
  readonly keys: Keys
  readonly rooms: Rooms
  readonly waitingSet: WaitingSet
  readonly groups: Groups
  readonly listHosts: () => Promise<readonly HostRow[]>
  readonly openConnection: () => Redis
  /** GROUP_STOCK: how many groups are to be ready. */
  readonly stockTarget: number
  /** GROUP_BUDGET: how many groups a host may make in a day. */
  readonly hostBudget: number
  /** Whether the last messages are remembered from the start on, before anybody has looked. */
  readonly remember?: boolean
}

/** Of everything so many are shown; the counts say how many there are. */
const SHOWN = 20
/** Hosts change seldom, and everything else is shown without Postgres too. */
const HOSTS_MS = 2_000
/** However many look: Redis is asked this often. */
const FRESH_MS = 250

const roomView = (room: Room, now: number) => ({
  room: room.id,
  stage: room.stage,
  people: [
    { user: room.a, entered: room.enteredA !== undefined },
    { user: room.b, entered: room.enteredB !== undefined },
  ],
  chat: room.chat,
  host: room.host,
  ageMs: Math.max(0, now - room.at),
  /** Since the stage began. */
  stageMs: Math.max(0, now - room.since),
  /** Negative when it is past. An open room's deadline moves with every message. */
  deadlineInMs: room.deadline - now,
  reason: room.reason ?? null,
})

const hostView = (host: HostRow, budget: number) => ({
  host: host.host,
  label: host.phoneLabel,
  status: host.status,
  parkedForMs: host.parkedUntil === null ? null : Math.max(0, host.parkedUntil - Date.now()),
  usedToday: host.usedToday,
  budget,
  lastError: host.lastError,
})

/**
 * What is going on right now, for people who watch: ids, counts and deadlines; no names, no links, nothing anybody
 * wrote. Ages and deadlines are in milliseconds by Redis' clock.
 */
export const liveView = (sources: LiveSources) => {
  const { redis, keys, rooms, waitingSet, groups } = sources
  let hosts: readonly HostRow[] | undefined
  let hostsAt = 0
  const refreshHosts = async () => {
    if (Date.now() - hostsAt < HOSTS_MS) return
    hostsAt = Date.now()
    const late = systemClock.wait(HOSTS_MS).then(() => undefined)
    hosts = await Promise.race([sources.listHosts(), late]).catch(() => undefined)
  }
  const mailboxes = async (): Promise<MailboxName[]> => {
    await refreshHosts()
    return ['room', 'courier', 'ledger', ...(hosts ?? []).map(({ host }) => hostMailbox(host))]
  }
  const { openConnection, remember = false } = sources
  const tail = tailMailboxes({ openConnection, keys, mailboxes, always: remember })

  const look = async () => {
    const names = await mailboxes()
    const now = await waitingSet.now()
    const [whole, count, first, oldestSince, people, counts, lists, stock, backlog, dead] = await Promise.all([
      redis.exists(keys.epoch),
      waitingSet.count(),
      waitingSet.countFirst(),
      waitingSet.oldestSince(),
      waitingSet.list(0, SHOWN),
      rooms.countByStage(),
      Promise.all(STAGES.map((stage) => rooms.list(stage, 0, SHOWN))),
      groups.size(),
      readBacklog(redis, keys, names),
      redis.xlen(keys.deadLetters),
    ])
    return {
      at: now,
      /** False while Redis is rebuilt from Postgres. */
      whole: whole === 1,
      waiting: {
        count,
        firstInLine: first,
        oldestMs: oldestSince === undefined ? null : Math.max(0, now - oldestSince),
        people: people.map(({ user, since, firstInLine }) => ({
          user,
          waitingMs: Math.max(0, now - since),
          firstInLine,
        })),
      },
      rooms: { counts, list: lists.flat().map((room) => roomView(room, now)) },
      stock: { size: stock, target: sources.stockTarget },
      /** Null while Postgres is away. */
      hosts: hosts?.map((host) => hostView(host, sources.hostBudget)) ?? null,
      mailboxes: backlog,
      messages: tail.last(),
      deadLetters: dead,
    }
  }
  let last: { at: number; view: ReturnType<typeof look> } | undefined

  return {
    read: (): ReturnType<typeof look> => {
      if (last === undefined || Date.now() - last.at > FRESH_MS) {
        const view = look()
        last = { at: Date.now(), view }
        view.catch(() => (last = undefined))
      }
      return last.view
    },
    stop: (): Promise<void> => tail.stop(),
  }
}
export type LiveView = ReturnType<typeof liveView>
