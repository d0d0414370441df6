import { RebuildingError, wordsOf } from '../errors.js'
import {
  HostError,
  HostFloodError,
  HostGroupGoneError,
  HostRejectedError,
  HostUnavailableError,
} from '../telegram/errors.js'
import type { HostParts } from './host-parts.js'
import type { Retries } from './host-retries.js'
import type { HostStanding } from './host-standing.js'

/** After so many failures of one group a person should look at it. */
const STUBBORN = 8

/** The kinds of work that Telegram limits each for itself. A `look` only asks, and matters less than any other. */
export type HostWork = 'create' | 'prepare' | 'dispose' | 'look'

/** What a host tried, and what came of it: what failed, and what Telegram refuses for a while. */
export class HostAttempts {
  lastError: string | undefined
  /** Markers whose creation Telegram refused in words: one look is enough to know that nothing came of it. */
  private readonly refused = new Set<string>()
  /**
   * Until when Telegram refuses such work (FLOOD_WAIT, which is about one kind of call): more of it would only prolong
   * the wait. Creations are held back by the account's standing, which outlives the process; looks each for itself.
   */
  private readonly floodedUntil = { create: 0, prepare: 0, dispose: 0, look: 0 }

  constructor(
    private readonly parts: Pick<HostParts, 'host' | 'clock' | 'logger'>,
    private readonly standing: HostStanding,
    private readonly retries: Retries,
  ) {}

  /** Whether Telegram wants to see no such work for now. */
  resting(work: HostWork): boolean {
    return this.parts.clock.now() < this.floodedUntil[work]
  }

  isRefused(marker: string): boolean {
    return this.refused.has(marker)
  }

  /** This intent is over: what is remembered of it is of no use any more. */
  over(marker: string): void {
    this.refused.delete(marker)
  }

  /** Does one thing. Failures of this one thing are remembered for it; those that concern everything are thrown. */
  async attempt(work: HostWork, key: string, act: () => Promise<void>): Promise<void> {
    const { clock } = this.parts
    try {
      await act()
    } catch (error) {
      this.lastError = wordsOf(error)
      // Where things are is not known, for a moment: that is no failure of this one.
      if (error instanceof RebuildingError) throw error
      // A refused creation is looked up soon all the same: that is another call.
      this.retries.failed(key, error instanceof HostFloodError && work !== 'create' ? error.waitMs : 0)
      if (work === 'look' && error instanceof HostFloodError) return this.stubborn(work, key, error)
      if (error instanceof HostFloodError) this.floodedUntil[work] = clock.now() + error.waitMs
      if (work === 'create' && error instanceof HostError && !(error instanceof HostUnavailableError))
        this.refused.add(key)
      if (error instanceof HostError && (await this.standing.learn(error, work === 'dispose'))) return
      if (!(error instanceof HostRejectedError) && !(error instanceof HostGroupGoneError)) throw error
      this.stubborn(work, key, error)
    }
  }

  private stubborn(work: HostWork, key: string, error: unknown): void {
    const { host, logger } = this.parts
    const failures = this.retries.failures(key)
    const level = failures === STUBBORN ? 'error' : 'warn'
    if (work === 'look')
      logger[level]({ event: 'look_failed', host, look: key, failures, error }, 'A look of a host failed')
    else logger[level]({ event: 'group_stubborn', host, key, failures, error }, 'Work on a group failed')
  }
}
