import { createAskedHosts } from '../app/asked-hosts.js'
import type { Config } from '../config.js'
import { VisavisError, wordsOf } from '../errors.js'
import type { HostId } from '../ids.js'
import { hostsTable, type HostRow } from '../postgres/hosts.js'
import { SessionEncryptionError } from '../postgres/session-encryption.js'
import { leaseNames } from '../redis/lease-names.js'
import { leaseHolder } from '../redis/leases.js'
import { whyWritesRefused } from '../redis/refused-writes.js'
import { HostUnavailableError } from '../telegram/errors.js'
import type { AccountStanding } from '../telegram/host-client.js'
import type { Context } from './context.js'
import { EXIT, wordsFor } from './failures.js'
import { connectHost, CONNECTION } from './hosts-client.js'
import { APPEAL, frozenMend, hindranceOf, restrictedMend } from './hosts-hindrance.js'
import { groupCounts, groupWords, hostRow, type GroupCounts } from './hosts-work.js'
import { holdLease } from './lease.js'
import { instant, span } from './words.js'

/** What is known of one host. `mend` says what helps where it cannot work, or rests; '' when all is well. */
export interface HostCheck {
  readonly host: HostId
  readonly ok: boolean
  readonly status: HostRow['status']
  readonly words: string
  readonly mend: string
  /** The instance that works as it, if one does. */
  readonly heldBy: string | null
  readonly usedToday: number
  readonly budget: number
  readonly groups: GroupCounts
}

type Settings = Pick<Config, (typeof CONNECTION)[number] | 'HOST_LEASE'>

/** A login is fresh for so long at most. */
const FRESH_MS = 86_400_000

/** Whether the account answers: asked through its holder, or (when nobody works as it) by connecting under its lease. */
const answers = async (
  context: Context,
  host: HostId,
  settings: Settings,
  held: boolean,
): Promise<{ words: string; account: AccountStanding | undefined }> => {
  const live = await context.live()
  if (held) {
    const asked = createAskedHosts({ ...live, hosts: [host] })
    try {
      const [reachable] = await asked.reachable()
      const groups = (await reachable?.ownGroups()) ?? []
      return { words: `answers; ${groups.length} of our groups exist on Telegram`, account: await asked.standing(host) }
    } catch (error) {
      if (error instanceof VisavisError && error.code === 'lease_free') throw error
      throw new VisavisError('host_silent', `the process that works as it says: ${wordsOf(error)}`, { cause: error })
    }
  }
  const session = await hostsTable(await context.database(), settings.SECRET_KEY).session(host)
  return holdLease(live, leaseNames.host(host), settings.HOST_LEASE, async () => {
    const client = await connectHost(settings, session ?? '')
    try {
      return {
        words: 'its session works, but no process of the service works as it',
        account: await client.standing(),
      }
    } finally {
      await client.close()
    }
  })
}

const frozenWords = ({ until, appealUrl }: NonNullable<AccountStanding['frozen']>): string =>
  `Telegram froze the account${until === null ? '' : ` (it is lost on ${instant(until)} UTC unless that is lifted)`}` +
  (appealUrl === null ? '' : `; appeal at ${appealUrl}`)

/** What Telegram has against the account, if anything. */
const restrictedWords = ({ restrictions }: AccountStanding): string => {
  const on = restrictions.map(
    ({ platform, reason }) => `${platform === 'all' ? 'all platforms' : platform} (${reason})`,
  )
  return on.length === 0 ? '' : `Telegram restricts the account on ${on.join(', ')}`
}

/** Somebody who logged in lately may find that promoting the bot is refused. */
const loginWords = (loginAt: number | null | undefined): string =>
  typeof loginAt === 'number' && Date.now() - loginAt < FRESH_MS
    ? `; logged in ${span(Date.now() - loginAt)} ago, so Telegram may not let it promote the bot yet`
    : ''

const standing = ({ status, parkedUntil, lastError }: HostRow): string => {
  switch (status) {
    case 'active':
      return ''
    case 'parked':
      return `parked until ${instant(parkedUntil ?? 0)} UTC (${lastError ?? 'by Telegram'})`
    case 'quarantined':
      return `quarantined (${lastError ?? 'reason unknown'})`
    case 'draining':
      return 'draining'
  }
}

