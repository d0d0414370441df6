import { randomBytes, randomInt } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** How packets lie in a stream. Throws when the bytes are no packet. */
export interface Framing {
  /** The first packet in the data with the number of bytes it takes, or undefined while it is incomplete. */
  unwrap(data: Buffer): { packet: Buffer; length: number } | undefined
  wrap(packet: Buffer): Buffer
}

const MAX_PACKET = 1 << 24

function take(data: Buffer, start: number, size: number, tail = 0): { packet: Buffer; length: number } | undefined {
  if (size > MAX_PACKET || size < 0) throw new RangeError('packet too long')
  const length = start + size + tail
  return data.length < length ? undefined : { packet: Buffer.from(data.subarray(start, start + size)), length }
}

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes
}

/** Length, running number, packet, checksum. */
function full(): Framing {
  let received = 0
  let sent = 0
  return {
    unwrap(data) {
      if (data.length < 8) return undefined
      const found = take(data, 8, data.readUInt32LE(0) - 12, 4)
      if (!found) return undefined
      const body = data.subarray(0, found.length - 4)
      if (data.readUInt32LE(4) !== received++) throw new Error('packet out of order')
      if (crc32(body) !== data.readUInt32LE(body.length)) throw new Error('bad checksum')
      return found
    },
    wrap(packet) {
      const body = Buffer.concat([u32(packet.length + 12), u32(sent++), packet])
      return Buffer.concat([body, u32(crc32(body))])
    },
  }
}

/** One or four bytes of length, counted in words. */
function abridged(): Framing {
  return {
    unwrap(data) {
      if (data.length < 4) return undefined
      // The highest bit asks for a quick acknowledgement, which nobody here waits for.
      const short = (data[0] ?? 0) & 0x7f
      return short === 0x7f ? take(data, 4, data.readUIntLE(1, 3) * 4) : take(data, 1, short * 4)
    },
    wrap(packet) {
      const words = packet.length >> 2
      const head = words < 0x7f ? Buffer.from([words]) : u32((words << 8) | 0x7f)
      return Buffer.concat([head, packet])
    },
  }
}

/** Four bytes of length; the padded kind hides the true length behind random bytes. */
function intermediate(isPadded: boolean): Framing {
  return {
    unwrap: (data) => (data.length < 4 ? undefined : take(data, 4, data.readUInt32LE(0) & 0x7fffffff)),
    wrap(packet) {
      const padding = isPadded ? randomBytes(randomInt(16)) : Buffer.alloc(0)
      return Buffer.concat([u32(packet.length + padding.length), packet, padding])
    },
  }
}

export const framings = { full, abridged }

/** The framing that a client announces by four equal bytes. */
export function framingByTag(tag: number): Framing | undefined {
  if (tag === 0xefefefef) return abridged()
  if (tag === 0xeeeeeeee) return intermediate(false)
  return tag === 0xdddddddd ? intermediate(true) : undefined
}
