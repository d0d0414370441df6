import { constants, createPrivateKey, createPublicKey, generateKeyPairSync, privateDecrypt } from 'node:crypto'
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

  /** From a private key as PEM, or a fresh one. */
  constructor(pem?: string) {
    this.privateKey = pem ? createPrivateKey(pem) : freshKey()
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

let made: KeyObject | undefined

/**
 * A key of this process: making one takes long, and it guards nothing. Some clients compare fingerprints as hexadecimal
 * text and lose a leading zero, so a key with one is thrown away.
 */
function freshKey(): KeyObject {
  while (!made) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 65537 })
    if (BigInt.asUintN(64, fingerprintOf(privateKey)) >> 60n !== 0n) made = privateKey
  }
  return made
}
