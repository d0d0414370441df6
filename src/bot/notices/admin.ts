import type { HostRow } from '../../postgres/hosts.js'
import { button } from '../buttons.js'
import type { NoArgs, Notice, Reader } from './notice.js'

const hostLine = ({ texts, settings }: Reader, row: HostRow, now: number): string =>
  texts.say('admin.host', {
    host: row.host,
    label: row.phoneLabel,
    status: row.status,
    parked: row.parkedUntil === null ? '' : texts.duration(Math.max(1, row.parkedUntil - now)),
    used: row.usedToday,
    budget: settings.groupBudget,
    error: row.status === 'active' ? 'none' : (row.lastError ?? 'none'),
  })

/** The counts of the whole service, for administrators only: that they are one is checked here again. */
const admin: Notice<NoArgs> = async (reader) => {
  const { to, texts, rooms, waitingSet, users, groups, hosts, settings } = reader
  if (!settings.adminIds.includes(to)) return undefined
  const [stages, waiting, first, oldest, genders, stock, rows, now] = await Promise.all([
    rooms.countByStage(),
    waitingSet.count(),
    waitingSet.countFirst(),
    waitingSet.oldestSince(),
    users.countByGender(),
    groups.size(),
    hosts.list(),
    waitingSet.now(),
  ])
  return {
    text: texts.say('admin.panel', {
      ...stages,
      ...genders,
      waiting,
      first,
      oldest: oldest === undefined ? texts.say('admin.nobody') : texts.duration(Math.max(1, now - oldest)),
      stock,
      hosts: rows.length === 0 ? texts.say('admin.no_hosts') : rows.map((row) => hostLine(reader, row, now)).join('\n'),
      at: new Date(now).toISOString().slice(11, 19),
    }),
    keyboard: [[button(texts, 'admin')]],
  }
}

export const adminNotices = { admin }
