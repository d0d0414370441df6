/** Reads TL's binary form. Reading past the end throws a RangeError. */
export class Reader {
  constructor(
    readonly buffer: Buffer,
    public position = 0,
  ) {}

  u32(): number {
    return this.advance(4, (at) => this.buffer.readUInt32LE(at))
  }

  i32(): number {
    return this.advance(4, (at) => this.buffer.readInt32LE(at))
  }

  i64(): bigint {
    return this.advance(8, (at) => this.buffer.readBigInt64LE(at))
  }

  f64(): number {
    return this.advance(8, (at) => this.buffer.readDoubleLE(at))
  }

  raw(count: number): Buffer {
    if (this.position + count > this.buffer.length) throw new RangeError('TL: out of data')
    return this.advance(count, (at) => Buffer.from(this.buffer.subarray(at, at + count)))
  }

  bytes(): Buffer {
    const first = this.raw(1)[0] ?? 0
    const head = first === 254 ? 4 : 1
    const count = first === 254 ? this.raw(3).readUIntLE(0, 3) : first
    const data = this.raw(count)
    this.position += (4 - ((head + count) % 4)) % 4
    return data
  }

  private advance<T>(count: number, read: (at: number) => T): T {
    const value = read(this.position)
    this.position += count
    return value
  }
}
