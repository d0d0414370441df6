import type { Context } from './context.js'
import { groupLines } from './doctor-groups.js'
import { bad, cli, ok, skipped, warning, type Line } from './doctor-line.js'
import { readStatus, SLOW_MS, type Status } from './status-read.js'
import { counted, span } from './words.js'

/** The reconciler runs every minute where nothing else is said; other schedules are given a day and an hour. */
const EVERY_MINUTE = '* * * * *'
const LONG_MS = 600_000
const LONG_AT_MOST_MS = 90_000_000

const reconciledLine = ({ reconciled, instances, at }: Status, schedule: string): Line => {
  const mend = cli('reconcile')
  // A service that has just been started for the first time has not come to it.
  const isYoung = instances?.length !== 0 && (instances ?? []).every(({ startedAt }) => at - (startedAt ?? 0) < LONG_MS)
  if (reconciled === null) return isYoung ? ok('reconciled', 'not yet') : warning('reconciled', 'never', mend)
  const left = reconciled.differences - reconciled.repaired
  const agoMs = at - reconciled.at
  const words = `${span(agoMs)} ago`
  if (left > 0)
    return bad('reconciled', `${words}, and ${counted(left, 'difference was', 'differences were')} left`, mend)
  if (agoMs > (schedule === EVERY_MINUTE ? LONG_MS : LONG_AT_MOST_MS))
    return bad('reconciled', `${words}: does a process with the role cron run?`, mend)
  return ok('reconciled', words)
}

/** What the service is doing: everything that `status` would show in red, with what mends it. */
export const checkWork = async (context: Context): Promise<Line[]> => {
  const { served } = await context.live()
  const found = await readStatus(context)
  const { instances, unheld, matching, deadLetters, rooms, mailboxes } = found
  if (instances === null) return [skipped('service', 'not asked: Redis did not answer')]
  const missing = (unheld ?? []).filter((lease) => !lease.startsWith('host:'))
  const slow = (mailboxes ?? []).filter(({ lateMs }) => lateMs > SLOW_MS)
  return [
    instances.length === 0
      ? bad('service', 'does not run', 'npm start')
      : missing.length > 0
        ? bad(
            'service',
            `nobody holds ${missing.join(', ')}`,
            'start processes for all of ROLES: bot, worker, host, cron',
          )
        : ok('service', counted(instances.length, 'process', 'processes')),
    ...groupLines(found),
    matching?.paused === true
      ? warning('matching', `paused by ${matching.by ?? '?'}: no pairs are made`, cli('matching resume'))
      : ok('matching', 'goes on'),
    rooms !== null && rooms.stuck > 0
      ? bad(
          'rooms',
          `${counted(rooms.stuck, 'is', 'are')} long past the deadline`,
          `${cli('reconcile')}; then look at: ${cli('rooms list')}`,
        )
      : ok('rooms', 'none past its deadline'),
    slow.length > 0
      ? bad(
          'mailboxes',
          `${slow.map(({ mailbox }) => mailbox).join(', ')}: messages wait for long`,
          cli('mailboxes list'),
        )
      : ok('mailboxes', 'nothing waits for long'),
    deadLetters !== null && deadLetters.count > 0
      ? bad('dead letters', String(deadLetters.count), `${cli('dead-letters list')}; then retry or discard them`)
      : ok('dead letters', 'none'),
    reconciledLine(found, served.RECONCILE_CRON),
  ]
}
