import { VisavisError } from '../errors.js'
import { hostsTable } from '../postgres/hosts.js'
import { migrationStatus } from '../postgres/migrate.js'
import { writeAudit } from './acting.js'
import type { Context } from './context.js'
import { connectHost } from './hosts-client.js'

interface Options {
  readonly json?: boolean
}

/** What a connection of an account needs. */
export const CONNECTION = [
  'API_ID',
  'API_HASH',
  'SECRET_KEY',
  'HOST_TIMEOUT',
  'TELEGRAM_MTPROTO',
  'TELEGRAM_MTPROTO_KEY',
] as const

/** Before anybody types a code: what would make the login useless afterwards. */
const prepared = async (context: Context) => {
  const { settings } = context
  const config = settings.read('DATABASE_URL', ...CONNECTION)
  const db = await context.database()
  const { pending } = await migrationStatus(db)
  if (pending.length > 0)
    throw new VisavisError('not_migrated', 'This database lacks tables. Make them first: npm run cli -- migrate')
  if (settings.sandbox)
    context.terminal.note('This logs in to the sandbox of the service that runs here. The code is 12345 there.\n')
  return { config, db }
}

/** `hosts login`: by phone, code and password. */
export const login = async (context: Context, options: Options): Promise<void> => {
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
  await writeAudit(context, 'hosts login', host)
  context.show(
    options,
    { host, user: userId, phone: phoneLabel },
    `Host ${host} (${phoneLabel}) is stored, its session encrypted. A running service begins to use it within seconds.\n`,
  )
}

/** `hosts add`: a session that was made elsewhere. It is tried before it is stored. */
export const add = async (context: Context, options: Options): Promise<void> => {
  const { config, db } = await prepared(context)
  const session = (await context.terminal.ask('String session of the account (GramJS): ', { hidden: true })).trim()
  const client = await connectHost(config, session)
  const user = client.me()
  await client.close()
  const phoneLabel = `…${user.slice(-2)}`
  const host = await hostsTable(db, config.SECRET_KEY).add({ phoneLabel, userId: user, session })
  await writeAudit(context, 'hosts add', host)
  context.show(
    options,
    { host, user, phone: phoneLabel },
    `Host ${host} (account ${user}) is stored, its session encrypted. A running service begins to use it within seconds.\n`,
  )
}
