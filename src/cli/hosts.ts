import type { Command } from 'commander'
import type { HostId } from '../ids.js'
import { hostsTable, type HostRow } from '../postgres/hosts.js'
import type { Context } from './context.js'
import { check } from './hosts-check.js'
import { add, login } from './hosts-login.js'
import { rekey, variableArgument } from './hosts-rekey.js'
import { remove, type RemoveOptions } from './hosts-remove.js'
import { drain, groupCounts, park, resume } from './hosts-work.js'
import { durationUpTo, hostArgument, JSON_OPTION, someWords, YES_OPTION } from './options.js'
import { table } from './table.js'
import { instant } from './words.js'
import { wrapped } from './wrap.js'

interface Options {
  readonly json?: boolean
}

/** Whoever means longer than this wants it to give up its groups. */
const PARK_DURATION = durationUpTo(365 * 86_400_000, 'It must be at most 365d; for longer: hosts drain')

const stateWords = ({ status, parkedUntil }: HostRow): string =>
  status === 'parked' && parkedUntil !== null ? `parked until ${instant(parkedUntil)}` : status

/** How many groups a host may make in a day, as the service has it; unknown without Redis. */
const budgetOf = (context: Context): Promise<number | null> =>
  context.live().then(
    ({ served }) => served.GROUP_BUDGET,
    () => null,
  )

/** Why hosts rest, or what went wrong last: too long for a column. */
const reasons = (hosts: readonly HostRow[], columns: number | undefined): string => {
  const lines = hosts.flatMap(({ host, lastError }) => (lastError === null ? [] : [`host ${host}: ${lastError}`]))
  return lines.length === 0 ? '' : `\n${lines.map((line) => `${wrapped(line, columns, 2)}\n`).join('')}`
}

const list = async (context: Context, options: Options): Promise<void> => {
  // Sessions stay closed, so their key is not needed.
  const rows = await hostsTable(await context.database(), '').list()
  const counts = await groupCounts(context)
  const budget = await budgetOf(context)
  const hosts = rows.map((row) => ({ ...row, budget, groups: counts(row.host) }))
  const text =
    hosts.length === 0
      ? 'There are no hosts: without one no group can be made. Add one with: hosts login\n'
      : table(
          [
            { title: 'HOST', align: 'right' },
            { title: 'PHONE' },
            { title: 'STATE (UTC)' },
            { title: 'TODAY', align: 'right' },
            { title: 'PREPARING', align: 'right', spare: 2 },
            { title: 'STOCK', align: 'right', spare: 1 },
            { title: 'ROOMS', align: 'right', spare: 2 },
            { title: 'TO DELETE', align: 'right', spare: 2 },
            { title: 'ACCOUNT', spare: 4 },
            { title: 'ADDED (UTC)', spare: 5 },
          ],
          hosts.map((host) => [
            host.host,
            host.phoneLabel,
            stateWords(host),
            budget === null ? String(host.usedToday) : `${host.usedToday} of ${budget}`,
            String(host.groups.preparing),
            String(host.groups.stock),
            String(host.groups.held),
            String(host.groups.disposing),
            host.user,
            instant(host.addedAt),
          ]),
          context.terminal.columns,
        ) + reasons(hosts, context.terminal.columns)
  context.show(options, { hosts }, text)
}

/** `hosts list`, `login`, `add`, `check`, `drain`, `resume`, `park`, `remove`, `rekey`. */
export const addHosts = (program: Command, context: Context): void => {
  const hosts = program.command('hosts').description('the Telegram accounts that own the groups')
  const all = (name: string, description: string) =>
    hosts
      .command(name)
      .description(description)
      .option(...JSON_OPTION)
  const one = (name: string, description: string) =>
    all(name, description).argument('<host>', 'the number of the host', hostArgument)

  all('list', 'every host: its state, its groups, and how many it made today (UTC)').action((options: Options) =>
    list(context, options),
  )
  all('login', 'log an account in by phone, code and password; its session is stored encrypted with SECRET_KEY')
    .option('--qr', 'by a QR code, which a Telegram app of the account scans, instead of phone and code')
    .action((options: Options & { qr?: boolean }) => login(context, options))
  all('add', 'store a string session that was made elsewhere; asks for it, and tries it').action((options: Options) =>
    add(context, options),
  )
  all('check', 'whether each host (or one) can work: session, standing, budget, groups')
    .argument('[host]', 'the number of the host', hostArgument)
    .action((host: HostId | undefined, options: Options) => check(context, host, options))
  one('drain', 'no new groups; the stock goes at the pace of GROUP_PACE, rooms live on and their groups go afterwards')
    .option('--wait', 'until it owns no groups any more')
    .action((host: HostId, options: Options & { wait?: boolean }) => drain(context, host, options))
  one('resume', 'let a host that is parked or draining work again')
    .option('--force', 'also when it is Telegram that wants it to rest')
    .action((host: HostId, options: Options & { force?: boolean }) => resume(context, host, options))
  one('park', 'no new groups for a while')
    .requiredOption('--for <duration>', 'for how long, such as 2h', PARK_DURATION)
    .option('--reason <words>', 'why, for the lists and the audit table', someWords, 'by an operator')
    .action((host: HostId, options: Options & { for: number; reason: string }) => park(context, host, options))
  one('remove', 'forget a host that owns no groups any more; asks first')
    .option('--abandon', 'one whose account is lost: its groups stay on Telegram')
    .option(...YES_OPTION)
    .action((host: HostId, options: RemoveOptions) => remove(context, host, options))
  all('rekey', 'put every session under the present SECRET_KEY')
    .requiredOption('--old-key-env <name>', 'the variable that holds the old key', variableArgument)
    .action((options: Options & { oldKeyEnv: string }) => rekey(context, options))
}
