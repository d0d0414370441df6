import { randomBytes } from 'node:crypto'
import type { AuthKey } from './auth-keys.js'
import { decryptIge, encryptIge, messageAes, messageKey } from './crypto.js'
import { Reader } from './tl/reader.js'
import { Writer } from './tl/writer.js'

/** One message of a client. */
export interface Incoming {
  messageId: bigint
  sequence: number
  body: Buffer
}

export interface OpenedPacket extends Incoming {
  salt: bigint
  sessionId: bigint
}

const HEAD = 24
const INNER_HEAD = 32
const BLOCK = 16
const MIN_PADDING = 12
const MAX_PADDING = 1024

/** Decrypts a client's packet; undefined when it was tampered with, or padded in a way that MTProto 2.0 forbids. */
export function openPacket(key: AuthKey, packet: Buffer): OpenedPacket | undefined {
  const msgKey = packet.subarray(8, HEAD)
  // The padded transport may leave some bytes behind the last whole block.
  const sealed = packet.subarray(HEAD, packet.length - ((packet.length - HEAD) % BLOCK))
  if (sealed.length < INNER_HEAD) return undefined
  const plain = decryptIge(sealed, messageAes(key.key, msgKey, 'to-server'))
  if (!messageKey(key.key, plain, 'to-server').equals(msgKey)) return undefined
  const reader = new Reader(plain)
  const [salt, sessionId, messageId] = [reader.i64(), reader.i64(), reader.i64()]
  const [sequence, length] = [reader.i32(), reader.u32()]
  const padding = plain.length - INNER_HEAD - length
  if (length % 4 !== 0 || padding < MIN_PADDING || padding > MAX_PADDING) return undefined
  return { salt, sessionId, messageId, sequence, body: reader.raw(length) }
}

/** Encrypts packed messages for a client. */
export function sealPacket(key: AuthKey, sessionId: bigint, packed: Buffer): Buffer {
  const inner = Buffer.concat([new Writer().i64(key.salt).i64(sessionId).done(), packed])
  const fill = (BLOCK - ((inner.length + MIN_PADDING) % BLOCK)) % BLOCK
  const plain = Buffer.concat([inner, randomBytes(MIN_PADDING + fill)])
  const msgKey = messageKey(key.key, plain, 'to-client')
  const sealed = encryptIge(plain, messageAes(key.key, msgKey, 'to-client'))
  return Buffer.concat([new Writer().i64(key.id).done(), msgKey, sealed])
}
