import bigInt from 'big-integer'
import { createHash, createPublicKey } from 'node:crypto'
import { Logger, TelegramClient, type Api } from 'telegram'
import { _serverKeys } from 'telegram/crypto/RSA.js'
import { LogLevel } from 'telegram/extensions/Logger.js'
import { PromisedNetSockets } from 'telegram/extensions/index.js'
import type { TelegramClientParams } from 'telegram/client/telegramBaseClient.js'
import { StringSession } from 'telegram/sessions/index.js'
import type { Sandbox } from '../../src/sandbox/sandbox.js'
import { Writer } from '../../src/sandbox/mtproto/tl/writer.js'

/** Makes GramJS accept the sandbox's RSA key. */
function trust(publicKey: string): void {
  const { n = '', e = '' } = createPublicKey(publicKey).export({ format: 'jwk' })
  const [modulus, exponent] = [Buffer.from(n, 'base64url'), Buffer.from(e, 'base64url')]
  const hash = createHash('sha1').update(new Writer().bytes(modulus).bytes(exponent).done()).digest()
  const key = { n: bigInt(modulus.toString('hex'), 16), e: exponent.readUIntBE(0, exponent.length) }
  _serverKeys.set(hash.readBigInt64LE(12).toString(), key)
}

/** An unmodified GramJS client that talks to a sandbox; an empty session has to shake hands and log in first. */
export function gramjs(
  sandbox: Pick<Sandbox, 'mtproto' | 'publicKey'>,
  session = '',
  settings: Partial<TelegramClientParams> = {},
): TelegramClient {
  trust(sandbox.publicKey)
  const [host = '', port = ''] = sandbox.mtproto.split(':')
  class SandboxSocket extends PromisedNetSockets {
    // GramJS always dials 80 or 443.
    override connect(_port: number, _ip: string) {
      return super.connect(Number(port), host)
    }
  }
  const stored = new StringSession(session)
  if (!session) stored.setDC(2, host, 80)
  const client = new TelegramClient(stored, 1, 'sandbox', {
    networkSocket: SandboxSocket,
    connectionRetries: 3,
    retryDelay: 50,
    floodSleepThreshold: 0,
    securityChecks: true,
    baseLogger: new Logger(LogLevel.NONE),
    ...settings,
  })
  client.onError = async () => undefined
  return client
}

/** The session of a client as text. */
export const sessionOf = (client: TelegramClient): string => (client.session as StringSession).save()

/** The first chat among the updates that a call answered with. */
export function firstChat(updates: Api.TypeUpdates): Api.Channel {
  if (!('chats' in updates) || !updates.chats[0]) throw new Error('no chat among the updates')
  return updates.chats[0] as Api.Channel
}

/** How a call failed: `CODE NAME`. Rejects when it did not. */
export async function failureOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    const { code, errorMessage } = error as { code: number; errorMessage: string }
    return `${code} ${errorMessage}`
  }
  throw new Error('the call did not fail')
}
