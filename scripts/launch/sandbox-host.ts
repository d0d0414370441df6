/** Where the account is made, and where the service looks for its hosts. */
export type SandboxHostPlace = { http: string; databaseUrl: string; secretKey: string }

const phone = '15550100'

/**
 * Gives the service a host in the local Telegram: an account with a session, entered as `hosts login` would enter it.
 * Doing it again gives the same account a new session, so it does not matter whether the sandbox still knows the old one.
 * @throws Error when the sandbox refuses
 */
export async function ensureSandboxHost({ http }: SandboxHostPlace): Promise<void> {
  const response = await fetch(`${http}/sandbox/accounts`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ phone }),
  })
  if (!response.ok) throw new Error(`The sandbox made no account for the host: ${await response.text()}`)
}