/** What helps when an account could not be asked. */
const mendOf = (error: unknown, host: HostId, command: (line: string) => string): string => {
  if (whyWritesRefused(error) !== undefined) return 'have Redis take changes again'
  if (error instanceof HostUnavailableError) return 'see whether this machine reaches Telegram'
  const login = command('hosts login')
  if (error instanceof SessionEncryptionError)
    return `set SECRET_KEY to that of the service; or, if it is lost: ${login}`
  const code = error instanceof VisavisError ? error.code : ''
  if (code === 'lease_busy' || code === 'lease_free') return `look again: ${command(`hosts check ${host}`)}`
  // In its own words, which name the command where a login is what helps.
  if (code === 'host_silent' && !wordsOf(error).includes('hosts login')) return 'see the log of that process'
  return login
}

/**
 * Looks at one host. Never rejects for what is the host's own trouble.
 * @param command how a command is written where this is shown
 */
export const checkHost = async (
  context: Context,
  row: HostRow,
  groups: GroupCounts,
  command = (line: string): string => line,
): Promise<HostCheck> => {
  const { host, status, usedToday } = row
  const settings = context.settings.read('HOST_LEASE', ...CONNECTION)
  const { redis, keys, served } = await context.live()
  const holder = await redis.get(keys.lease(leaseNames.host(host)))
  const heldBy = holder === null ? null : leaseHolder(holder)
  const facts = { host, status, heldBy, usedToday, budget: served.GROUP_BUDGET, groups }
  const state = standing(row)
  try {
    const { words, account } = await answers(context, host, settings, heldBy !== null)
    const restricted = account === undefined ? '' : restrictedWords(account)
    if (account?.frozen)
      return {
        ...facts,
        ok: false,
        words: [state, frozenWords(account.frozen)].filter(Boolean).join('; '),
        mend: frozenMend,
      }
    if (status === 'quarantined')
      return {
        ...facts,
        ok: false,
        words: restricted === '' ? `${state}, though its session works` : `${state}; ${restricted}`,
        mend: restricted === '' ? command('hosts login') : restrictedMend(command),
      }
    if (heldBy === null) return { ...facts, ok: false, words, mend: 'start the service with the role host' }
    const spent = usedToday >= served.GROUP_BUDGET ? '; its budget for today (UTC) is used up' : ''
    return {
      ...facts,
      ok: true,
      words: `${[state, words, restricted].filter(Boolean).join('; ')}${spent}${loginWords(account?.loginAt)}`,
      mend:
        hindranceOf({ ...row, budget: served.GROUP_BUDGET, groups }, Date.now(), command)?.mend ??
        (restricted === '' ? '' : APPEAL),
    }
  } catch (error) {
    const words = [state, wordsFor(error) || wordsOf(error)].filter(Boolean).join('; ')
    return { ...facts, ok: false, words, mend: mendOf(error, host, command) }
  }
}

/** `hosts check`: all of them, or one. Ends with 1 when one of them cannot work, or there is none. */
export const check = async (context: Context, host: HostId | undefined, options: { json?: boolean }): Promise<void> => {
  const rows =
    host === undefined ? await hostsTable(await context.database(), '').list() : [await hostRow(context, host)]
  const counts = await groupCounts(context)
  const hosts: HostCheck[] = []
  for (const row of rows) hosts.push(await checkHost(context, row, counts(row.host)))
  const text =
    hosts.length === 0
      ? 'There are no hosts: without one no group can be made. Add one with: hosts login\n'
      : hosts
          .map(
            ({ host: id, ok, words, mend, usedToday, budget, groups }) =>
              `${context.terminal.paint(ok ? 'good' : 'bad', ok ? 'ok  ' : 'BAD ')} host ${id}: ${words}\n` +
              `     ${usedToday} of ${budget} groups made today; ${groupWords(groups)}\n` +
              (mend === '' ? '' : `     mend: ${mend}\n`),
          )
          .join('')
  context.show(options, { hosts }, text)
  if (hosts.length === 0 || hosts.some(({ ok }) => !ok)) context.exit(EXIT.failed)
}
