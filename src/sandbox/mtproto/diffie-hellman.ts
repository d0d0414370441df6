import { createDiffieHellman } from 'node:crypto'

/** Telegram's 2048-bit safe prime, for the handshake and for passwords. Clients know it and need not test it. */
export const PRIME = Buffer.from(
  'C71CAEB9C6B1C9048E6C522F70F13F73980D40238E3E21C14934D037563D930F48198A0AA7C14058229493D22530F4DBFA336F6E0AC925139543AED44CCE7C37' +
    '20FD51F69458705AC68CD4FE6B6B13ABDC9746512969328454F18FAF8C595F642477FE96BB2A941D5BCD1D4AC8CC49880708FA9B378E3C4F3A9060BEE67CF9A4' +
    'A4A695811051907E162753B56B0F6B410DBA74D8A84B2A14B3144E0EF1284754FD17ED950D5965B4B9DD46582DB1178D169C6BC465B0D6FF9CA3928FEF5B9AE4' +
    'E418FC15E83EBEA0F87FA9FF5EED70050DED2849F47BF959D956850CE929851F0D8115F635B105EE2E4E15D04B2454BF6F4FADF034B10403119CD8E3B92FCC5B',
  'hex',
)

/** A generator that suits the prime. */
export const GENERATOR = 3

const SIZE = 256

/** Left-padded with zeros to the length of the prime. */
export const padded = (number: Buffer): Buffer =>
  number.length >= SIZE ? number : Buffer.concat([Buffer.alloc(SIZE - number.length), number])

export const toNumber = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex') || '0'}`)

/** Big-endian, as short as possible. */
export function toBytes(number: bigint): Buffer {
  const hex = number.toString(16)
  return Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')
}

/** Whether a public value lies where the protocol wants it: far from both ends of the group. */
export function isSafePublic(value: Buffer): boolean {
  const [number, prime, margin] = [toNumber(value), toNumber(PRIME), 1n << (2048n - 64n)]
  return number >= margin && number <= prime - margin
}

export function powerMod(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  let square = base % modulus
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

/** One exchange of the handshake. */
export class DiffieHellman {
  private readonly exchange = createDiffieHellman(PRIME, Buffer.from([GENERATOR]))
  readonly publicValue = padded(this.exchange.generateKeys())

  /** 256 bytes. */
  sharedSecret(otherPublic: Buffer): Buffer {
    return padded(this.exchange.computeSecret(otherPublic))
  }
}
