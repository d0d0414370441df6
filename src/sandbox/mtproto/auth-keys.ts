import { randomBytes } from 'node:crypto'
import { sha1 } from './crypto.js'
import type { PasswordCheck } from './password-check.js'

/** What the MTProto surface knows of one client installation. */
export class AuthKey {
  readonly id: bigint
  userId: number | undefined
  /** When the login was, in world seconds; undefined for a minted session, which counts as old. */
  loginAt: number | undefined
  /** The login was ended from elsewhere. */
  isRevoked = false
  /** Has given the right code; the password is still to come. */
  pendingUserId: number | undefined
  /** The password check that was begun last. */
  passwordCheck: PasswordCheck | undefined
  /** The layer that the client asked for last. */
  layer: number | undefined
  /** For a temporary key: the permanent key that it stands for. */
  permanent: AuthKey | undefined

  constructor(
    readonly key: Buffer,
    readonly salt: bigint = randomBytes(8).readBigInt64LE(0),
    /** The data centre that the client believes to have dialled. */
    readonly dcId: number | undefined = undefined,
    /** For a temporary key: when it ends, in ms since 1970. */
    readonly expiresAt: number | undefined = undefined,
  ) {
    this.id = sha1(key).readBigInt64LE(12)
  }

  /** Made to stand for a permanent key, for some time. */
  get isTemporary(): boolean {
    return this.expiresAt !== undefined
  }

  /** The key that carries login and sessions. */
  get holder(): AuthKey {
    return this.permanent ?? this
  }
}

export interface SavedKey {
  key: string
  salt: string
  dcId?: number | undefined
  userId?: number | undefined
  layer?: number | undefined
  loginAt?: number | undefined
  isRevoked?: boolean | undefined
}

/** All auth keys that the server accepts. */
export class AuthKeys {
  private readonly byId = new Map<bigint, AuthKey>()

  get(id: bigint): AuthKey | undefined {
    const key = this.byId.get(id)
    if (key?.expiresAt === undefined || key.expiresAt > Date.now()) return key
    this.byId.delete(id)
    return undefined
  }

  add(key: AuthKey): AuthKey {
    this.byId.set(key.id, key)
    return key
  }

  delete(id: bigint): void {
    this.byId.delete(id)
  }

  clear(): void {
    this.byId.clear()
  }

  all(): AuthKey[] {
    return [...this.byId.values()]
  }

  /** Ends every login of this user; returns how many there were. */
  revoke(userId: number): number {
    const theirs = this.of(userId)
    for (const key of theirs) {
      key.userId = undefined
      key.isRevoked = true
    }
    return theirs.length
  }

  /** The keys with which this user is logged in. */
  of(userId: number): AuthKey[] {
    return this.all().filter((key) => key.userId === userId)
  }

  /** Permanent keys as plain JSON; temporary ones are made anew by their clients. */
  save(): SavedKey[] {
    const permanent = this.all().filter((key) => !key.permanent && !key.isTemporary)
    return permanent.map(({ key, salt, ...rest }) => {
      const { dcId, userId, layer, loginAt, isRevoked } = rest
      return { key: key.toString('base64'), salt: salt.toString(), dcId, userId, layer, loginAt, isRevoked }
    })
  }

  restore(saved: SavedKey[]): void {
    for (const { key, salt, dcId, userId, layer, loginAt, isRevoked } of saved) {
      const restored = this.add(new AuthKey(Buffer.from(key, 'base64'), BigInt(salt), dcId))
      restored.userId = userId
      restored.layer = layer
      restored.loginAt = loginAt
      restored.isRevoked = isRevoked ?? false
    }
  }
}
