/** What is read from an image's bytes: its size in pixels, and the ending that its kind of file has. */
export interface ImageSize {
  width: number
  height: number
  extension: 'jpg' | 'png' | 'gif' | 'webp'
}

/** The size of a JPEG, PNG, GIF or WebP; undefined for anything else, and for what ends before it is an image. */
export function imageSize(bytes: Buffer): ImageSize | undefined {
  try {
    const found = readPng(bytes) ?? readJpeg(bytes) ?? readGif(bytes) ?? readWebp(bytes)
    return found && found.width > 0 && found.height > 0 ? found : undefined
  } catch (error) {
    // Read beyond the end.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

const has = (bytes: Buffer, at: number, text: string): boolean =>
  bytes.toString('latin1', at, at + text.length) === text

/** Chunks from the header to the end, with pixels between them. */
function readPng(bytes: Buffer): ImageSize | undefined {
  if (!has(bytes, 0, '\x89PNG\r\n\x1a\n') || !has(bytes, 12, 'IHDR')) return undefined
  let pixels = false
  for (let at = 8; !has(bytes, at + 4, 'IEND'); at += bytes.readUInt32BE(at) + 12)
    pixels ||= has(bytes, at + 4, 'IDAT') && bytes.readUInt32BE(at) > 0
  return pixels ? { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), extension: 'png' } : undefined
}

/** Segments up to the scan; the size stands in the start of frame, of which there are many kinds. */
function readJpeg(bytes: Buffer): ImageSize | undefined {
  if (!has(bytes, 0, '\xff\xd8\xff')) return undefined
  let size: ImageSize | undefined
  for (let at = 2; bytes.readUInt8(at) === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes.readUInt8(at + 1)
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) size = { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5), extension: 'jpg' }
    if (marker === 0xda) return size
  }
  return undefined
}

function readGif(bytes: Buffer): ImageSize | undefined {
  if (!has(bytes, 0, 'GIF8') || bytes.length < 20) return undefined
  return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8), extension: 'gif' }
}

function readWebp(bytes: Buffer): ImageSize | undefined {
  if (!has(bytes, 0, 'RIFF') || !has(bytes, 8, 'WEBP') || bytes.length < bytes.readUInt32LE(4)) return undefined
  const extension = 'webp'
  if (has(bytes, 12, 'VP8X'))
    return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1, extension }
  if (has(bytes, 12, 'VP8L')) {
    const bits = bytes.readUInt32LE(21)
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1, extension }
  }
  if (!has(bytes, 12, 'VP8 ')) return undefined
  return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff, extension }
}
