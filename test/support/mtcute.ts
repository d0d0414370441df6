import './mtcute-quietly.js'
import { connectTcp } from '@fuman/node'
import {
  IntermediatePacketCodec,
  MemoryStorage,
  ObfuscatedPacketCodec,
  PaddedIntermediatePacketCodec,
  tl,
  type ICorePlatform,
  type IPacketCodec,
  type TelegramTransport,
} from '@mtcute/core'
import { BaseTelegramClient, TelegramClient, type BaseTelegramClientOptions } from '@mtcute/core/client.js'
import { addPublicKey, BaseCryptoProvider, type ICryptoProvider } from '@mtcute/core/utils.js'
import { ige256Decrypt, ige256Encrypt, initSync } from '@mtcute/wasm'
import { createCipheriv, createHash, createHmac, pbkdf2Sync, randomFillSync } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { deflateSync, gunzipSync } from 'node:zlib'
import type { Sandbox } from '../../src/sandbox/sandbox.js'

const require = createRequire(import.meta.url)

/** What mtcute leaves to its platform packages: Node's own cryptography, and mtcute's for AES-IGE. */
class NodeCrypto extends BaseCryptoProvider implements ICryptoProvider {
  async initialize() {
    initSync(await readFile(require.resolve('@mtcute/wasm/mtcute.wasm')))
  }
  sha1 = (data: Uint8Array) => createHash('sha1').update(data).digest()
  sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest()
  hmacSha256 = (data: Uint8Array, key: Uint8Array) => createHmac('sha256', key).update(data).digest()
  pbkdf2 = (password: Uint8Array, salt: Uint8Array, iterations: number, length = 64, algorithm = 'sha512') =>
    pbkdf2Sync(password, salt, iterations, length, algorithm)
  createAesCtr(key: Uint8Array, iv: Uint8Array) {
    const cipher = createCipheriv(`aes-${key.length * 8}-ctr`, key, iv)
    return { process: (data: Uint8Array) => cipher.update(data) }
  }
  createAesIge = (key: Uint8Array, iv: Uint8Array) => ({
    encrypt: (data: Uint8Array) => ige256Encrypt(data, key, iv),
    decrypt: (data: Uint8Array) => ige256Decrypt(data, key, iv),
  })
  gzip(data: Uint8Array, maxSize: number) {
    try {
      return deflateSync(data, { maxOutputLength: maxSize })
    } catch {
      // Larger than it was: mtcute sends it as it is.
      return null
    }
  }
  gunzip = (data: Uint8Array) => gunzipSync(data)
  randomFill(buffer: Uint8Array) {
    randomFillSync(buffer)
  }
}

const platform: ICorePlatform = {
  beforeExit: () => () => undefined,
  getDefaultLogLevel: () => 0,
  getDeviceModel: () => 'test',
  log: () => undefined,
}

export { MemoryStorage }

export const transports = {
  intermediate: () => new IntermediatePacketCodec(),
  'padded intermediate': () => new PaddedIntermediatePacketCodec(),
  'obfuscated intermediate': () => new ObfuscatedPacketCodec(new IntermediatePacketCodec()),
  'obfuscated padded': () => new ObfuscatedPacketCodec(new PaddedIntermediatePacketCodec()),
} satisfies Record<string, () => IPacketCodec>

export interface MtcuteOptions {
  transport?: keyof typeof transports
  settings?: Partial<BaseTelegramClientOptions>
  storage?: MemoryStorage
}

/** An unmodified mtcute client that talks to a sandbox; it has to shake hands and log in first. */
export function mtcute(
  sandbox: Pick<Sandbox, 'mtproto' | 'publicKey'>,
  { transport = 'intermediate', settings = {}, storage = new MemoryStorage() }: MtcuteOptions = {},
): TelegramClient {
  const crypto = new NodeCrypto()
  addPublicKey(crypto, sandbox.publicKey)
  const [host = '', port = ''] = sandbox.mtproto.split(':')
  const dc = { id: 2, ipAddress: host, port: Number(port) }
  const tcp: TelegramTransport = {
    connect: () => connectTcp({ address: host, port: Number(port) }),
    packetCodec: () => transports[transport](),
  }
  const base = new BaseTelegramClient({
    apiId: 1,
    apiHash: 'sandbox',
    crypto,
    platform,
    storage,
    transport: tcp,
    defaultDcs: { main: dc, media: dc },
    reconnectionStrategy: () => 20,
    ...settings,
  })
  return new TelegramClient({ client: base })
}

/** How a call failed: `CODE NAME`. Rejects when it did not. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    if (error instanceof tl.RpcError)
      return `${error.code} ${error.text.replace('%d', String((error as { seconds?: number }).seconds))}`
    throw error
  }
  throw new Error('the call did not fail')
}
