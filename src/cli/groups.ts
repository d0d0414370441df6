import { Option, type Command } from 'commander'
import { systemClock } from '../clock.js'
import { VisavisError } from '../errors.js'
import type { HostId } from '../ids.js'
import { groupsTable, LIVE_STATUSES, type GroupRow, type LiveGroupStatus } from '../postgres/groups.js'
import { confirm, writeAudit } from './acting.js'
import type { Context, Live } from './context.js'
import { hostRow } from './hosts-work.js'
import { hostArgument, JSON_OPTION, LIMIT_OPTION, YES_OPTION } from './options.js'
import { createProgress } from './progress.js'
import { noteSilent, openReconciler } from './reconcile.js'
import { table } from './table.js'
import { counted, span } from './words.js'

interface ListOptions {
  readonly json?: boolean
  readonly host?: HostId
  readonly status?: LiveGroupStatus
  readonly limit: number
}

/** How long a host has to delete the orphans before the command stops waiting for it. */
const PATIENCE_MS = 60_000
const LOOK_MS = 200

const list = async (context: Context, options: ListOptions): Promise<void> => {
  const groups = groupsTable(await context.database())
  if (options.host !== undefined) await hostRow(context, options.host)
  const counts = await groups.countByStatus()
  const rows: GroupRow[] = []
  let more = false
  for await (const page of groups.livePages())
    for (const row of page) {
      if (options.host !== undefined && row.host !== options.host) continue
      if (options.status !== undefined && row.status !== options.status) continue
      more = rows.length >= options.limit
      if (!more) rows.push(row)
    }
  const now = Date.now()
  const shown = rows.map(({ chat, marker, host, status, room, createdAt, changedAt }) => ({
    chat,
    marker,
    host,
    status,
    room,
    createdAt,
    changedAt,
  }))
  const text =
    rows.length === 0
      ? 'There are no such groups.\n'
      : table(
          [
            { title: 'GROUP' },
            { title: 'HOST', align: 'right' },
            { title: 'STATUS' },
            { title: 'FOR', align: 'right' },
            { title: 'ROOM', spare: 1 },
            { title: 'MARKER', spare: 2 },
          ],
          shown.map(({ chat, host, status, changedAt, room, marker }) => [
            chat ?? '(not known yet)',
            host,
            status,
            span(now - changedAt),
            room ?? '',
            marker,
          ]),
          context.terminal.columns,
        ) + (more ? `… the first ${rows.length}; more with --limit, --host or --status\n` : '')
  context.show(options, { counts, groups: shown }, text)
}

/** Waits until the hosts have deleted these groups; gives how many are left when patience ends. */
const untilDeleted = async (context: Context, { redis, keys }: Live, chats: readonly string[]): Promise<number> => {
  const progress = createProgress(context.terminal, 'Deleting groups')
  const until = performance.now() + PATIENCE_MS
  try {
    for (;;) {
      const left = (await redis.hmget(keys.groups, ...chats)).filter((place) => place !== null).length
      progress.to(chats.length - left, chats.length)
      if (left === 0 || performance.now() > until) return left
      await systemClock.wait(LOOK_MS)
    }
  } finally {
    progress.end()
  }
}

interface OrphansOptions {
  readonly json?: boolean
  readonly delete?: boolean
  readonly yes?: boolean
}

const orphans = async (context: Context, options: OrphansOptions): Promise<void> => {
  const { live, reconciler, asked } = await openReconciler(context)
  const dryRun = options.delete !== true
  const found = await reconciler.run({
    dryRun,
    orphansOnly: true,
    before: async (orphaned) => {
      const which = orphaned.map(({ subject }) => subject).join('\n')
      const question = `Delete ${counted(orphaned.length, 'group', 'groups')} that nobody knows of?`
      await confirm(context, `${which}\n${question}`, options.yes)
      await writeAudit(context, 'groups orphans delete', undefined, { groups: orphaned.length })
    },
  })
  const silent = asked.silent()
  noteSilent(context, silent)
  const chats = found.map(({ subject }) => subject)
  const begun = found.filter(({ repaired }) => repaired).map(({ subject }) => subject)
  const left = begun.length === 0 ? 0 : await untilDeleted(context, live, begun)
  const words =
    chats.length === 0
      ? 'There are no orphans.\n'
      : `${chats.join('\n')}\n` +
        (dryRun
          ? `${counted(chats.length, 'group exists', 'groups exist')} that nobody knows of; delete with: groups orphans --delete\n`
          : `${counted(begun.length - left, 'orphan is', 'orphans are')} deleted.\n`)
  context.show(options, { orphans: chats, deleted: begun.length - left, silentHosts: silent }, words)
  if (left > 0)
    throw new VisavisError(
      'orphans_left',
      `${left} are not deleted yet; their host goes on with it. See: groups orphans`,
    )
}

/** `groups list`, `groups orphans`. */
export const addGroups = (program: Command, context: Context): void => {
  const groups = program.command('groups').description('the Telegram groups that hosts own')
  groups
    .command('list')
    .description('every group that exists or is about to: where it is in its life, and for how long')
    .option('--host <number>', 'only groups of this host', hostArgument)
    .addOption(new Option('--status <status>', 'only groups in this part of their life').choices(LIVE_STATUSES))
    .option(...LIMIT_OPTION)
    .option(...JSON_OPTION)
    .action((options: ListOptions) => list(context, options))
  groups
    .command('orphans')
    .description('groups on Telegram with our marker that nobody knows of; the service must run')
    .option('--delete', 'have their hosts delete them, and wait for it; asks first')
    .option(...YES_OPTION)
    .option(...JSON_OPTION)
    .action((options: OrphansOptions) => orphans(context, options))
}
