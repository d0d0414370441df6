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

/** An ellipse; all parts of the picture's width, but `atY` and `reachY` of its height. */
interface Disc {
  atX: number
  atY: number
  reachX: number
  reachY: number
  colour: Colour
}

/** The same landscape as the page paints: a sky between teal and pink, a sun before it, two hills before both. */
function landscape(digits: string): { sky: (y: number) => Colour; discs: Disc[] } {
  const hue = 190 + (Number.parseInt(digits.slice(0, 4), 16) % 150)
  const sunX = 0.15 + Math.round(Number.parseInt(digits.slice(4, 6), 16) / 3.6) / 100
  const [top, bottom] = [hsl(hue, 0.62, 0.62), hsl(hue + 70, 0.8, 0.84)]
  return {
    sky: (y) => mix(top, bottom, Math.min(1, y / 0.8)),
    discs: [
      { atX: sunX, atY: 0.34, reachX: 0.08, reachY: 0.107, colour: [255, 246, 220] },
      { atX: 0.88, atY: 1.12, reachX: 0.6, reachY: 0.37, colour: hsl(hue - 40, 0.32, 0.45) },
      { atX: 0.12, atY: 1.08, reachX: 0.54, reachY: 0.33, colour: hsl(hue - 60, 0.34, 0.32) },
    ],
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
  const { sky, discs } = landscape(digits)
  // Each row begins with a byte that says that it is not filtered.
  const rows = Buffer.alloc(height * (1 + width * 3))
  for (let line = 0; line < height; line++) {
    const y = line / height
    const start = line * (1 + width * 3) + 1
    const fill = (from: number, to: number, colour: Colour): void => {
      const [left, right] = [from, to].map((x) => start + 3 * Math.min(Math.max(Math.round(x * width), 0), width))
      rows.fill(Uint8Array.from(colour), left, right)
    }
    fill(0, 1, sky(y))
    for (const { atX, atY, reachX, reachY, colour } of discs) {
      const half = reachX * Math.sqrt(Math.max(0, 1 - ((y - atY) / reachY) ** 2))
      if (half > 0) fill(atX - half, atX + half, colour)
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  // Eight bits each of red, green and blue.
  header.set([8, 2], 8)
  const chunks = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunks])
}
