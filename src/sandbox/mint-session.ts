import { randomBytes } from 'node:crypto'
import { AuthKey } from './mtproto/auth-keys.js'
import type { MtprotoServer } from './mtproto/server.js'

const VERSION = '1'
const DC_ID = 2
const ADDRESS = '127.0.0.1'
// Clients dial the real port by other means; string sessions cannot hold more than 32767.
const NOMINAL_PORT = 80

/** A GramJS string session that is logged in already: neither handshake nor login are needed. */
export function mintSession(server: MtprotoServer, layer: number, userId: number): string {
  const secret = randomBytes(256)
  // A leading zero byte is what some clients stumble over.
  secret[0] ||= 1
  const key = new AuthKey(secret, undefined, DC_ID)
  key.userId = userId
  key.layer = layer
  server.accept(key)
  const head = Buffer.alloc(3)
  head.writeUInt8(DC_ID)
  head.writeInt16BE(ADDRESS.length, 1)
  const port = Buffer.alloc(2)
  port.writeInt16BE(NOMINAL_PORT)
  return VERSION + Buffer.concat([head, Buffer.from(ADDRESS), port, secret]).toString('base64')
}
