import { ofPostgres } from '../../errors.js'
import type { HostRow } from '../../postgres/hosts.js'
import { paragraphs, type Reader } from '../notices/notice.js'
import type { PanelPage } from './actions.js'
import { atMost, pageButtons, pagesOf, PAGE } from './pages.js'

/** What a host is and how much of its budget is spent. */
export const hostLine = ({ texts, settings }: Reader, row: HostRow, now: number): string =>
  texts.say('admin.host', {
    host: row.host,
    label: row.phoneLabel,
    status: row.status,
    parked: row.parkedUntil === null ? '' : texts.duration(Math.max(1, row.parkedUntil - now)),
    used: row.usedToday,
    budget: settings.groupBudget,
    error: row.status === 'active' ? 'none' : (row.lastError ?? 'none'),
  })

/** Undefined while Postgres does not say it: what Redis knows is shown all the same. */
const ifThere = <T>(asked: Promise<T>): Promise<T | undefined> =>
  asked.catch((error: unknown) => {
    if (ofPostgres(error)) return undefined
    throw error
  })

/** Those first that do not work. */
const hostLines = async (reader: Reader, now: number): Promise<string> => {
  const rows = await ifThere(reader.hosts.list())
  // The line about people has said so.
  if (rows === undefined) return ''
  if (rows.length === 0) return reader.texts.say('admin.no_hosts')
  const inOrder = [...rows].sort((a, b) => Number(a.status === 'active') - Number(b.status === 'active'))
  return atMost(
    reader.texts,
    inOrder.map((row) => hostLine(reader, row, now)),
  ).join('\n')
}

/** A message this old is waiting for somebody; younger ones are on their way, as the panel itself may be. */
const WAITS_MS = 1_000

/** How the service is, as `status` has it. */
const healthLines = async ({ texts, panel }: Reader, now: number): Promise<string> => {
  const { instances, unheld, mailboxes, reconciled, late, ...servers } = await panel.health()
  const age = (ms: number) => texts.duration(Math.max(1, ms))
  const processes = instances.map(({ roles, leases, startedAt = now }) =>
    texts.say('admin.process', {
      roles: roles.join(', '),
      age: age(now - startedAt),
      leases: leases.join(', ') || 'none',
    }),
  )
  const waiting = mailboxes
    .filter(({ length, oldestMs }) => length > 0 && oldestMs >= WAITS_MS)
    .sort((a, b) => b.oldestMs - a.oldestMs)
    .map(({ mailbox, length, oldestMs }) => texts.say('admin.mailbox', { mailbox, length, oldest: age(oldestMs) }))
  return texts.say('admin.health', {
    processes: [
      ...atMost(texts, processes),
      ...(unheld.length === 0 ? [] : [texts.say('admin.unheld', { leases: atMost(texts, unheld).join(', ') })]),
    ].join('\n'),
    redis: servers.redisMs,
    postgres: servers.postgresMs === undefined ? 'none' : String(servers.postgresMs),
    telegram: servers.telegramMs === undefined ? 'none' : String(servers.telegramMs),
    mailboxes: atMost(texts, waiting).join(', ') || 'none',
    late,
    reconciled:
      reconciled === undefined
        ? 'never'
        : texts.say('admin.reconciled', {
            ago: age(now - reconciled.at),
            differences: reconciled.differences,
            repaired: reconciled.repaired,
          }),
  })
}

const atTime = (now: number): string => new Date(now).toISOString().slice(11, 19)

/** The counts and the health of the whole service, and the way to everything else. */
export const overview = async (reader: Reader): Promise<PanelPage> => {
  const { texts, rooms, waitingSet, users, groups, panel } = reader
  const [stages, waiting, first, oldest, genders, stock, dead, paused, now] = await Promise.all([
    rooms.countByStage(),
    waitingSet.count(),
    waitingSet.countFirst(),
    waitingSet.oldestSince(),
    ifThere(users.countByGender()),
    groups.size(),
    panel.deadLetters(),
    waitingSet.paused(),
    waitingSet.now(),
  ])
  const counts = texts.say('admin.panel', {
    ...stages,
    people: genders === undefined ? texts.say('admin.people.missing') : texts.say('admin.people', genders),
    waiting,
    first,
    oldest: oldest === undefined ? texts.say('admin.nobody') : texts.duration(Math.max(1, now - oldest)),
    stock,
    dead: dead.count,
    buried: dead.oldestAt === null ? 'none' : texts.duration(Math.max(1, now - dead.oldestAt)),
    hosts: await hostLines(reader, now),
  })
  const health = await healthLines(reader, now)
  return {
    text: paragraphs(
      paused && texts.say('admin.paused'),
      counts,
      health,
      texts.say('admin.as_of', { at: atTime(now) }),
    ),
    rows: [
      [
        { text: texts.say('button.rooms'), action: { show: 'rooms', page: 0 } },
        { text: texts.say('button.waiting'), action: { show: 'waiting', page: 0 } },
        { text: texts.say('button.hosts'), action: { show: 'hosts' } },
      ],
      [
        { text: texts.say('button.find_person'), action: { show: 'find' } },
        paused
          ? { text: texts.say('button.resume_matching'), action: { do: 'resume' } }
          : { text: texts.say('button.pause_matching'), action: { do: 'pause' } },
      ],
      [
        { text: texts.say('button.broadcasts'), action: { show: 'broadcasts' } },
        { text: texts.say('button.refresh'), action: { show: 'overview' } },
      ],
    ],
  }
}

/** Hosts, page by page, with their state, their budget and their groups, and how many groups are in stock. */
export const hosts = async (reader: Reader, { page = 0 }: { page?: number }): Promise<PanelPage> => {
  const { texts, groups, waitingSet, panel } = reader
  const [stock, now, rows, counts] = await Promise.all([
    groups.size(),
    waitingSet.now(),
    ifThere(reader.hosts.list()),
    ifThere(panel.groupCounts()),
  ])
  const total = rows?.length ?? 0
  const lines = rows?.slice(page * PAGE, (page + 1) * PAGE).map((row) => {
    const of = { preparing: 0, stock: 0, held: 0, disposing: 0 }
    for (const { host, status, count } of counts ?? []) if (host === row.host) of[status] = count
    return `${hostLine(reader, row, now)}\n${texts.say('admin.host.groups', of)}`
  })
  return {
    text: paragraphs(
      texts.say('admin.stock', { stock }),
      lines === undefined || counts === undefined
        ? texts.say('admin.hosts.missing')
        : total === 0
          ? texts.say('admin.no_hosts')
          : lines.join('\n'),
      pagesOf(total) > 1 && texts.say('admin.page', { page: page + 1, pages: pagesOf(total) }),
    ),
    rows: [pageButtons(texts, total, page, (to) => ({ show: 'hosts', page: to }))],
  }
}
