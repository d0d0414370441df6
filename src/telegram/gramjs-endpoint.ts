import { createHash, createPublicKey } from 'node:crypto'
import type { Socket } from 'node:net'
import bigInt from 'big-integer'
import { _serverKeys } from 'telegram/crypto/RSA.js'
import { PromisedNetSockets } from 'telegram/extensions/index.js'
import { ConfigError } from '../errors.js'

/** Where the MTProto server is; Telegram's own data centres when nothing is given. */
export interface MtprotoEndpoint {
  /** `host:port` (TELEGRAM_MTPROTO). */
  address?: string | undefined
  /** An RSA public key in PEM that is trusted besides Telegram's own (TELEGRAM_MTPROTO_KEY). */
  publicKey?: string | undefined
}

/** A TL `bytes` value of up to 2^24 bytes: length, content, padding to four bytes. */
const tlBytes = (content: Buffer): Buffer => {
  const head =
    content.length < 254
      ? Buffer.from([content.length])
      : Buffer.from([254, content.length & 255, (content.length >> 8) & 255, content.length >> 16])
  const padding = Buffer.alloc((4 - ((head.length + content.length) % 4)) % 4)
  return Buffer.concat([head, content, padding])
}

/** Adds a server's RSA key to those that GramJS accepts in a handshake. Throws ConfigError when it is not one. */
export const trustServerKey = (pem: string): void => {
  let jwk: { n?: string; e?: string }
  try {
    // One-line environment files carry line breaks as \n.
    jwk = createPublicKey({ key: pem.replaceAll('\\n', '\n'), format: 'pem', type: 'pkcs1' }).export({ format: 'jwk' })
  } catch {
    throw new ConfigError(['TELEGRAM_MTPROTO_KEY must be an RSA public key in PEM (BEGIN RSA PUBLIC KEY)'])
  }
  const n = Buffer.from(jwk.n ?? '', 'base64url')
  const e = Buffer.from(jwk.e ?? '', 'base64url')
  const fingerprint = createHash('sha1')
    .update(Buffer.concat([tlBytes(n), tlBytes(e)]))
    .digest()
    .readBigInt64LE(12)
  _serverKeys.set(fingerprint.toString(), { n: bigInt(n.toString('hex'), 16), e: parseInt(e.toString('hex'), 16) })
}

/**
 * A socket class for GramJS, which ignores the port of a session and so must be told where to go here. With `once` it
 * connects a single time: GramJS then cannot reconnect by itself, which would send unanswered requests again and so
 * make a second group. `onClose` is called when a connection ends; `destroyAll` ends them, also while connecting.
 */
export const serverSocket = (endpoint: MtprotoEndpoint, options: { once: boolean; onClose: () => void }) => {
  const { address } = endpoint
  const colon = address?.lastIndexOf(':') ?? -1
  const fixed =
    address === undefined ? undefined : { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) }
  const sockets = new Set<Socket>()
  let connections = 0
  let destroyed = false

  class ServerSocket extends PromisedNetSockets {
    override async connect(port: number, ip: string): Promise<unknown> {
      connections++
      if (destroyed || (options.once && connections > 1)) throw new Error('this connection is over')
      const connecting = super.connect(fixed?.port ?? port, fixed?.host ?? ip)
      // `client` is the net.Socket that super.connect has just made.
      const { client: socket } = this as unknown as { client?: Socket }
      if (socket) {
        sockets.add(socket)
        socket.once('close', () => {
          sockets.delete(socket)
          options.onClose()
        })
      }
      return connecting
    }
  }

  return {
    Socket: ServerSocket,
    destroyAll: () => {
      destroyed = true
      for (const socket of sockets) socket.destroy()
    },
  }
}
