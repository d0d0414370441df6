import type { HostRow } from '../../postgres/hosts.js'
import { paragraphs, type Reader } from '../notices/notice.js'
import type { PanelPage } from './actions.js'

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

const hostLines = async (reader: Reader, now: number): Promise<string> => {
  const rows = await reader.hosts.list()
  return rows.length === 0
    ? reader.texts.say('admin.no_hosts')
    : rows.map((row) => hostLine(reader, row, now)).join('\n')
}

/** The counts of the whole service, and the way to everything else. */
export const overview = async (reader: Reader): Promise<PanelPage> => {
  const { texts, rooms, waitingSet, users, groups, panel } = reader
  const [stages, waiting, first, oldest, genders, stock, dead, paused, now] = await Promise.all([
    rooms.countByStage(),
    waitingSet.count(),
    waitingSet.countFirst(),
    waitingSet.oldestSince(),
    users.countByGender(),
    groups.size(),
    panel.deadLetters(),
    waitingSet.paused(),
    waitingSet.now(),
  ])
  const counts = texts.say('admin.panel', {
    ...stages,
    ...genders,
    waiting,
    first,
    oldest: oldest === undefined ? texts.say('admin.nobody') : texts.duration(Math.max(1, now - oldest)),
    stock,
    dead: dead.count,
    buried: dead.oldestAt === null ? 'none' : texts.duration(Math.max(1, now - dead.oldestAt)),
    hosts: await hostLines(reader, now),
    at: new Date(now).toISOString().slice(11, 19),
  })
  return {
    text: paragraphs(paused && texts.say('admin.paused'), counts),
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

/** Every host with its state and budget, and how many groups are in stock. */
export const hosts = async (reader: Reader): Promise<PanelPage> => {
  const { texts, groups, waitingSet } = reader
  const [stock, now] = await Promise.all([groups.size(), waitingSet.now()])
  return {
    text: paragraphs(texts.say('admin.stock', { stock }), await hostLines(reader, now)),
    rows: [
      [
        { text: texts.say('button.back'), action: { show: 'overview' } },
        { text: texts.say('button.refresh'), action: { show: 'hosts' } },
      ],
    ],
  }
}
