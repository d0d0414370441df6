import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { World } from '../world/world.js'
import { ControlError } from './refusal.js'

const types = { jpg: 'image/jpeg', png: 'image/png', gif: 'image/gif', webp: 'image/webp' }

/**
 * Answers with the bytes of a photo that somebody sent as a file. Only pages of here show them. A browser asks again each
 * time: in another world of the same seed the same id may be another photo's.
 */
export function servePhoto(world: World, request: IncomingMessage, response: ServerResponse, id: string): void {
  const bytes = world.photos.bytesOf(id, 'x')
  if (!bytes) throw new ControlError(404, 'NOT_FOUND', 'There is no such photo.')
  const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, { etag }).end()
    return
  }
  response.writeHead(200, {
    etag,
    'content-type': types[world.photos.extensionOf(id)],
    'content-length': bytes.length,
    'content-security-policy': "default-src 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-cache',
  })
  response.end(bytes)
}
