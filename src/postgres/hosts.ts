import type { HostId, UserId } from '../ids.js'
import { hostMailbox, type MailboxName } from '../mailboxes.js'
import type { Connection } from './database.js'
import { anyRows, maybeRow, noRows, oneRow } from './queries.js'
import { decryptSession, encryptSession, SessionEncryptionError } from './session-encryption.js'

/** A Telegram account that owns groups. Instants in milliseconds. */
export interface HostRow {
  readonly host: HostId
  /** Masked: enough to recognise the account. */
  readonly phoneLabel: string
  readonly user: UserId
  /** Whose wait is over is `active`. */
  readonly status: 'active' | 'parked' | 'quarantined' | 'draining'
  readonly parkedUntil: number | null
  /** Until when Telegram itself wants it to rest, if it ever did. */
  readonly floodUntil: number | null
  /** Groups created on this UTC day. */
  readonly usedToday: number
  readonly lastError: string | null
  /** Whether a process works as it: also where Telegram lets it do nothing more than delete its own groups. */
  readonly mayWork: boolean
  readonly addedAt: number
  /** When it was logged in last: its session is from then. */
  readonly loginAt: number
}

/** The mailboxes of hosts that nobody may work as: what lies there waits for the next login. */
export const unreadMailboxes = (hosts: readonly Pick<HostRow, 'host' | 'mayWork'>[]): ReadonlySet<MailboxName> =>
  new Set(hosts.filter(({ mayWork }) => !mayWork).map(({ host }) => hostMailbox(host)))

const add = oneRow<{ phoneLabel: string; user: UserId; session: Buffer }, { host: HostId }>('hosts/add')
const list = anyRows<{ host: HostId | null }, HostRow>('hosts/list')
const session = maybeRow<{ host: HostId }, { user: UserId; session: Buffer }>('hosts/session')
const park = noRows<{ host: HostId; until: number; reason: string | null }>('hosts/park')
const flood = noRows<{ host: HostId; until: number; reason: string }>('hosts/flood')
const activate = noRows<{ host: HostId }>('hosts/activate')
const quarantine = noRows<{ host: HostId; reason: string }>('hosts/quarantine')
const drain = maybeRow<{ host: HostId }, object>('hosts/drain')
const sessions = anyRows<object, { host: HostId; user: UserId; session: Buffer }>('hosts/sessions')
const storeSession = noRows<{ host: HostId; session: Buffer }>('hosts/store-session')
const removeGroups = maybeRow<{ host: HostId }, object>('hosts/remove')
const deleteHost = noRows<{ host: HostId }>('hosts/delete')
const forgetRemoved = oneRow<{ before: number; limit: number }, { count: number }>('hosts/forget-removed')
const returnBudget = noRows<{ host: HostId }>('hosts/return-budget')
const spendBudget = maybeRow<{ host: HostId; max: number }, { used: number }>('hosts/spend-budget')

/**
 * The accounts that own groups. What a host's lease holder writes belongs into `fenced(db, lease, token, …)`.
 * @param secret SECRET_KEY, under which sessions are stored
 */
export const hostsTable = (on: Connection, secret: string) => ({
  /**
   * Adds a host. One that is known (by its user id) gets the new session and becomes active again. What Telegram asked
   * for and today's budget hold on, also of one that was removed.
   */
  add: async (account: { phoneLabel: string; userId: UserId; session: string }): Promise<HostId> => {
    const sealed = await encryptSession(account.session, account.userId, secret)
    return (await add(on, { phoneLabel: account.phoneLabel, user: account.userId, session: sealed })).host
  },
  list: (): Promise<HostRow[]> => list(on, { host: null }),
  get: async (host: HostId): Promise<HostRow | null> => (await list(on, { host }))[0] ?? null,
  /** The session of a host, or null when there is no such host. Throws SessionEncryptionError when it does not open. */
  session: async (host: HostId): Promise<string | null> => {
    const row = await session(on, { host })
    return row === null ? null : decryptSession(row.session, row.user, secret)
  },
  /** Lets a host rest until an instant in milliseconds, because an operator wants it. Never cuts short what Telegram asked for. */
  park: (host: HostId, until: number, reason: string | null = null): Promise<void> => park(on, { host, until, reason }),
  /** The same because Telegram wants it: also a host that is drained and resumed makes nothing before. */
  flood: (host: HostId, until: number, reason: string): Promise<void> => flood(on, { host, until, reason }),
  /** Puts a host to work; also ends what Telegram asked for. */
  activate: (host: HostId): Promise<void> => activate(on, { host }),
  /** Takes a host out of work until it is logged in again. */
  quarantine: (host: HostId, reason: string): Promise<void> => quarantine(on, { host, reason }),
  /** Has a host give up its groups and make no more. False when it is unknown or quarantined. */
  drain: async (host: HostId): Promise<boolean> => (await drain(on, { host })) !== null,
  /** Forgets a host and its past groups. False when it is unknown or still owns groups. Belongs into a transaction. */
  remove: async (host: HostId): Promise<boolean> => {
    if ((await removeGroups(on, { host })) === null) return false
    await deleteHost(on, { host })
    return true
  },
  /** Forgets what was kept of hosts that were removed and has meant nothing since an instant in milliseconds. Gives how many. */
  deleteRemovedBefore: async (before: number, limit: number): Promise<number> =>
    (await forgetRemoved(on, { before, limit })).count,
  /**
   * Puts every session that opens with `old` under this table's key. What opens with it already stays. Belongs into a
   * transaction. Gives how many were changed; throws SessionEncryptionError when one opens with neither.
   */
  rekey: async (old: string): Promise<{ changed: number; same: number }> => {
    const counts = { changed: 0, same: 0 }
    for (const { host, user, session: sealed } of await sessions(on, {})) {
      const opens = await decryptSession(sealed, user, secret).then(
        () => true,
        () => false,
      )
      if (opens) {
        counts.same++
        continue
      }
      const text = await decryptSession(sealed, user, old).catch((error: unknown) => {
        throw new SessionEncryptionError(
          `The session of host ${host} opens neither with the old key nor with SECRET_KEY. Nothing was changed.`,
          error,
        )
      })
      await storeSession(on, { host, session: await encryptSession(text, user, secret) })
      counts.changed++
    }
    return counts
  },
  /** Counts one more group against today's budget (UTC); false when `max` are used up. */
  spendBudget: async (host: HostId, max: number): Promise<boolean> => (await spendBudget(on, { host, max })) !== null,
  /** The group was not made after all. */
  returnBudget: (host: HostId): Promise<void> => returnBudget(on, { host }),
})
export type HostsTable = ReturnType<typeof hostsTable>
