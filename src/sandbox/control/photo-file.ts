import type { ServerResponse } from 'node:http'
import type { World } from '../world/world.js'
import { ControlError } from './refusal.js'

const types = { jpg: 'image/jpeg', png: 'image/png', gif: 'image/gif', webp: 'image/webp' }

/** Answers with the bytes of a photo that somebody sent as a file. They never change, and only pages of here show them. */
export function servePhoto(world: World, response: ServerResponse, id: string): void {
  const bytes = world.photos.bytesOf(id, 'x')
  if (!bytes) throw new ControlError(404, 'NOT_FOUND', 'There is no such photo.')
  response.writeHead(200, {
    'content-type': types[world.photos.extensionOf(id)],
    'content-length': bytes.length,
    'content-security-policy': "default-src 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, max-age=31536000, immutable',
  })
  response.end(bytes)
}
