/** Writes TL's binary form. */
export class Writer {
  private buffer = Buffer.allocUnsafe(256)
  private length = 0

  u32(value: number): this {
    const at = this.reserve(4)
    this.buffer.writeUInt32LE(value >>> 0, at)
    return this
  }

  i64(value: bigint | number): this {
    const at = this.reserve(8)
    this.buffer.writeBigInt64LE(BigInt.asIntN(64, BigInt(value)), at)
    return this
  }

  f64(value: number): this {
    const at = this.reserve(8)
    this.buffer.writeDoubleLE(value, at)
    return this
  }

  raw(value: Buffer): this {
    const at = this.reserve(value.length)
    value.copy(this.buffer, at)
    return this
  }

  /** With its length in front, padded to a multiple of four. */
  bytes(value: Buffer | string): this {
    const data = typeof value === 'string' ? Buffer.from(value) : value
    const head = data.length < 254 ? 1 : 4
    if (head === 1) {
      const first = this.reserve(1)
      this.buffer[first] = data.length
    } else this.u32(254 | (data.length << 8))
    this.raw(data)
    const padding = (4 - ((head + data.length) % 4)) % 4
    const at = this.reserve(padding)
    this.buffer.fill(0, at, at + padding)
    return this
  }

  done(): Buffer {
    return Buffer.from(this.buffer.subarray(0, this.length))
  }

  // May replace the buffer, so it is called before the buffer is touched.
  private reserve(count: number): number {
    const at = this.length
    this.length += count
    if (this.length > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length))
      this.buffer.copy(larger, 0, 0, at)
      this.buffer = larger
    }
    return at
  }
}
