import { randomBytes } from 'node:crypto'
import { AuthKey } from './auth-keys.js'
import { decryptIge, encryptIge, handshakeAes, sha1 } from './crypto.js'
import { DiffieHellman, GENERATOR, isSafePublic, PRIME, toBytes } from './diffie-hellman.js'
import type { RsaKey } from './rsa-key.js'
import type { Codec } from './tl/codec.js'
import { bytes, int, long } from './tl/fields.js'
import { Reader } from './tl/reader.js'
import type { TlObject } from './tl/types.js'

// The example of Telegram's documentation: large enough to be work for a client, small enough to be factored at once.
const P = 0x494c553bn
const Q = 0x53911073n
const PQ = toBytes(P * Q)
const HASH = 20
const DATA_CENTRES = [1, 2, 3, 4, 5]

/** Making an auth key with one client, step by step. */
export class Handshake {
  private nonce: Buffer = Buffer.alloc(0)
  private serverNonce: Buffer = Buffer.alloc(0)
  private newNonce: Buffer = Buffer.alloc(0)
  private dcId: number | undefined
  /** Only for a temporary key. */
  private expiresAt: number | undefined
  private exchange: DiffieHellman | undefined

  constructor(
    private readonly codec: Codec,
    private readonly rsa: RsaKey,
    private readonly onKey: (key: AuthKey) => void,
  ) {}

  /** The answer to the client's next step; undefined when the step is wrong. */
  answer(request: TlObject): TlObject | 'wrong-dc' | undefined {
    switch (request._) {
      case 'req_pq':
      case 'req_pq_multi':
        return this.begin(bytes(request, 'nonce'))
      case 'req_DH_params':
        return this.belongs(request) ? this.offer(request) : undefined
      case 'set_client_DH_params':
        return this.belongs(request) ? this.finish(request) : undefined
      default:
        return undefined
    }
  }

  private begin(nonce: Buffer): TlObject {
    this.nonce = nonce
    this.serverNonce = randomBytes(16)
    this.exchange = undefined
    return this.reply('resPQ', { pq: PQ, server_public_key_fingerprints: [this.rsa.fingerprint] })
  }

  private offer(request: TlObject): TlObject | 'wrong-dc' | undefined {
    if (long(request, 'public_key_fingerprint') !== this.rsa.fingerprint) return undefined
    const data = this.rsa.open(bytes(request, 'encrypted_data'), (padded) => {
      const reader = new Reader(padded)
      this.codec.decodeObject(reader)
      return reader.position
    })
    if (!data) return undefined
    const inner = this.codec.decodeObject(data)
    if (!inner._.startsWith('p_q_inner_data') || !this.belongs(inner) || !bytes(inner, 'pq').equals(PQ))
      return undefined
    this.newNonce = bytes(inner, 'new_nonce')
    this.dcId = inner['dc'] === undefined ? undefined : Math.abs(int(inner, 'dc')) % 10_000
    if (this.dcId !== undefined && !DATA_CENTRES.includes(this.dcId)) return 'wrong-dc'
    const lifeS = inner['expires_in']
    this.expiresAt = typeof lifeS === 'number' ? Date.now() + lifeS * 1000 : undefined
    this.exchange = new DiffieHellman()
    const answer = this.codec.encode(
      this.reply('server_DH_inner_data', {
        g: GENERATOR,
        dh_prime: PRIME,
        g_a: this.exchange.publicValue,
        server_time: Math.floor(Date.now() / 1000),
      }),
    )
    const hashed = Buffer.concat([sha1(answer), answer])
    const sealed = Buffer.concat([hashed, randomBytes((16 - (hashed.length % 16)) % 16)])
    const encrypted_answer = encryptIge(sealed, handshakeAes(this.serverNonce, this.newNonce))
    return this.reply('server_DH_params_ok', { encrypted_answer })
  }

  private finish(request: TlObject): TlObject | undefined {
    if (!this.exchange) return undefined
    const opened = decryptIge(bytes(request, 'encrypted_data'), handshakeAes(this.serverNonce, this.newNonce))
    const reader = new Reader(opened, HASH)
    const inner = this.codec.decodeObject(reader)
    const isIntact = sha1(opened.subarray(HASH, reader.position)).equals(opened.subarray(0, HASH))
    if (!isIntact || inner._ !== 'client_DH_inner_data' || !this.belongs(inner)) return undefined
    if (!isSafePublic(bytes(inner, 'g_b'))) return undefined
    const secret = this.exchange.sharedSecret(bytes(inner, 'g_b'))
    // Some clients forget to pad a secret that begins with a zero byte, so both sides would have different keys.
    if (secret[0] === 0) return this.reply('dh_gen_retry', { new_nonce_hash2: this.nonceHash(2, secret) })
    const salt = this.newNonce.readBigInt64LE(0) ^ this.serverNonce.readBigInt64LE(0)
    this.onKey(new AuthKey(secret, salt, this.dcId, this.expiresAt))
    this.exchange = undefined
    return this.reply('dh_gen_ok', { new_nonce_hash1: this.nonceHash(1, secret) })
  }

  private nonceHash(step: number, secret: Buffer): Buffer {
    return sha1(this.newNonce, Buffer.from([step]), sha1(secret).subarray(0, 8)).subarray(4)
  }

  private belongs(step: TlObject): boolean {
    return bytes(step, 'nonce').equals(this.nonce) && bytes(step, 'server_nonce').equals(this.serverNonce)
  }

  private reply(name: string, fields: Omit<TlObject, '_'>): TlObject {
    return { nonce: this.nonce, server_nonce: this.serverNonce, ...fields, _: name }
  }
}
