import type { Clock } from '../clock.js'

const MOST_MS = 3_600_000

/** When each stubborn thing is tried again: after pauses that double, up to an hour. */
export class Retries {
  private readonly states = new Map<string, { failures: number; dueAt: number; since: number }>()

  constructor(
    private readonly clock: Clock,
    private readonly firstMs: number,
  ) {}

  due(key: string): boolean {
    return (this.states.get(key)?.dueAt ?? 0) <= this.clock.now()
  }

  failures(key: string): number {
    return this.states.get(key)?.failures ?? 0
  }

  /** How long ago it failed first. */
  sinceMs(key: string): number {
    const state = this.states.get(key)
    return state === undefined ? 0 : this.clock.now() - state.since
  }

  /** Not before `atLeastMs`, nor before the next pause is over. */
  failed(key: string, atLeastMs = 0): void {
    const now = this.clock.now()
    const { failures = 0, since = now } = this.states.get(key) ?? {}
    const pauseMs = Math.min(this.firstMs * 2 ** failures, MOST_MS)
    this.states.set(key, { failures: failures + 1, since, dueAt: now + Math.max(pauseMs, atLeastMs) })
  }

  forget(key: string): void {
    this.states.delete(key)
  }

  /** Keeps only what is still being worked on. */
  keep(keys: ReadonlySet<string>): void {
    for (const key of this.states.keys()) if (!keys.has(key)) this.states.delete(key)
  }

  /** Milliseconds until the next one is due; Infinity when nothing waits. */
  nextInMs(): number {
    const now = this.clock.now()
    let next = Infinity
    for (const { dueAt } of this.states.values()) next = Math.min(next, Math.max(0, dueAt - now))
    return next
  }
}
