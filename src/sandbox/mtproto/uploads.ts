import { createHash } from 'node:crypto'
import { Denied } from '../world/denied.js'

const MAX_PARTS = 8000
const MAX_PART_BYTES = 512 * 1024
/** Enough for the photos that the world takes. */
const MAX_FILE_BYTES = 16 * 1024 * 1024
/** Of all accounts together; older ones are forgotten. */
const MAX_FILES = 16

/**
 * Files on their way in, part by part. They stay after a message has taken them, since a client that did not hear so
 * sends it again; not over a restart: clients then begin anew.
 */
export class Uploads {
  private readonly files = new Map<string, Map<number, Buffer>>()

  /** Keeps a part of a file to which this account gave the id. Throws FILE_PART_INVALID, FILE_PART_EMPTY or FILE_PART_TOO_BIG. */
  save(userId: number, fileId: bigint, part: number, bytes: Buffer): void {
    if (part < 0 || part >= MAX_PARTS) throw new Denied('FILE_PART_INVALID')
    if (bytes.length === 0) throw new Denied('FILE_PART_EMPTY')
    if (bytes.length > MAX_PART_BYTES) throw new Denied('FILE_PART_TOO_BIG')
    const name = `${userId}:${fileId}`
    const parts = this.files.get(name) ?? new Map<number, Buffer>()
    this.files.set(name, parts.set(part, bytes))
    const [oldest] = this.files.keys()
    if (oldest !== undefined && this.files.size > MAX_FILES) this.files.delete(oldest)
    if (sizeOf(parts) > MAX_FILE_BYTES) this.files.delete(name)
  }

  /** The whole file, of so many parts. Throws FILE_PARTS_INVALID, FILE_PART_n_MISSING or MD5_CHECKSUM_INVALID. */
  take(userId: number, fileId: bigint, count: number, md5 = ''): Buffer {
    if (count < 1 || count > MAX_PARTS) throw new Denied('FILE_PARTS_INVALID')
    const parts = this.files.get(`${userId}:${fileId}`)
    const bytes = Buffer.concat(
      Array.from({ length: count }, (_, index) => {
        const part = parts?.get(index)
        if (!part) throw new Denied(`FILE_PART_${index}_MISSING`)
        return part
      }),
    )
    // Some clients do not sum up what they send.
    if (md5 && createHash('md5').update(bytes).digest('hex') !== md5.toLowerCase())
      throw new Denied('MD5_CHECKSUM_INVALID')
    return bytes
  }
}

const sizeOf = (parts: ReadonlyMap<number, Buffer>): number =>
  [...parts.values()].reduce((sum, { length }) => sum + length, 0)
