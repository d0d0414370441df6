import { checkPrimeSync, constants, createHash, createPrivateKey, createPublicKey, privateDecrypt } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { decryptIge, sha1, sha256, xor } from './crypto.js'
import { Writer } from './tl/writer.js'

/** The server's RSA key: clients encrypt the first secret of the handshake with it. */
export class RsaKey {
  /** What clients know the key by: the end of SHA1(n ‖ e), signed. */
  readonly fingerprint: bigint
  /** PEM, PKCS#1. */
  readonly publicKey: string
  private readonly privateKey: KeyObject

  /** From a private key as PEM, or else the one of this seed. */
  constructor(seed: string, pem?: string) {
    this.privateKey = pem ? createPrivateKey(pem) : keyOf(seed)
    this.fingerprint = fingerprintOf(this.privateKey)
    this.publicKey = createPublicKey(this.privateKey).export({ type: 'pkcs1', format: 'pem' }).toString()
  }

  /** The public half in the forms that clients ask for. */
  get described(): { fingerprint: string; modulus: string; exponent: number; pem: string } {
    const { n = '', e = '' } = this.privateKey.export({ format: 'jwk' })
    const exponent = Buffer.from(e, 'base64url')
    return {
      fingerprint: this.fingerprint.toString(),
      modulus: Buffer.from(n, 'base64url').toString('hex'),
      exponent: exponent.readUIntBE(0, exponent.length),
      pem: this.publicKey,
    }
  }

  /** The private key as PEM, for keeping it. */
  toPem(): string {
    return this.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  }

  /**
   * Opens what a client encrypted in the handshake. `lengthOf` measures the data in front of the padding. Undefined when
   * the checksum does not fit. Telegram takes RSA_PAD and the older SHA1(data) + data + padding; so do we.
   */
  open(encrypted: Buffer, lengthOf: (padded: Buffer) => number): Buffer | undefined {
    if (encrypted.length !== 256) return undefined
    const message = privateDecrypt({ key: this.privateKey, padding: constants.RSA_NO_PADDING }, encrypted)
    return unpad(message) ?? unpadOldWay(message, lengthOf)
  }
}

function unpadOldWay(message: Buffer, lengthOf: (padded: Buffer) => number): Buffer | undefined {
  const [hash, padded] = [message.subarray(1, 21), message.subarray(21)]
  try {
    const data = padded.subarray(0, lengthOf(padded))
    return sha1(data).equals(hash) ? data : undefined
  } catch {
    return undefined
  }
}

/** Undoes RSA_PAD: 192 bytes of data with padding. */
function unpad(message: Buffer): Buffer | undefined {
  const sealed = message.subarray(32)
  const tempKey = xor(message.subarray(0, 32), sha256(sealed))
  const opened = decryptIge(sealed, { key: tempKey, iv: Buffer.alloc(32) })
  const data = Buffer.from(opened.subarray(0, 192)).reverse()
  return sha256(tempKey, data).equals(opened.subarray(192)) ? data : undefined
}

function fingerprintOf(key: KeyObject): bigint {
  const { n = '', e = '' } = key.export({ format: 'jwk' })
  const numbers = new Writer().bytes(Buffer.from(n, 'base64url')).bytes(Buffer.from(e, 'base64url'))
  return sha1(numbers.done()).readBigInt64LE(12)
}

const made = new Map<string, KeyObject>()

/**
 * The key of a seed, so that what trusts it today does tomorrow, too; it guards nothing. Some clients compare
 * fingerprints as hexadecimal text and lose a leading zero, so a key with one is passed over.
 */
function keyOf(seed: string): KeyObject {
  for (let attempt = 0; !made.has(seed); attempt++) {
    const key = keyFrom(primeFrom(`${seed}|rsa p|${attempt}`), primeFrom(`${seed}|rsa q|${attempt}`))
    if (BigInt.asUintN(64, fingerprintOf(key)) >> 60n !== 0n) made.set(seed, key)
  }
  return made.get(seed) as KeyObject
}

const EXPONENT = 65_537n
const PRIME_BYTES = 128
/** Odd primes up to some thousands: dividing by them spares most of the thorough tests. */
const SMALL_PRIMES: number[] = []
for (let number = 3; SMALL_PRIMES.length < 800; number += 2)
  if (SMALL_PRIMES.every((prime) => number % prime !== 0)) SMALL_PRIMES.push(number)

/** The first fitting prime after a number that follows from the text. */
function primeFrom(text: string): bigint {
  const digits = createHash('shake256', { outputLength: PRIME_BYTES }).update(text).digest('hex').slice(1)
  const start = BigInt(`0xc${digits}`) | 1n
  const rests = SMALL_PRIMES.map((prime) => Number(start % BigInt(prime)))
  for (let step = 0; ; step += 2) {
    const isDivided = SMALL_PRIMES.some((prime, index) => ((rests[index] ?? 0) + step) % prime === 0)
    const candidate = start + BigInt(step)
    if (!isDivided && candidate % EXPONENT !== 1n && checkPrimeSync(candidate)) return candidate
  }
}

function keyFrom(p: bigint, q: bigint): KeyObject {
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n))
  const numbers = { n: p * q, e: EXPONENT, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) }
  const fields = Object.entries(numbers).map(([name, value]): [string, string] => [name, asBase64(value)])
  return createPrivateKey({ key: { kty: 'RSA', ...Object.fromEntries(fields) }, format: 'jwk' })
}

/** The inverse of a number modulo another, by Euclid. */
function inverse(of: bigint, modulo: bigint): bigint {
  let [r, next, x, nextX] = [of, modulo, 1n, 0n]
  while (next !== 0n) [r, next, x, nextX] = [next, r % next, nextX, x - (r / next) * nextX]
  return ((x % modulo) + modulo) % modulo
}

function asBase64(value: bigint): string {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 1 ? `0${hex}` : hex, 'hex').toString('base64url')
}
