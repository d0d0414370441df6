import { botApiCall } from '../telegram/bot-api-call.js'
import { hostsTable } from '../postgres/hosts.js'
import { migrationStatus } from '../postgres/migrate.js'
import { checkRedisServer } from '../redis/server-check.js'
import type { Context } from './context.js'
import { bad, cli, ok, skipped, warning, type Line } from './doctor-line.js'
import { wordsFor } from './failures.js'
import { checkHost } from './hosts-check.js'
import { groupCounts } from './hosts-work.js'
import { openBot } from './telegram.js'

const OLDEST_NODE = [20, 19] as const
/** Deadlines are Redis' own; but parks, bans and links are judged by clocks that must not be far apart. */
const MOST_SKEW_MS = 5_000
const TIMEOUT_MS = 3_000

const line = (name: string, isOk: boolean, words: string, mend = ''): Line =>
  isOk ? ok(name, words) : bad(name, words, mend)

export const checkNode = async (): Promise<Line[]> => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isNew = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])
  return [line('node', isNew, process.version, `install Node ${OLDEST_NODE.join('.')} or newer`)]
}

export const checkRedis = async (context: Context): Promise<Line[]> => {
  const { redis, whole } = await context.live()
  const findings = await checkRedisServer(redis, { setWhatItMay: false })
  return [
    ...findings.map(({ name, ok, words }) => {
      const command = /CONFIG SET [\w-]+ \S+/.exec(words)?.[0]
      return line(`redis ${name}`, ok, words, command === undefined ? 'see the words' : `redis-cli ${command}`)
    }),
    line('redis state', whole, whole ? 'whole' : 'not whole', 'start the service: npm start'),
  ]
}

export const checkPostgres = async (context: Context): Promise<Line[]> => {
  const db = await context.database()
  const startedAt = performance.now()
  const { version, creates } = await db.one<{ version: string; creates: boolean }>(
    `select current_setting('server_version') as version, has_schema_privilege(current_schema(), 'create') as creates`,
  )
  const tookMs = performance.now() - startedAt
  const { pending, unknown } = await migrationStatus(db)
  const { denied } = await db.one<{ denied: number }>(
    `select count(*)::int as denied from pg_tables where schemaname = current_schema()
      and not has_table_privilege(format('%I.%I', schemaname, tablename), 'select, insert, update, delete')`,
  )
  return [
    line('postgres version', true, `${version}, answers in ${tookMs.toFixed(1)} ms`),
    line(
      'postgres migrations',
      pending.length === 0 && unknown.length === 0,
      pending.length > 0 ? `${pending.length} pending` : unknown.length > 0 ? 'newer than this code' : 'all applied',
      pending.length > 0 ? cli('migrate') : 'run the newer version of Visavis',
    ),
    line(
      'postgres privileges',
      creates && denied === 0,
      creates && denied === 0
        ? 'sufficient'
        : `${denied} tables may not be written${creates ? '' : ', none may be made'}`,
      'grant all on schema public and on all tables in it to this user',
    ),
  ]
}

export const checkClocks = async (context: Context): Promise<Line[]> => {
  const { waitingSet } = await context.live()
  const skew = (await waitingSet.now()) - Date.now()
  const mend = 'set the clocks by NTP (timedatectl set-ntp true)'
  const words = (ms: number) => `${(Math.abs(ms) / 1_000).toFixed(1)} s ${ms < 0 ? 'behind' : 'ahead of'} this machine`
  const lines = [line('clock redis', Math.abs(skew) < MOST_SKEW_MS, words(skew), mend)]
  const root = context.settings.read('TELEGRAM_API_ROOT').TELEGRAM_API_ROOT ?? 'https://api.telegram.org'
  try {
    const answer = await fetch(root, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) })
    const at = Date.parse(answer.headers.get('date') ?? '')
    if (Number.isNaN(at)) return [...lines, skipped('clock telegram', 'Telegram does not tell its time')]
    return [...lines, line('clock telegram', Math.abs(at - Date.now()) < MOST_SKEW_MS, words(at - Date.now()), mend)]
  } catch {
    return [
      ...lines,
      line('clock telegram', false, `${root} does not answer`, 'see whether this machine reaches Telegram'),
    ]
  }
}

export const checkBot = async (context: Context): Promise<Line[]> => {
  const bot = openBot(context)
  if (bot === undefined) return [skipped('bot token', 'not asked: BOT_TOKEN is not set here')]
  const config = context.settings.read('BOT_TOKEN', 'TELEGRAM_API_ROOT', 'BOT_WEBHOOK_URL', 'REQUIRED_CHANNELS')
  let me
  try {
    me = await bot.me()
  } catch (error) {
    return [line('bot token', false, wordsFor(error), 'take a new token from @BotFather and put it into BOT_TOKEN')]
  }
  const lines = [line('bot token', true, `works for @${me.username}`)]
  const call = botApiCall({ token: config.BOT_TOKEN, apiRoot: config.TELEGRAM_API_ROOT, timeoutMs: TIMEOUT_MS })
  const hook = await call<{ url: string; pending_update_count: number; last_error_message?: string }>('getWebhookInfo')
  const wanted = config.BOT_WEBHOOK_URL ?? ''
  const fits = wanted === '' ? hook.url === '' : hook.url.startsWith(wanted)
  // Telegram keeps its last trouble in mind when that is long over.
  const failing = hook.pending_update_count > 0 ? hook.last_error_message : undefined
  lines.push(
    line(
      'bot webhook',
      fits && failing === undefined,
      `${hook.url === '' ? 'none (long polling)' : 'set'}, ${hook.pending_update_count} updates wait` +
        (fits ? '' : ', but BOT_WEBHOOK_URL says otherwise') +
        (failing === undefined ? '' : `; Telegram says: ${failing}`),
      fits ? 'see that Telegram reaches BOT_WEBHOOK_URL' : 'restart the service: it sets what is configured',
    ),
  )
  for (const channel of config.REQUIRED_CHANNELS) {
    const mend = `make @${me.username} an administrator of ${channel}`
    try {
      const { admin } = await bot.botRights(channel)
      lines.push(
        line(
          `channel ${channel}`,
          admin,
          admin ? 'the bot is an administrator' : 'the bot is not an administrator, so the gate sees no members',
          mend,
        ),
      )
    } catch (error) {
      lines.push(line(`channel ${channel}`, false, wordsFor(error), mend))
    }
  }
  return lines
}

export const checkHosts = async (context: Context): Promise<Line[]> => {
  const rows = await hostsTable(await context.database(), '').list()
  if (rows.length === 0) return [line('hosts', false, 'there are none, so no group can be made', cli('hosts login'))]
  const counts = await groupCounts(context)
  const lines: Line[] = []
  for (const row of rows) {
    const { host, ok: isOk, words, mend } = await checkHost(context, row, counts(row.host), cli)
    const name = `host ${host}`
    // One that rests is well, and makes no groups all the same.
    lines.push(isOk && mend !== '' ? warning(name, words, mend) : line(name, isOk, words, mend))
  }
  return lines
}
