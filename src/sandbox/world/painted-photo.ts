import { crc32, deflateSync } from 'node:zlib'

type Colour = readonly [number, number, number]

/** A colour of the HSL circle (degrees, then parts of one) in bytes. */
function hsl(hue: number, saturation: number, lightness: number): Colour {
  const reach = saturation * Math.min(lightness, 1 - lightness)
  const part = (n: number): number => {
    const turn = (n + hue / 30) % 12
    return Math.round(255 * (lightness - reach * Math.max(-1, Math.min(turn - 3, 9 - turn, 1))))
  }
  return [part(0), part(8), part(4)]
}

const mix = (from: Colour, to: Colour, share: number): Colour => [
  from[0] + (to[0] - from[0]) * share,
  from[1] + (to[1] - from[1]) * share,
  from[2] + (to[2] - from[2]) * share,
]

/** The same landscape as the page paints: two hills, a sun, and a sky between teal and pink. */
function painter(digits: string, width: number, height: number): (x: number, y: number) => Colour {
  const hue = 190 + (Number.parseInt(digits.slice(0, 4), 16) % 150)
  const sunX = (0.15 + Math.round(Number.parseInt(digits.slice(4, 6), 16) / 3.6) / 100) * width
  const [top, bottom] = [hsl(hue, 0.62, 0.62), hsl(hue + 70, 0.8, 0.84)]
  const [near, far, sun]: Colour[] = [hsl(hue - 60, 0.34, 0.32), hsl(hue - 40, 0.32, 0.45), [255, 246, 220]]
  const within = (x: number, y: number, atX: number, atY: number, reachX: number, reachY: number): boolean =>
    ((x / width - atX) / reachX) ** 2 + ((y / height - atY) / reachY) ** 2 < 1
  return (x, y) => {
    if (within(x, y, 0.12, 1.08, 0.54, 0.33)) return near ?? top
    if (within(x, y, 0.88, 1.12, 0.6, 0.37)) return far ?? top
    if (Math.hypot(x - sunX, y - height * 0.34) < width * 0.08) return sun ?? top
    return mix(top, bottom, Math.min(1, y / height / 0.8))
  }
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(content.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

/** A PNG of the landscape that a painted photo's digits stand for, always the same bytes. */
export function paintPhoto(digits: string, width: number, height: number): Buffer {
  const colourAt = painter(digits, width, height)
  // Each row begins with a byte that says that it is not filtered.
  const rows = Buffer.alloc(height * (1 + width * 3))
  for (let y = 0, at = 0; y < height; y++) {
    at++
    for (let x = 0; x < width; x++, at += 3) rows.set(colourAt(x, y), at)
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  // Eight bits each of red, green and blue.
  header.set([8, 2], 8)
  const chunks = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunks])
}
