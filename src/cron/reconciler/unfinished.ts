import { leaseNames } from '../../redis/lease-names.js'
import { createRepairs, type Comparison } from './difference.js'

/** A host that works tries for some minutes at most; one that Telegram has rest goes on afterwards, so it is left alone. */
const LONG_MS = 600_000

/**
 * Groups in preparation whose host cannot finish them (I4). Where the host is out of work, they are to be deleted, which
 * waits for the host as everything does that it has to delete; where only no process works as it, that process will
 * finish them.
 */
export const compareUnfinished: Comparison = async function* (deps) {
  const { redis, keys, tables } = deps
  const { dispose } = createRepairs(deps)
  for (const row of await tables.groups.unfinished(LONG_MS)) {
    const { group, chat, marker, host, hostMayWork } = row
    // With a place it is ready, and the ledger is about to write so.
    if (chat !== null && (await redis.hexists(keys.groups, chat)) === 1) continue
    if (hostMayWork && (await redis.exists(keys.lease(leaseNames.host(host)))) === 1) continue
    const repair = async (): Promise<boolean> => {
      // Its host may have finished it after all, and a room may be in it.
      if (!(await tables.groups.giveUp(group))) return false
      return chat === null || dispose(chat, host, '')
    }
    yield {
      kind: 'group_unfinished',
      about: 'group',
      subject: chat ?? marker,
      words: hostMayWork
        ? `is in preparation for long, but no process works as host ${host}: it goes on when one does`
        : `is in preparation for long, but host ${host} is quarantined: it is to be deleted when the account works again`,
      evidence: JSON.stringify(row),
      lags: true,
      repair: hostMayWork ? undefined : repair,
    }
  }
}
