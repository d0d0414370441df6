import type { Logger } from '../logger.js'
import { masked } from '../logger.js'
import { wordsOf } from '../errors.js'
import type { FenceToken } from '../postgres/deployment.js'
import type { LedgerStore } from '../postgres/ledger-store.js'
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
export const createLedger = (deps: { store: Pick<LedgerStore, 'write'>; fence: () => FenceToken; logger: Logger }) => ({
  /**
   * Writes a batch in one transaction. Repeating a batch, or part of one, changes nothing. A fact that cannot be read
   * is reported and left out: the others must not wait for it.
   * @throws LeaseLostError when somebody else is the ledger now; PostgresError (retryable) when Postgres is away
   */
  apply: async (facts: readonly Fact[]): Promise<void> => {
    const folded = foldFacts(facts, (entry, error) =>
      deps.logger.error(
        { event: 'fact_illegible', entry, reason: masked(wordsOf(error)) },
        'The ledger cannot read a fact and leaves it out; the reconciler repairs what it meant',
      ),
    )
    if (folded.upTo !== undefined) await deps.store.write(folded, deps.fence())
  },
})
export type Ledger = ReturnType<typeof createLedger>
