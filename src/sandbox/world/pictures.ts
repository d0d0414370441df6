import type { World } from './world.js'

/*
 * Photographs without their bytes: a picture is 16 hexadecimal digits, which the page paints from, and the files of its
 * sizes are named after it. Whoever sends a file id that they were given sends the same picture again.
 */

const FILE_ID = /^AgACAgI([0-9a-f]{16})[smx]$/

/** The picture that a file id, an address or any other name stands for; a new one for an upload. */
export function pictureOf(world: World, name?: string): string {
  const secret = name === undefined ? world.nextSecret('picture') : world.secret('picture', name)
  return FILE_ID.exec(name ?? '')?.[1] ?? secret.toString('hex', 0, 8)
}

/** The sizes in which a picture is to be had, smallest first. `type` is Telegram's letter for the size. */
export const sizesOf = (picture: string) =>
  [
    { type: 's', width: 90, height: 68, bytes: 1_400 },
    { type: 'm', width: 320, height: 240, bytes: 17_000 },
    { type: 'x', width: 800, height: 600, bytes: 72_000 },
  ].map((size) => ({ ...size, fileId: `AgACAgI${picture}${size.type}`, uniqueId: `AQAD${picture}${size.type}` }))
