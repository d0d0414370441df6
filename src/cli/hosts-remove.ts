import { VisavisError } from '../errors.js'
import type { ChatId, HostId } from '../ids.js'
import { hostMailbox } from '../mailboxes.js'
import { inTransaction, type Connection } from '../postgres/database.js'
import { groupsTable } from '../postgres/groups.js'
import { hostsTable } from '../postgres/hosts.js'
import { audited, confirm, wholeLive, writeAudit } from './acting.js'
import type { Context } from './context.js'
import { hostRow } from './hosts-work.js'
import { counted, instant } from './words.js'

export interface RemoveOptions {
  readonly json?: boolean
  readonly abandon?: boolean
  readonly yes?: boolean
}

/** The groups of an account that is lost: nobody can delete them any more, so nothing may count on them. Gives those that exist. */
const abandon = async (context: Context, host: HostId): Promise<ChatId[]> => {
  const { groups, redis, keys } = await wholeLive(context)
  const table = groupsTable(await context.database())
  const rows = await table.liveOf(host)
  const chats = rows.flatMap(({ chat }) => chat ?? [])
  for (const step of ['look', 'retire'] as const) {
    // No transaction takes back what this does to Redis.
    if (step === 'retire') await writeAudit(context, 'hosts remove', host, { abandoned: chats.length })
    for (const chat of chats) {
      if (step === 'retire') await groups.retire(chat, host)
      const place = await groups.place(chat)
      if (place === undefined || place === 'disposing' || (step === 'look' && place === 'stock')) continue
      throw new VisavisError(
        'rooms_left',
        `Room ${place} is held in a group of host ${host}. End its rooms first: rooms close --all --host ${host}`,
      )
    }
  }
  for (const { chat, group } of rows) {
    if (chat !== null) await groups.forget(chat, host)
    await table.setStatus(group, 'lost')
  }
  await redis.del(keys.mailbox(hostMailbox(host)), keys.later(hostMailbox(host)))
  return chats
}

/** `hosts remove`: a host that owns nothing any more; with `--abandon`, one whose account is lost. */
export const remove = async (context: Context, host: HostId, options: RemoveOptions): Promise<void> => {
  const { phoneLabel, status, floodUntil } = await hostRow(context, host)
  const db = await context.database()
  const owned = (await groupsTable(db).liveOf(host)).length
  if (options.abandon === true && status !== 'quarantined')
    throw new VisavisError(
      'not_lost',
      `Host ${host} is ${status}, so it can delete its groups: hosts drain ${host} --wait`,
    )
  if (owned > 0 && options.abandon !== true)
    throw new VisavisError(
      'groups_left',
      `Host ${host} still owns ${counted(owned, 'group', 'groups')}. Have ${owned === 1 ? 'it' : 'them'} deleted first: hosts drain ${host} --wait` +
        (status === 'quarantined' ? `; or, when its account is lost: hosts remove ${host} --abandon` : ''),
    )
  const loss =
    owned === 0 ? '' : ` ${counted(owned, 'group stays', 'groups stay')} on Telegram, where nobody can delete them.`
  await confirm(context, `Forget host ${host} (${phoneLabel}) and its session?${loss}`, options.yes)
  const forget = async (tx: Connection): Promise<void> => {
    if (await hostsTable(tx, '').remove(host)) return
    throw new VisavisError(
      'groups_left',
      `Host ${host} has made another group just now. Drain it first: hosts drain ${host} --wait`,
    )
  }
  const groups = owned === 0 ? [] : await abandon(context, host)
  const abandoned = groups.length
  const restsUntil = floodUntil !== null && floodUntil > Date.now() ? floodUntil : null
  if (owned === 0) await audited(context, 'hosts remove', forget, () => ({ subject: host, details: { abandoned } }))
  else await inTransaction(db, forget)
  context.show(
    options,
    { host, outcome: 'removed', abandoned, groups, restsUntil },
    (abandoned === 0 ? '' : `${counted(abandoned, 'group stays', 'groups stay')} on Telegram: ${groups.join(', ')}\n`) +
      `Host ${host} is forgotten. End its session in a Telegram app too: Settings, Devices.\n` +
      (restsUntil === null
        ? ''
        : `Telegram wants its account to rest until ${instant(restsUntil)} UTC, also if it is logged in again before.\n`),
  )
}
