import type { HostClient } from '../telegram/host-client.js'
import type { HostAttempts, HostWork } from './host-attempts.js'
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
    /** Whether such work is not to be done now. */
    readonly resting: (work: HostWork) => boolean
  },
) => {
  const { clock, settings } = parts
  const { standing, retries, attempts, connected, resting } = deps
  const nextAt = { account: 0, sweep: 0 }
  const everyMs = { account: settings.accountEveryMs, sweep: settings.sweepEveryMs }

  const round = async (key: keyof typeof nextAt, work: HostWork, act: (client: HostClient) => Promise<unknown>) => {
    const isDue = retries.failures(key) > 0 ? retries.due(key) : clock.now() >= nextAt[key]
    if (!isDue || resting(work)) return
    nextAt[key] = clock.now() + everyMs[key]
    await attempts.attempt(work, key, async () => {
      await act(await connected())
      retries.forget(key)
    })
  }

  return {
    /** Under these names failures are remembered. */
    keys: Object.keys(nextAt),
    /** Looks at what is due. */
    make: async (): Promise<void> => {
      await round('account', 'prepare', async (client) => standing.judge(await client.standing()))
      await round('sweep', 'dispose', (client) => sweepOrphans(parts, client))
    },
    /** Has the account looked at next. */
    askAgain: (): void => void (nextAt.account = 0),
    /** Milliseconds until the next look, apart from those that have failed. */
    nextInMs: (): number => Math.max(0, Math.min(nextAt.account, nextAt.sweep) - clock.now()),
  }
}
