import { LOGIN_CODE } from './mtproto/rpc/login.js'
import { startSandbox, type Sandbox } from './sandbox.js'
import { gramjsSnippet, telegrafSnippet } from './snippets.js'

/*
 * The sandbox as a program. When it is ready it writes one line of JSON to stdout for whoever started it. Started on its
 * own, without anybody holding its stdin, it also says how to point a program at it.
 */

const DEFAULT_PORTS = { SANDBOX_PORT: 8180, SANDBOX_MTPROTO_PORT: 0 }

const { SANDBOX_BOT_NAME, SANDBOX_BOT_USERNAME, SANDBOX_SEED, SANDBOX_WATCH_STDIN, DATA_DIR } = process.env

function portOf(setting: keyof typeof DEFAULT_PORTS): number {
  const value = process.env[setting]
  const port = value ? Number(value) : DEFAULT_PORTS[setting]
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${setting} is no port: ${value}`)
  return port
}

function announce(sandbox: Sandbox): void {
  const { world, http, mtproto, publicKey } = sandbox
  const username = SANDBOX_BOT_USERNAME || 'visavis_bot'
  const bot = world.users.byUsername(username) ?? world.users.addBot(SANDBOX_BOT_NAME || 'Visavis', username)
  const botToken = bot.bot?.token
  // A person at a terminal has no use for it.
  if (!process.stdout.isTTY)
    process.stdout.write(`${JSON.stringify({ ready: true, http, mtproto, publicKey, botToken })}\n`)
  if (SANDBOX_WATCH_STDIN === '1') return
  process.stdout.write(`
The sandbox stands: a local Telegram. Ctrl-C stops it.

Its page:  ${http}/
Bot API:   ${http}
MTProto:   ${mtproto}
Every login code is ${LOGIN_CODE}.

A bot with Telegraf:

${telegrafSnippet(http, botToken ?? '')}
An account with GramJS:

${gramjsSnippet({ http, mtproto, code: LOGIN_CODE })}
More is in docs/sandbox.md.
`)
}

async function run(): Promise<void> {
  const sandbox = await startSandbox({
    httpPort: portOf('SANDBOX_PORT'),
    mtprotoPort: portOf('SANDBOX_MTPROTO_PORT'),
    dataDir: DATA_DIR || undefined,
    seed: SANDBOX_SEED || undefined,
    log: (line) => process.stderr.write(`The sandbox: ${line}\n`),
  })
  let stopping: Promise<void> | undefined
  const stop = (): void => {
    stopping ??= sandbox.close().then(() => process.exit(0))
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  if (SANDBOX_WATCH_STDIN === '1') {
    // Whoever started the sandbox holds the other end; when they are gone, killed or not, it closes.
    process.stdin.resume()
    process.stdin.on('end', stop)
    process.stdin.on('close', stop)
  }
  // Nobody may be left to read what is written.
  process.stdout.on('error', () => undefined)
  announce(sandbox)
}

run().catch((error: unknown) => {
  const { code, message, port } = error as NodeJS.ErrnoException & { port?: number }
  const setting = String(port) === process.env['SANDBOX_MTPROTO_PORT'] ? 'SANDBOX_MTPROTO_PORT' : 'SANDBOX_PORT'
  const text = code === 'EADDRINUSE' ? `${setting} ${port} is taken by another program` : message
  process.stderr.write(`The sandbox cannot start: ${text}\n`)
  process.exit(1)
})
