import type { MailboxMessages } from '../mailboxes.js'
import type { AuditTable } from '../postgres/audit.js'
import type { DeploymentTable } from '../postgres/deployment.js'
import type { WaitingSet } from './waiting-set.js'

/** How many of those who wait are told at once; the others learn it when they ask. The courier has more to say. */
const TOLD = 500

export interface MatchingPauseDeps {
  readonly waitingSet: Pick<WaitingSet, 'pause' | 'resume' | 'paused' | 'match' | 'list'>
  readonly deployment: Pick<DeploymentTable, 'pausedBy' | 'setPausedBy'>
  readonly audit: Pick<AuditTable, 'add'>
  readonly tell: (mailbox: 'courier', message: MailboxMessages['courier']) => Promise<unknown>
}

/**
 * Stops and restarts the making of pairs. Those who wait keep their place and are told of either. It stands in Postgres
 * too, so that a Redis that loses its data does not begin to make pairs; and in the audit table, before it is done.
 */
export const createMatchingPause = ({ waitingSet, deployment, audit, tell }: MatchingPauseDeps) => {
  /** As to somebody who searches already: how the search stands, and whether pairs are made. */
  const args = JSON.stringify({ already: true })
  const tellThoseWhoWait = async (): Promise<void> => {
    for (const { user: to } of await waitingSet.list(0, TOLD))
      await tell('courier', { type: 'notice', to, notice: 'searching', args })
  }
  return {
    /**
     * @param actor an administrator's user id, or `cli:` and an operator's name
     * @returns false when it was paused already: then nobody is told again
     */
    pause: async (actor: string, reason?: string): Promise<boolean> => {
      if (await waitingSet.paused()) return false
      await audit.add({ actor, action: 'matching pause', ...(reason === undefined ? {} : { details: { reason } }) })
      await deployment.setPausedBy(actor)
      await waitingSet.pause(actor)
      await tellThoseWhoWait()
      return true
    },
    /**
     * Those who suit one another are paired at once, as far as there are groups.
     * @returns false when it was not paused, neither in Redis nor in Postgres
     */
    resume: async (actor: string): Promise<boolean> => {
      if (!(await waitingSet.paused()) && (await deployment.pausedBy()) === null) return false
      await audit.add({ actor, action: 'matching resume' })
      await deployment.setPausedBy(null)
      await waitingSet.resume()
      await waitingSet.match()
      await tellThoseWhoWait()
      return true
    },
  }
}
export type MatchingPause = ReturnType<typeof createMatchingPause>
