import type { ServerResponse } from 'node:http'
import type { World } from '../world/world.js'
import { BotApiError } from './errors.js'

/** Where a photo is downloaded from, below `/file/bot<token>/`. */
export const filePath = (world: World, id: string, type: string): string =>
  `photos/${id}${type}.${world.photos.extensionOf(id)}`

/** Answers with the bytes that lie at this path; throws 404 when there are none. */
export function serveFile(world: World, response: ServerResponse, path: string): void {
  const [, id = '', type = ''] = /^photos\/([0-9a-f]{16})([smx])\.\w+$/.exec(path) ?? []
  const bytes = world.photos.bytesOf(id, type)
  if (!bytes || filePath(world, id, type) !== path) throw new BotApiError(404, 'Not Found')
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes.length }).end(bytes)
}
