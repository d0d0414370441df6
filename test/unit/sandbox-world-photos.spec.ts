import { expect } from 'chai'
import { imageSize } from '../../src/sandbox/world/image-size.js'
import { paintPhoto } from '../../src/sandbox/world/painted-photo.js'
import { BytesInMemory } from '../../src/sandbox/world/photos.js'
import { restoreWorld, snapshotWorld } from '../../src/sandbox/world/snapshot.js'
import { World } from '../../src/sandbox/world/world.js'

const base64 = (text: string) => Buffer.from(text, 'base64')
/** The smallest images of their kinds, of 1 by 1 (the JPEG: 3 by 2), as other programs write them. */
const gif = base64('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7')
const webp = base64('UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA')
const lossless = base64('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==')
const jpeg = Buffer.concat([
  Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'),
  Buffer.from('ffc0000b080002000301011100', 'hex'),
  Buffer.from('ffda0008010100003f00', 'hex'),
  Buffer.from('d2cf20ffd9', 'hex'),
])

describe('photos of the sandbox', () => {
  it('tell their size, of whatever kind they are', () => {
    expect(imageSize(gif)).to.deep.equal({ width: 1, height: 1, extension: 'gif' })
    expect(imageSize(webp)).to.deep.equal({ width: 1, height: 1, extension: 'webp' })
    expect(imageSize(lossless)).to.deep.equal({ width: 1, height: 1, extension: 'webp' })
    expect(imageSize(jpeg)).to.deep.equal({ width: 3, height: 2, extension: 'jpg' })
    expect(imageSize(paintPhoto('ffff00', 12, 9))).to.deep.equal({ width: 12, height: 9, extension: 'png' })
  })

  it('are no images where they end before they could be', () => {
    const png = paintPhoto('ffff00', 12, 9)
    for (const image of [gif, webp, lossless, jpeg.subarray(0, 40), png])
      for (const length of [0, 1, 4, 8, 12, 16])
        expect(imageSize(image.subarray(0, length)), `${length}`).to.equal(undefined)
    expect(imageSize(png.subarray(0, png.length - 12))).to.equal(undefined)
    expect(imageSize(Buffer.from('just words, of some length, but no picture in them'))).to.equal(undefined)
  })

  it('that are painted look the same every time, and each another way', () => {
    expect(paintPhoto('0123456789abcdef', 90, 68).equals(paintPhoto('0123456789abcdef', 90, 68))).to.equal(true)
    expect(paintPhoto('0123456789abcdef', 90, 68).equals(paintPhoto('fedcba9876543210', 90, 68))).to.equal(false)
  })

  it('lie in memory, the oldest forgotten when there are too many', () => {
    const png = paintPhoto('ab12cd', 40, 30)
    const { photos } = new World('any', new BytesInMemory(2 * png.length + 1))
    const [first, second, third] = [photos.add(png), photos.add(png), photos.add(png)]
    expect([first, second, third].map((id) => photos.bytesOf(id, 'x')?.length)).to.deep.equal([
      undefined,
      png.length,
      png.length,
    ])
    expect(photos.sizesOf(first)[0], 'it can still be sent').to.include({ width: 40, bytes: png.length })
  })

  it('of a world from before they were written down are painted', () => {
    const world = new World()
    const [bot, { id: ann }] = [world.users.addBot('Bot', 'a_bot'), world.users.add({ firstName: 'Ann' })]
    world.dialogs.write(ann, bot.id, { photo: '0123456789abcdef' })
    const older = snapshotWorld(world)
    delete older.photos
    const restored = new World()
    restoreWorld(restored, older)
    expect(restored.photos.sizesOf('0123456789abcdef').map(({ width }) => width)).to.deep.equal([90, 320, 800])
    expect(restored.photos.bytesOf('0123456789abcdef', 's')?.length).to.be.greaterThan(100)
  })
})
