import { Denied } from './denied.js'
import { imageSize, type ImageSize } from './image-size.js'
import { paintPhoto } from './painted-photo.js'
import type { Parts } from './parts.js'

/** Telegram's limits for a photo: of bytes, of both sides together, and of how much longer one may be. */
export const MAX_PHOTO_BYTES = 10 * 1024 * 1024
const MAX_SIDES = 10_000
const MAX_RATIO = 20

const FILE_ID = /^AgACAgI([0-9a-f]{16})([smx])$/
const PAINTED_SIZES = [
  { type: 's', width: 90, height: 68 },
  { type: 'm', width: 320, height: 240 },
  { type: 'x', width: 800, height: 600 },
]

/** Where bytes lie: in memory, or in a folder that outlives the sandbox. */
export interface ByteStore {
  put(name: string, bytes: Buffer): void
  get(name: string): Buffer | undefined
}

/** Bytes in memory: when there are too many in all, the oldest are forgotten. */
export class BytesInMemory implements ByteStore {
  private readonly byName = new Map<string, Buffer>()
  private total = 0

  constructor(private readonly most = 256 * 1024 * 1024) {}

  put(name: string, bytes: Buffer): void {
    this.byName.set(name, bytes)
    this.total += bytes.length
    for (const [oldest, { length }] of this.byName) {
      if (this.total <= this.most) return
      this.byName.delete(oldest)
      this.total -= length
    }
  }

  get(name: string): Buffer | undefined {
    return this.byName.get(name)
  }
}

/** What is known of a photo that was sent: its size, or that it is painted. */
export type KnownPhoto = ImageSize & { bytes: number }

/** One size in which a photo is to be had. `type` is Telegram's letter for it. */
export interface PhotoSize {
  type: string
  width: number
  height: number
  bytes: number
  fileId: string
  uniqueId: string
}

/**
 * All photographs that were ever sent. A photo's id is 16 hexadecimal digits. One that somebody sent as a file has its
 * bytes, in one size; one that is only said to be there is painted from its digits, in three.
 */
export class Photos {
  private readonly known = new Map<string, KnownPhoto | null>()
  private readonly painted = new Map<string, Buffer>()

  constructor(
    private readonly world: Parts,
    private readonly store: ByteStore,
  ) {}

  /** A new painted photo's id. */
  paint(): string {
    return this.remember(null)
  }

  /**
   * Keeps a photo that somebody sends, as it is; gives its id. No image: `IMAGE_PROCESS_FAILED`; too many bytes:
   * `PHOTO_SAVE_FILE_INVALID`; too large or too long: `PHOTO_INVALID_DIMENSIONS`.
   */
  add(bytes: Buffer): string {
    if (bytes.length > MAX_PHOTO_BYTES) throw new Denied('PHOTO_SAVE_FILE_INVALID')
    const size = imageSize(bytes)
    if (!size) throw new Denied('IMAGE_PROCESS_FAILED')
    const { width, height } = size
    if (width + height > MAX_SIDES || Math.max(width / height, height / width) > MAX_RATIO)
      throw new Denied('PHOTO_INVALID_DIMENSIONS')
    const id = this.remember({ ...size, bytes: bytes.length })
    this.store.put(id, bytes)
    return id
  }

  has(id: string): boolean {
    return this.known.has(id)
  }

  /** What is known of a photo that has bytes of its own; undefined of a painted one. */
  sent(id: string): KnownPhoto | undefined {
    return this.known.get(id) ?? undefined
  }

  /** The sizes in which a photo is to be had, smallest first. */
  sizesOf(id: string): PhotoSize[] {
    const sent = this.sent(id)
    const sizes = sent ? [{ type: 'x', ...sent }] : PAINTED_SIZES
    return sizes.map(({ type, width, height }) => {
      const bytes = sent?.bytes ?? this.bytesOf(id, type)?.length ?? 0
      return { type, width, height, bytes, fileId: `AgACAgI${id}${type}`, uniqueId: `AQAD${id}${type}` }
    })
  }

  /** The photo and the size that a file id stands for; undefined when it is none of this world's. */
  byFileId(fileId: string): { id: string; size: PhotoSize } | undefined {
    const [, id = '', type] = FILE_ID.exec(fileId) ?? []
    if (!this.known.has(id)) return undefined
    const size = this.sizesOf(id).find((one) => one.type === type)
    return size && { id, size }
  }

  /** The bytes of a photo in one of its sizes. */
  bytesOf(id: string, type: string): Buffer | undefined {
    if (!this.known.has(id)) return undefined
    if (this.sent(id)) return this.store.get(id)
    const size = PAINTED_SIZES.find((one) => one.type === type)
    if (!size) return undefined
    const name = `${id}${type}`
    const bytes = this.painted.get(name) ?? paintPhoto(id, size.width, size.height)
    this.painted.set(name, bytes)
    return bytes
  }

  /** The ending of the file's name. */
  extensionOf(id: string): ImageSize['extension'] {
    return this.sent(id)?.extension ?? 'png'
  }

  save(): [string, KnownPhoto | null][] {
    return [...this.known]
  }

  restore(saved: readonly (readonly [string, KnownPhoto | null])[]): void {
    this.known.clear()
    for (const [id, photo] of saved) this.known.set(id, photo)
  }

  private remember(photo: KnownPhoto | null): string {
    const id = this.world.nextSecret('picture').toString('hex', 0, 8)
    this.known.set(id, photo)
    return id
  }
}
