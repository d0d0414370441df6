import { setTimeout as delay } from 'node:timers/promises'
import { VisavisError } from '../../src/errors.js'
import { createLogger } from '../../src/logger.js'
import { closeDatabase, openDatabase, type Database } from '../../src/postgres/database.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { migrate } from '../../src/postgres/migrate.js'
import { createHostClient } from '../../src/telegram/gramjs-host-client.js'
import { maskedPhone } from '../../src/telegram/login-steps.js'
import type { UserId } from '../../src/ids.js'
import type { Sandbox } from './sandbox.js'

const phone = '15550100'
const timeoutMs = 15_000
const lookEveryMs = 1_000

/**
 * Gives the service a host in the local Telegram: an account with a session, entered in the database as `hosts login` would.
 * Doing it again keeps the host and gives it a new session, so it does not matter whether the sandbox still knows the old one.
 * @throws Error when the sandbox makes no account, or Postgres cannot be used
 */
export async function ensureSandboxHost(sandbox: Sandbox, databaseUrl: string, secretKey: string): Promise<void> {
  const session = await mintSession(sandbox.http)
  const userId = await ownerOf(session, sandbox)
  const db = openDatabase(databaseUrl, { logger: createLogger({ level: 'silent', pretty: false }), max: 1 })
  try {
    await migrated(db)
    await hostsTable(db, secretKey).add({ phoneLabel: maskedPhone(phone), userId, session })
  } finally {
    await closeDatabase(db)
  }
}

// Postgres may be started by somebody else, and later than this.
async function migrated(db: Database): Promise<void> {
  for (let told = false; ; told = true) {
    try {
      await migrate(db)
      return
    } catch (error) {
      if (!(error instanceof VisavisError) || !error.retryable) throw error
      if (!told) console.log(`[start] ${error.message} Waiting for it.`)
      await delay(lookEveryMs)
    }
  }
}

async function mintSession(http: string): Promise<string> {
  const response = await fetch(`${http}/sandbox/accounts`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ phone }),
  })
  if (!response.ok) throw new Error(`The sandbox made no account for the host: ${await response.text()}`)
  const { session } = (await response.json()) as { session: string }
  return session
}

// Asked over MTProto, which also shows that the session works.
async function ownerOf(session: string, { serviceEnv }: Sandbox): Promise<UserId> {
  const client = createHostClient({
    apiId: Number(serviceEnv.API_ID),
    apiHash: serviceEnv.API_HASH,
    endpoint: { address: serviceEnv.TELEGRAM_MTPROTO, publicKey: serviceEnv.TELEGRAM_MTPROTO_KEY },
    session,
    timeoutMs,
  })
  try {
    await client.connect()
    return client.me()
  } finally {
    await client.close()
  }
}
