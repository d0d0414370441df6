import type { Command } from 'commander'
import { createAskedHosts } from '../app/asked-hosts.js'
import { createOperatorReconciler, remaining } from '../app/reconciler.js'
import { createLogger } from '../logger.js'
import { hostsTable } from '../postgres/hosts.js'
import { noteReconciled } from '../redis/reconciled.js'
import { wholeLive, writeAudit } from './acting.js'
import type { Context } from './context.js'
import { EXIT } from './failures.js'
import { JSON_OPTION } from './options.js'
import { table } from './table.js'
import { counted } from './words.js'

interface ReconcileOptions {
  readonly json?: boolean
  readonly dryRun?: boolean
  /** False with `--no-telegram`. */
  readonly telegram: boolean
}

/** A reconciler for one command, and who of the hosts could not be asked. */
export const openReconciler = async (context: Context) => {
  const live = await wholeLive(context)
  const db = await context.database()
  const hosts = (await hostsTable(db, '').list()).map(({ host }) => host)
  const asked = createAskedHosts({ ...live, hosts })
  const reconciler = createOperatorReconciler({
    ...live,
    db,
    hosts: asked.reachable,
    config: live.served,
    // Every difference is shown by the command itself.
    logger: createLogger({ level: 'silent', pretty: false }),
    events: { difference: () => undefined, moreDifferences: () => undefined },
  })
  return { live, reconciler, asked }
}

/** Says on stderr which hosts were left out. */
export const noteSilent = (context: Context, silent: readonly { host: string; why: string }[]): void => {
  for (const { host, why } of silent) context.terminal.note(`Host ${host} was not asked for its groups: ${why}\n`)
}

const reconcile = async (context: Context, options: ReconcileOptions): Promise<void> => {
  const { live, reconciler, asked } = await openReconciler(context)
  const dryRun = options.dryRun === true
  const differences = await reconciler.run({
    dryRun,
    telegram: options.telegram,
    before: (found) => writeAudit(context, 'reconcile', undefined, { differences: found.length }),
  })
  const left = remaining(differences)
  if (!dryRun)
    await noteReconciled(live.redis, live.keys, {
      differences: differences.length,
      repaired: differences.length - left,
    })
  const silent = asked.silent()
  noteSilent(context, silent)
  const summary =
    differences.length === 0
      ? `Redis${options.telegram && silent.length === 0 ? ', Postgres and Telegram' : ' and Postgres'} agree.\n`
      : `${counted(differences.length, 'difference', 'differences')}, ${left === 0 ? 'all repaired' : `${left} left`}.` +
        `${dryRun ? ' Nothing was changed; repair with: reconcile' : ''}\n`
  const text =
    differences.length === 0
      ? summary
      : table(
          [{ title: 'WHAT' }, { title: 'ABOUT' }, { title: dryRun ? 'WOULD' : 'DONE' }, { title: 'WORDS', spare: 1 }],
          differences.map(({ kind, subject, words, repairable, repaired }) => [
            kind,
            subject,
            dryRun ? (repairable ? 'repair' : 'leave') : repaired ? 'repaired' : 'left',
            words,
          ]),
          context.terminal.columns,
        ) + `\n${summary}`
  context.show(options, { dryRun, differences, remaining: left, silentHosts: silent }, text)
  if (left > 0) context.exit(EXIT.differences)
}

/** `reconcile`: what the service does every minute, now and with words. */
export const addReconcile = (program: Command, context: Context): void => {
  program
    .command('reconcile')
    .description('compare Redis, Postgres and Telegram, and repair what differs')
    .option('--dry-run', 'only say what differs')
    .option('--no-telegram', 'leave Telegram out: every look costs each host account some calls')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      '\nEnds with 4 when differences remain. A difference is what two looks, at least a second apart, have found.\n',
    )
    .action((options: ReconcileOptions) => reconcile(context, options))
}
