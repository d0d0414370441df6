import { systemClock } from '../clock.js'
import { VisavisError } from '../errors.js'
import type { HostId } from '../ids.js'
import { hostMailbox } from '../mailboxes.js'
import { groupsTable, LIVE_STATUSES, type LiveGroupStatus } from '../postgres/groups.js'
import { hostsTable, type HostRow, type HostsTable } from '../postgres/hosts.js'
import { audited, reasonOf } from './acting.js'
import type { Context } from './context.js'
import { NotFoundError, wordsFor } from './failures.js'
import { createProgress } from './progress.js'
import { counted, instant, span } from './words.js'

const LOOK_MS = 500

export type GroupCounts = Record<LiveGroupStatus, number>

/** How many groups each host has in each part of their life. */
export const groupCounts = async (context: Context): Promise<(host: HostId) => GroupCounts> => {
  const rows = await groupsTable(await context.database()).countByStatus()
  return (host) => {
    const counts: GroupCounts = { preparing: 0, stock: 0, held: 0, disposing: 0 }
    for (const row of rows) if (row.host === host) counts[row.status] = row.count
    return counts
  }
}

/** The same in words. */
export const groupWords = ({ preparing, stock, held, disposing }: GroupCounts): string =>
  `${stock} in stock, ${held} in rooms, ${preparing} in preparation, ${disposing} to be deleted`

/** The row of a host. Sessions stay closed, so their key is not needed. */
export const hostRow = async (context: Context, host: HostId): Promise<HostRow> => {
  const row = await hostsTable(await context.database(), '').get(host)
  if (row === null) throw new NotFoundError(`There is no host ${host}; see: hosts list`)
  return row
}

/** Where nothing of a host was found. Throws NotFoundError when there is no such host; says so when that is not known. */
export const expectHost = async (context: Context, host: HostId): Promise<void> => {
  try {
    await hostRow(context, host)
  } catch (error) {
    if (error instanceof NotFoundError) throw error
    context.terminal.note(`Whether there is a host ${host} is not known: ${wordsFor(error)}\n`)
  }
}

/** Changes the row of a host, and writes that down. Sessions stay closed. */
const changeHost = (
  context: Context,
  action: string,
  host: HostId,
  change: (hosts: HostsTable) => Promise<void>,
  details?: object,
): Promise<void> =>
  audited(
    context,
    action,
    (tx) => change(hostsTable(tx, '')),
    () => ({ subject: host, ...(details && { details }) }),
  )

const quarantined = (host: HostId): VisavisError =>
  new VisavisError(
    'quarantined',
    `Host ${host} is quarantined: Telegram lets it do nothing. Log it in again with: hosts login; or forget it with: hosts remove ${host} --abandon`,
  )

/** Has a running service look at the host now, rather than some seconds later. */
const wake = async (context: Context, host: HostId): Promise<void> => {
  try {
    const { tell } = await context.live()
    await tell(hostMailbox(host), { type: 'fill' })
  } catch (error) {
    context.terminal.note(`The service hears of it within seconds, not at once: ${wordsFor(error)}\n`)
  }
}

/** Waits until a draining host owns nothing any more. May be interrupted: the service goes on with it. */
const untilEmpty = async (context: Context, host: HostId, total: number): Promise<void> => {
  if (context.terminal.columns !== undefined)
    context.terminal.note('The service goes on with it also when you stop waiting (Ctrl-C).\n')
  const progress = createProgress(context.terminal, `Draining host ${host}`, { inLines: true })
  try {
    for (;;) {
      const { length: left } = await groupsTable(await context.database()).liveOf(host)
      progress.to(Math.max(0, total - left), Math.max(total, left))
      if (left === 0) return
      if ((await hostRow(context, host)).status !== 'draining')
        throw new VisavisError('not_draining', `Host ${host} is not draining any more; see: hosts list`)
      await systemClock.wait(LOOK_MS)
    }
  } finally {
    progress.end()
  }
}

/** `hosts drain`. */
export const drain = async (
  context: Context,
  host: HostId,
  options: { json?: boolean; wait?: boolean },
): Promise<void> => {
  await hostRow(context, host)
  await changeHost(context, 'hosts drain', host, async (hosts) => {
    if (!(await hosts.drain(host))) throw quarantined(host)
  })
  await wake(context, host)
  const before = (await groupCounts(context))(host)
  const total = LIVE_STATUSES.reduce((sum, status) => sum + before[status], 0)
  if (options.wait === true) await untilEmpty(context, host, total)
  const groups = options.wait === true ? (await groupCounts(context))(host) : before
  context.show(
    options,
    { host, status: 'draining', groups },
    options.wait === true
      ? `Host ${host} owns no groups any more. Forget it with: hosts remove ${host}; or let it work again: hosts resume ${host}\n`
      : `Host ${host} is draining: ${counted(before.stock, 'group', 'groups')} in stock ${before.stock === 1 ? 'goes' : 'go'} at the pace of GROUP_PACE, ` +
          `${counted(before.held, 'room lives', 'rooms live')} on` +
          `${before.disposing === 0 ? '' : `, ${counted(before.disposing, 'group is', 'groups are')} on the way to deletion`}. See: hosts list; or wait with: hosts drain ${host} --wait\n`,
  )
}

/** `hosts resume`: out of a park or a drain. What Telegram asked for is only cut short with `force`. */
export const resume = async (
  context: Context,
  host: HostId,
  options: { json?: boolean; force?: boolean },
): Promise<void> => {
  const { status, floodUntil } = await hostRow(context, host)
  if (status === 'quarantined') throw quarantined(host)
  const leftMs = (floodUntil ?? 0) - Date.now()
  if (leftMs > 0 && options.force !== true)
    throw new VisavisError(
      'flooded',
      `Telegram wants host ${host} to rest until ${instant(floodUntil ?? 0)} UTC, for another ${span(leftMs)}.\n` +
        `Going on before prolongs such waits, and may cost the account. All the same: hosts resume ${host} --force`,
    )
  await changeHost(context, 'hosts resume', host, (hosts) => hosts.activate(host), { was: status })
  await wake(context, host)
  context.show(
    options,
    { host, status: 'active', was: status },
    status === 'active' ? `Host ${host} was at work already.\n` : `Host ${host} works again (it was ${status}).\n`,
  )
}

/** `hosts park`: no new groups for a while; what it owns is still deleted. Never shortens what Telegram asked for. */
export const park = async (
  context: Context,
  host: HostId,
  options: { json?: boolean; for: number; reason: string },
): Promise<void> => {
  const { status, parkedUntil, floodUntil, lastError } = await hostRow(context, host)
  if (status === 'quarantined') throw quarantined(host)
  if (status === 'draining')
    throw new VisavisError(
      'draining',
      `Host ${host} is draining and makes no groups anyway; end that with: hosts resume ${host}`,
    )
  const until = Math.max(Date.now() + options.for, floodUntil ?? 0, status === 'parked' ? (parkedUntil ?? 0) : 0)
  // A park that ends no later than the present rest is not why the host rests.
  const isLonger = until !== parkedUntil
  const given = reasonOf(options.reason)
  const reason = isLonger || lastError === null ? given : lastError
  const details = { until, reason: given }
  await changeHost(context, 'hosts park', host, (hosts) => hosts.park(host, until, reason), details)
  await wake(context, host)
  context.show(
    options,
    { host, status: 'parked', parkedUntil: until, reason },
    `Host ${host} makes no groups until ${instant(until)} UTC (${reason})${isLonger ? '' : ': it rested as long already'}.\n`,
  )
}
