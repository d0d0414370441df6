import { LeaseLostError } from '../errors.js'
import { inTransaction, type Connection, type Database } from './database.js'
import { maybeRow, noRows, oneRow } from './queries.js'

/** What a lease gives its holder: a number that grows with every holder, also when Redis loses its data. */
export type FenceToken = bigint | number | string

/** Which life of Redis this database belongs to, and the place in the ledger's mailbox of the newest fact it holds. */
export interface DeploymentState {
  readonly epoch: string | null
  readonly ledgerMs: string
  readonly ledgerSeq: string
}

const epoch = oneRow<object, { epoch: string | null }>('deployment/epoch')
const state = oneRow<object, DeploymentState>('deployment/state')
const beginEpoch = maybeRow<{ epoch: string; floorMs: string }, object>('deployment/begin-epoch')
const pausedBy = oneRow<object, { by: string | null }>('deployment/paused-by')
const setPausedBy = noRows<{ by: string | null }>('deployment/set-paused-by')
const fence = maybeRow<{ name: string }, { token: string }>('deployment/fence')
const raiseFence = maybeRow<{ name: string; token: string }, object>('deployment/raise-fence')

/** The epoch: the same in Redis and here, or Redis lost its data and is to be rebuilt. */
export const deploymentTable = (on: Connection) => ({
  /** Null before the first start. */
  epoch: async (): Promise<string | null> => (await epoch(on, {})).epoch,
  state: (): Promise<DeploymentState> => state(on, {}),
  /** Begins an epoch whose facts come after `floorMs` in the ledger's mailbox. False when a later one has begun. */
  beginEpoch: async (value: string, floorMs: string): Promise<boolean> =>
    (await beginEpoch(on, { epoch: value, floorMs })) !== null,
  /** Who has paused matching; null while it goes on. */
  pausedBy: async (): Promise<string | null> => (await pausedBy(on, {})).by,
  setPausedBy: (by: string | null): Promise<void> => setPausedBy(on, { by }),
})
export type DeploymentTable = ReturnType<typeof deploymentTable>

/**
 * Makes a transaction the work of the lease's newest holder: other holders wait for it to end, and are refused then.
 * Only of use inside a transaction.
 * @throws LeaseLostError when a newer token was seen
 */
export const assertFence = async (tx: Connection, name: string, token: FenceToken): Promise<void> => {
  if ((await raiseFence(tx, { name, token: String(token) })) === null) throw new LeaseLostError(name)
}

/** The greatest token of this lease that has written here: whoever comes with a lower one is refused. */
export const fenceOf = async (on: Connection, name: string): Promise<bigint> =>
  BigInt((await fence(on, { name }))?.token ?? 0)

/** Runs writes in one transaction that only the newest holder of the lease `name` can commit. */
export const fenced = <T>(
  db: Database,
  name: string,
  token: FenceToken,
  work: (tx: Connection) => Promise<T>,
): Promise<T> =>
  inTransaction(db, async (tx) => {
    await assertFence(tx, name, token)
    return work(tx)
  })
