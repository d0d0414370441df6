import type { AuthKey } from './auth-keys.js'
import type { Session } from './session.js'

/** The sessions of each permanent key, by their ids; those of a key that is forgotten go with it. */
export class Sessions {
  private readonly byKey = new WeakMap<AuthKey, Map<bigint, Session>>()

  of(key: AuthKey): Map<bigint, Session> {
    const known = this.byKey.get(key) ?? new Map<bigint, Session>()
    this.byKey.set(key, known)
    return known
  }

  /** Those with this key in which the client wants to hear of updates. */
  listening(key: AuthKey): Session[] {
    return [...this.of(key).values()].filter((session) => session.wantsUpdates)
  }
}
