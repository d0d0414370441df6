import type { Config } from '../config.js'
import { VisavisError } from '../errors.js'
import type { HostClient } from '../telegram/host-client.js'

/** What a connection of an account needs. */
export const CONNECTION = [
  'API_ID',
  'API_HASH',
  'SECRET_KEY',
  'HOST_TIMEOUT',
  'TELEGRAM_MTPROTO',
  'TELEGRAM_MTPROTO_KEY',
] as const

/** Connects an account with a session; the words of a failure are for the person at the terminal. GramJS is slow to load. */
export const connectHost = async (
  config: Pick<Config, (typeof CONNECTION)[number]>,
  session: string,
): Promise<HostClient> => {
  const { createHostClient } = await import('../telegram/gramjs-host-client.js')
  let client: HostClient | undefined
  try {
    // GramJS takes it for an account that is not logged in.
    if (session === '') throw new Error('an empty session')
    client = createHostClient({
      apiId: Number(config.API_ID),
      apiHash: config.API_HASH,
      session,
      timeoutMs: config.HOST_TIMEOUT,
      endpoint: { address: config.TELEGRAM_MTPROTO, publicKey: config.TELEGRAM_MTPROTO_KEY },
    })
    await client.connect()
    return client
  } catch (error) {
    await client?.close()
    if (error instanceof Error && 'retryable' in error) throw error
    throw new VisavisError('session_invalid', 'This is not a string session of GramJS.', { cause: error })
  }
}
