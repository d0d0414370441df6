import type { HostClient } from '../telegram/host-client.js'
import type { HostAttempts, HostWork } from './host-attempts.js'
import type { OwnGroups } from './host-own-groups.js'
import type { HostParts } from './host-parts.js'
import type { Retries } from './host-retries.js'
import type { HostStanding } from './host-standing.js'
import { sweepOrphans } from './host-sweep.js'

/**
 * What a host looks at now and then, whether or not there is anything to do: what Telegram thinks of its account, which
 * it would otherwise learn only from its next refusal, and groups that nobody knows of. A look that fails is repeated
 * like everything that fails.
 */
export const createRounds = (
  parts: HostParts,
  deps: {
    readonly standing: HostStanding
    readonly retries: Retries
    readonly attempts: HostAttempts
    readonly connected: () => Promise<HostClient>
    readonly ownGroups: OwnGroups
    /** Whether such work is not to be done now. */
    readonly resting: (work: HostWork) => boolean
  },
) => {
  const { clock, settings } = parts
  const { standing, retries, attempts, connected, ownGroups, resting } = deps
  const rounds = {
    account: {
      everyMs: settings.accountEveryMs,
      nextAt: 0,
      /** The kind of work that must not be resting. */
      needs: 'look',
      act: async (client: HostClient) => standing.judge(await client.verdict()),
    },
    // What it finds it deletes.
    sweep: {
      everyMs: settings.sweepEveryMs,
      nextAt: 0,
      needs: 'dispose',
      act: (client: HostClient) => sweepOrphans(parts, ownGroups, client),
    },
  } satisfies Record<string, { needs: HostWork; [other: string]: unknown }>

  return {
    /** Under these names failures are remembered. */
    keys: Object.keys(rounds),
    /** Looks at what is due. */
    make: async (): Promise<void> => {
      for (const [key, round] of Object.entries(rounds)) {
        const isDue = retries.failures(key) > 0 ? retries.due(key) : clock.now() >= round.nextAt
        if (!isDue || resting(round.needs)) continue
        round.nextAt = clock.now() + round.everyMs
        await attempts.attempt('look', key, async () => {
          await round.act(await connected())
          retries.forget(key)
        })
      }
    },
    /** Has the account looked at next, unless a look at it failed and is to be repeated only later. */
    askAgain: (): void => void (rounds.account.nextAt = 0),
    /** Milliseconds until the next look; Infinity for those that have failed, or must not be made now. */
    nextInMs: (): number =>
      Math.min(
        ...Object.entries(rounds).map(([key, { nextAt, needs }]) =>
          retries.failures(key) > 0 || resting(needs) ? Infinity : Math.max(0, nextAt - clock.now()),
        ),
      ),
  }
}
