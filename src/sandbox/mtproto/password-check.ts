import type { KeptPassword } from '../world/types.js'
import { createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { sha256, xor } from './crypto.js'
import { GENERATOR, isSafePublic, padded, powerMod, PRIME, toBytes, toNumber } from './diffie-hellman.js'

const G = padded(Buffer.from([GENERATOR]))
const P = toNumber(PRIME)
const K = toNumber(sha256(PRIME, G))

export interface Salts {
  salt1: Buffer
  salt2: Buffer
}

/** What the check goes by. */
export interface Verifiable extends Salts {
  verifier: bigint
}

/** A password as it is kept: as what a client has made of it, or readable; then its salts follow from the secret. */
export function keptPassword(password: string | KeptPassword, secret: Buffer): Verifiable {
  if (typeof password === 'string') {
    const salts = saltsOf(secret, password)
    return { ...salts, verifier: verifierOf(password, salts) }
  }
  const part = (name: keyof KeptPassword): Buffer => Buffer.from(password[name], 'hex')
  return { salt1: part('salt1'), salt2: part('salt2'), verifier: toNumber(part('verifier')) }
}

function saltsOf(secret: Buffer, password: string): Salts {
  const salt = (name: string): Buffer =>
    createHmac('sha256', secret).update(`${name}|${password}`).digest().subarray(0, 24)
  return { salt1: salt('1'), salt2: salt('2').subarray(0, 16) }
}

/** What a server keeps of a password: g to the power of its slow hash. */
function verifierOf(password: string, { salt1, salt2 }: Salts): bigint {
  const salted = (data: Buffer, salt: Buffer): Buffer => sha256(salt, data, salt)
  const first = salted(salted(Buffer.from(password), salt1), salt2)
  const slow = pbkdf2Sync(first, salt1, 100_000, 64, 'sha512')
  return powerMod(BigInt(GENERATOR), toNumber(salted(slow, salt2)), P)
}

/** The server's side of one SRP password check, as two-step verification uses it. */
export class PasswordCheck {
  readonly id = randomBytes(8).readBigInt64LE(0)
  /** `srp_B` */
  readonly publicValue: Buffer
  private readonly secret = toNumber(randomBytes(256))

  constructor(private readonly kept: Verifiable) {
    const blinded = (K * kept.verifier + powerMod(BigInt(GENERATOR), this.secret, P)) % P
    this.publicValue = padded(toBytes(blinded))
  }

  /** Whether the client's answer proves that it knows the password. */
  proves(clientPublic: Buffer, proof: Buffer): boolean {
    if (!isSafePublic(clientPublic)) return false
    const a = padded(clientPublic)
    const u = toNumber(sha256(a, this.publicValue))
    const shared = powerMod(toNumber(a) * powerMod(this.kept.verifier, u, P), this.secret, P)
    const key = sha256(padded(toBytes(shared)))
    const { salt1, salt2 } = this.kept
    const expected = sha256(xor(sha256(PRIME), sha256(G)), sha256(salt1), sha256(salt2), a, this.publicValue, key)
    return expected.equals(proof)
  }
}
