import { randomBytes } from 'node:crypto'
import { Denied } from '../world/denied.js'
import type { World } from '../world/world.js'
import type { AuthKey } from './auth-keys.js'

const TOKEN_BYTES = 32

/** What a QR code says: lets the client with this key in as soon as somebody who is logged in accepts it. */
export interface LoginToken {
  readonly token: Buffer
  readonly key: AuthKey
  /** In world seconds. */
  readonly expiresAt: number
  acceptedBy?: number
  /** It has let a client in. */
  isUsed?: boolean
}

/** The tokens by which clients log in without a phone number. Each lives for `limits.loginTokenS`. */
export class LoginTokens {
  private readonly byText = new Map<string, LoginToken>()
  /** By which token each client comes in: one that moved to another data centre shows that of its key there. */
  private readonly shownBy = new WeakMap<AuthKey, LoginToken>()

  /** `onAccepted` tells the client that waits, which then asks again. */
  constructor(
    private readonly world: World,
    private readonly onAccepted: (key: AuthKey, acceptedBy: number) => void,
  ) {}

  /** A new token for the client with this key. Earlier ones stay good until they expire. */
  issue(key: AuthKey): LoginToken {
    this.forgetOld()
    const expiresAt = this.world.now() + this.world.limits.loginTokenS
    const made = { token: randomBytes(TOKEN_BYTES), key, expiresAt }
    this.byText.set(textOf(made.token), made)
    return made
  }

  /** Somebody scanned it. Throws AUTH_TOKEN_INVALIDX, AUTH_TOKEN_EXPIRED or AUTH_TOKEN_ALREADY_ACCEPTED. */
  accept(token: Buffer, userId: number): LoginToken {
    const known = this.find(token, 'AUTH_TOKEN_INVALIDX')
    if (known.acceptedBy !== undefined) throw new Denied('AUTH_TOKEN_ALREADY_ACCEPTED')
    known.acceptedBy = userId
    this.onAccepted(known.key, userId)
    return known
  }

  /** The token, as a client that was sent to another data centre shows it. Throws as `accept` does, but AUTH_TOKEN_INVALID. */
  find(token: Buffer, unknown = 'AUTH_TOKEN_INVALID'): LoginToken {
    const known = this.byText.get(textOf(token))
    if (!known) throw new Denied(unknown)
    if (known.isUsed) throw new Denied('AUTH_TOKEN_ALREADY_ACCEPTED')
    if (known.expiresAt <= this.world.now()) throw new Denied('AUTH_TOKEN_EXPIRED')
    return known
  }

  /** The token of this client's that somebody has accepted, for as long as it lives. */
  acceptedFor(key: AuthKey): LoginToken | undefined {
    const now = this.world.now()
    return [...this.byText.values()].find(
      (one) => one.key === key && one.acceptedBy !== undefined && !one.isUsed && one.expiresAt > now,
    )
  }

  /** The client with this key comes in by this token, perhaps only after a password. */
  show(by: AuthKey, token: LoginToken): void {
    this.shownBy.set(by, token)
  }

  /** This client is inside: none of its tokens lets anybody in any more, nor does the one that it showed. */
  use(key: AuthKey): void {
    const shownFor = this.shownBy.get(key)?.key
    for (const one of this.byText.values()) if (one.key === key || one.key === shownFor) one.isUsed = true
    this.shownBy.delete(key)
  }

  // Kept for a while, so that who comes late is told that it is too late.
  private forgetOld(): void {
    const before = this.world.now() - 10 * this.world.limits.loginTokenS
    for (const [text, { expiresAt }] of this.byText) if (expiresAt < before) this.byText.delete(text)
  }
}

const textOf = (token: Buffer): string => token.toString('base64url')
