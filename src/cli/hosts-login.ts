import type { Config } from '../config.js'
import { VisavisError } from '../errors.js'
import type { HostId } from '../ids.js'
import { hostsTable, type HostsTable } from '../postgres/hosts.js'
import { migrationStatus } from '../postgres/migrate.js'
import type { LoginResult } from '../telegram/login-steps.js'
import { audited } from './acting.js'
import type { Context } from './context.js'
import { connectHost, CONNECTION } from './hosts-client.js'
import { qrScreen } from './hosts-qr.js'
import { hostRow } from './hosts-work.js'
import { instant } from './words.js'

interface Options {
  readonly json?: boolean
  readonly qr?: boolean
}

/** Before anybody types a code: what would make the login useless afterwards. */
const prepared = async (context: Context, inSandbox: string) => {
  const { settings } = context
  const config = settings.read('DATABASE_URL', ...CONNECTION)
  const db = await context.database()
  const { pending } = await migrationStatus(db)
  if (pending.length > 0)
    throw new VisavisError('not_migrated', 'This database lacks tables. Make them first: npm run cli -- migrate')
  if (settings.sandbox)
    context.terminal.note(`This logs in to the sandbox of the service that runs here. ${inSandbox}\n`)
  return config
}

const said = (again: string | undefined): string => (again === undefined ? '' : `${again}\n`)

/** Logs in, and talks with the person meanwhile. GramJS is slow to load, and only needed here. */
const loggedIn = async (
  { terminal }: Context,
  config: Pick<Config, (typeof CONNECTION)[number]>,
  byQr: boolean,
): Promise<LoginResult> => {
  const settings = {
    apiId: Number(config.API_ID),
    apiHash: config.API_HASH,
    endpoint: { address: config.TELEGRAM_MTPROTO, publicKey: config.TELEGRAM_MTPROTO_KEY },
    timeoutMs: config.HOST_TIMEOUT,
    // What comes from a pipe was written before it was known what is wrong: the next line is no better answer.
    ...(terminal.attended === true ? {} : { attempts: 1 }),
  }
  const password = (hint: string, again?: string) =>
    terminal.ask(`${said(again)}Two-step password${hint === '' ? '' : ` (hint: ${hint})`}: `, { hidden: true })
  if (!byQr) {
    const { loginHost } = await import('../telegram/login.js')
    const phone = (again?: string) => terminal.ask(`${said(again)}Phone number of the account, with country code: `)
    const code = (again?: string) => terminal.ask(`${said(again)}Code that Telegram has sent to it: `)
    return loginHost({ ...settings, ask: { phone, code, password } })
  }
  const { loginHostByQr } = await import('../telegram/qr-login.js')
  terminal.note('Scan this with a Telegram app of the account: Settings, Devices, Link Desktop Device.\n')
  const screen = qrScreen(terminal)
  return loginHostByQr({
    ...settings,
    ask: { password },
    show: screen.show,
    onScanned: screen.scanned,
  })
}

/** Stores an account, and writes that down. */
const store = (
  context: Context,
  action: string,
  secret: string,
  account: Parameters<HostsTable['add']>[0],
): Promise<HostId> =>
  audited(
    context,
    action,
    (tx) => hostsTable(tx, secret).add(account),
    (host) => ({ subject: host }),
  )

const IN_SANDBOX = {
  code: 'The code is 12345 there.',
  qr: 'Nobody scans there: give the link to POST /sandbox/accounts/accept (docs/sandbox.md).',
} as const

/** When the service begins to use an account that was stored. */
const useWords = async (context: Context, host: HostId): Promise<string> => {
  const { floodUntil } = await hostRow(context, host)
  return floodUntil !== null && floodUntil > Date.now()
    ? `Telegram wants it to rest until ${instant(floodUntil)} UTC; it makes no groups before.`
    : 'A running service begins to use it within seconds.'
}

/** `hosts login`: by phone, code and password, or by a QR code. */
export const login = async (context: Context, options: Options): Promise<void> => {
  const config = await prepared(context, options.qr === true ? IN_SANDBOX.qr : IN_SANDBOX.code)
  const { session, userId, phoneLabel } = await loggedIn(context, config, options.qr === true)
  const host = await store(context, 'hosts login', config.SECRET_KEY, { phoneLabel, userId, session })
  context.show(
    options,
    { host, user: userId, phone: phoneLabel },
    `Host ${host} (${phoneLabel}) is stored, its session encrypted. ${await useWords(context, host)}\n`,
  )
}

/** `hosts add`: a session that was made elsewhere. It is tried before it is stored. */
export const add = async (context: Context, options: Options): Promise<void> => {
  const config = await prepared(context, 'POST /sandbox/accounts gives a session there.')
  const session = (await context.terminal.ask('String session of the account (GramJS): ', { hidden: true })).trim()
  const client = await connectHost(config, session)
  const user = client.me()
  await client.close()
  const phoneLabel = `…${user.slice(-2)}`
  const host = await store(context, 'hosts add', config.SECRET_KEY, { phoneLabel, userId: user, session })
  context.show(
    options,
    { host, user, phone: phoneLabel },
    `Host ${host} (account ${user}) is stored, its session encrypted. ${await useWords(context, host)}\n`,
  )
}
