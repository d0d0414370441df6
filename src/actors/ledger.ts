import type { FenceToken } from '../postgres/deployment.js'
import type { LedgerStore } from '../postgres/ledger-store.js'
import { tellEvent, type LedgerEvents } from './ledger-events.js'
import { foldFacts, type Fact } from './ledger-fold.js'

export type { Fact } from './ledger-fold.js'

/**
 * The ledger actor: writes facts to Postgres.
 *
 * Its mailbox is the one whose order matters. Whoever feeds it holds the lease `ledger`, begins with what its
 * predecessor left unacknowledged, keeps offering a batch that failed before reading on, and acknowledges a batch only
 * after `apply` resolved. Facts are never re-told under a new id.
 *
 * @param deps.fence the token of the lease, asked for anew with every batch
 */
export const createLedger = (deps: {
  store: Pick<LedgerStore, 'write'>
  fence: () => FenceToken
  events: LedgerEvents
}) => ({
  /**
   * Writes a batch in one transaction. Repeating a batch, or part of one, changes nothing. A fact that cannot be read
   * is reported and left out: the others must not wait for it.
   * @throws LeaseLostError when somebody else is the ledger now; PostgresError (retryable) when Postgres is away
   */
  apply: async (facts: readonly Fact[]): Promise<void> => {
    const illegible = new Set<string>()
    const folded = foldFacts(facts, (entry, error) => {
      illegible.add(entry)
      deps.events.factIllegible(entry, error)
    })
    if (folded.upTo === undefined) return
    await deps.store.write(folded, deps.fence())
    for (const { id, message } of facts) if (!illegible.has(id)) tellEvent(deps.events, message)
  },
})
export type Ledger = ReturnType<typeof createLedger>
