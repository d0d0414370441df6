import type { Command } from 'commander'
import { VisavisError } from '../errors.js'
import { hostsTable, type HostRow } from '../postgres/hosts.js'
import { migrationStatus } from '../postgres/migrate.js'
import type { Context } from './context.js'
import { JSON_OPTION } from './options.js'
import { table } from './table.js'
import { instant } from './words.js'

interface Options {
  readonly json?: boolean
}

const stateWords = ({ status, parkedUntil }: HostRow): string =>
  status === 'parked' && parkedUntil !== null ? `parked until ${instant(parkedUntil)}` : status

const list = async (context: Context, options: Options): Promise<void> => {
  // Sessions stay closed, so their key is not needed.
  const hosts = await hostsTable(await context.database(), '').list()
  const text =
    hosts.length === 0
      ? 'There are no hosts: without one no group can be made. Add one with: hosts login\n'
      : table(
          [
            { title: 'HOST', align: 'right' },
            { title: 'PHONE' },
            { title: 'STATE (UTC)' },
            { title: 'GROUPS TODAY', align: 'right' },
            { title: 'ACCOUNT', spare: 2 },
            { title: 'ADDED (UTC)', spare: 3 },
            { title: 'LAST ERROR', spare: 1 },
          ],
          hosts.map((host) => [
            host.host,
            host.phoneLabel,
            stateWords(host),
            String(host.usedToday),
            host.user,
            instant(host.addedAt),
            host.lastError ?? '',
          ]),
          context.terminal.columns,
        )
  context.show(options, { hosts }, text)
}

/** Before anybody types a code: what would make the login useless afterwards. */
const prepared = async (context: Context) => {
  const { settings } = context
  const names = [
    'API_ID',
    'API_HASH',
    'SECRET_KEY',
    'HOST_TIMEOUT',
    'TELEGRAM_MTPROTO',
    'TELEGRAM_MTPROTO_KEY',
  ] as const
  const config = settings.read('DATABASE_URL', ...names)
  const db = await context.database()
  const { pending } = await migrationStatus(db)
  if (pending.length > 0)
    throw new VisavisError('not_migrated', 'This database lacks tables. Make them first: npm run cli -- migrate')
  if (settings.sandbox)
    context.terminal.note('This logs in to the sandbox of the service that runs here. The code is 12345 there.\n')
  return { config, db }
}

const login = async (context: Context, options: Options): Promise<void> => {
  const { config, db } = await prepared(context)
  const { terminal } = context
  // GramJS is slow to load, and only needed here.
  const { loginHost } = await import('../telegram/login.js')
  const said = (again: string | undefined) => (again === undefined ? '' : `${again}\n`)
  const { session, userId, phoneLabel } = await loginHost({
    apiId: Number(config.API_ID),
    apiHash: config.API_HASH,
    endpoint: { address: config.TELEGRAM_MTPROTO, publicKey: config.TELEGRAM_MTPROTO_KEY },
    timeoutMs: config.HOST_TIMEOUT,
    ask: {
      phone: () => terminal.ask('Phone number of the account, with country code: '),
      code: (again) => terminal.ask(`${said(again)}Code that Telegram has sent to it: `),
      password: (hint, again) =>
        terminal.ask(`${said(again)}Two-step password${hint === '' ? '' : ` (hint: ${hint})`}: `, { hidden: true }),
    },
  })
  const host = await hostsTable(db, config.SECRET_KEY).add({ phoneLabel, userId, session })
  context.show(
    options,
    { host, user: userId, phone: phoneLabel },
    `Host ${host} (${phoneLabel}) is stored, its session encrypted. A running service begins to use it within seconds.\n`,
  )
}

/** `hosts list`, `hosts login`. */
export const addHosts = (program: Command, context: Context): void => {
  const hosts = program.command('hosts').description('the Telegram accounts that own the groups')
  hosts
    .command('list')
    .description('every host: its state and how many groups it made today (UTC)')
    .option(...JSON_OPTION)
    .action((options: Options) => list(context, options))
  hosts
    .command('login')
    .description('log an account in by phone, code and password; its session is stored encrypted with SECRET_KEY')
    .option(...JSON_OPTION)
    .action((options: Options) => login(context, options))
}
