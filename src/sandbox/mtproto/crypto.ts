import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'

export const sha1 = (...parts: Buffer[]): Buffer => createHash('sha1').update(Buffer.concat(parts)).digest()
export const sha256 = (...parts: Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest()

export interface AesKey {
  key: Buffer
  iv: Buffer
}

/** Which way a message goes; the two directions use different parts of the auth key. */
export type Direction = 'to-server' | 'to-client'

const offsetOf = (direction: Direction): number => (direction === 'to-server' ? 0 : 8)

export function xor(one: Buffer, other: Buffer): Buffer {
  const result = Buffer.from(one)
  for (let i = 0; i < result.length; i++) result[i] = (one[i] ?? 0) ^ (other[i] ?? 0)
  return result
}

const BLOCK = 16

/** AES-256 in IGE mode. `iv` is the previous cipher block followed by the previous plain block. */
export function encryptIge(data: Buffer, { key, iv }: AesKey): Buffer {
  const aes = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false)
  return ige(data, (block) => aes.update(block), iv.subarray(0, BLOCK), iv.subarray(BLOCK))
}

export function decryptIge(data: Buffer, { key, iv }: AesKey): Buffer {
  const aes = createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false)
  return ige(data, (block) => aes.update(block), iv.subarray(BLOCK), iv.subarray(0, BLOCK))
}

function ige(data: Buffer, crypt: (block: Buffer) => Buffer, before: Buffer, after: Buffer): Buffer {
  const output = Buffer.alloc(data.length)
  let [lastOut, lastIn] = [before, after]
  for (let at = 0; at < data.length; at += BLOCK) {
    const input = data.subarray(at, at + BLOCK)
    const block = xor(crypt(xor(input, lastOut)), lastIn)
    block.copy(output, at)
    lastOut = block
    lastIn = input
  }
  return output
}

/** The message key of MTProto 2.0: it authenticates the padded plain text. */
export function messageKey(authKey: Buffer, padded: Buffer, direction: Direction): Buffer {
  const x = offsetOf(direction)
  return sha256(authKey.subarray(88 + x, 120 + x), padded).subarray(8, 24)
}

/** The AES key of one message in MTProto 2.0. */
export function messageAes(authKey: Buffer, key: Buffer, direction: Direction): AesKey {
  const x = offsetOf(direction)
  const a = sha256(key, authKey.subarray(x, x + 36))
  const b = sha256(authKey.subarray(40 + x, 76 + x), key)
  return {
    key: Buffer.concat([a.subarray(0, 8), b.subarray(8, 24), a.subarray(24, 32)]),
    iv: Buffer.concat([b.subarray(0, 8), a.subarray(8, 24), b.subarray(24, 32)]),
  }
}

/** The AES key of one message to the server in MTProto 1.0: binding a temporary key still uses it. */
export function oldMessageAes(authKey: Buffer, key: Buffer): AesKey {
  const part = (from: number, to: number): Buffer => authKey.subarray(from, to)
  const a = sha1(key, part(0, 32))
  const b = sha1(part(32, 48), key, part(48, 64))
  const c = sha1(part(64, 96), key)
  const d = sha1(key, part(96, 128))
  return {
    key: Buffer.concat([a.subarray(0, 8), b.subarray(8, 20), c.subarray(4, 16)]),
    iv: Buffer.concat([a.subarray(8, 20), b.subarray(0, 8), c.subarray(16, 20), d.subarray(0, 8)]),
  }
}

/** The AES key that protects the Diffie-Hellman answers of the handshake. */
export function handshakeAes(serverNonce: Buffer, newNonce: Buffer): AesKey {
  const a = sha1(newNonce, serverNonce)
  const b = sha1(serverNonce, newNonce)
  const c = sha1(newNonce, newNonce)
  return {
    key: Buffer.concat([a, b.subarray(0, 12)]),
    iv: Buffer.concat([b.subarray(12, 20), c, newNonce.subarray(0, 4)]),
  }
}
