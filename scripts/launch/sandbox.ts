import { createInterface } from 'node:readline'
import type { Claim } from './one-per-directory.js'
import { startProgram, unlessEnded, type Program } from './program.js'

/** The local Telegram, running. */
export type Sandbox = {
  http: string
  /** What points the service at it instead of at Telegram. */
  serviceEnv: ServiceEnv
  program: Program
  stop: () => Promise<void>
}

type ServiceEnv = {
  BOT_TOKEN: string
  API_ID: string
  API_HASH: string
  TELEGRAM_API_ROOT: string
  TELEGRAM_MTPROTO: string
  TELEGRAM_MTPROTO_KEY: string
}

type ReadyLine = { ready: true; http: string; mtproto: string; publicKey: string; botToken: string }

const readyWithinMs = 60_000
const stopWithinMs = 5_000

/**
 * Starts the local Telegram and waits until it serves.
 * @throws Error when it ends before, or takes too long
 */
export async function startSandbox(file: string, env: NodeJS.ProcessEnv, claim: Claim): Promise<Sandbox> {
  const program = startProgram(file, { ...env, SANDBOX_WATCH_STDIN: '1' }, ['pipe', 'pipe', 'inherit'])
  claim.note(program.pid)
  const stop = (): Promise<void> => program.stop(() => program.process.stdin?.end(), stopWithinMs)
  const tooLate = setTimeout(() => program.process.kill('SIGKILL'), readyWithinMs)
  const ready = await unlessEnded(program, readyLine(program))
  clearTimeout(tooLate)
  if (ready === undefined) throw new Error(`The sandbox ${(await program.ended).words}; what it had to say is above.`)
  return {
    http: ready.http,
    program,
    stop,
    serviceEnv: {
      BOT_TOKEN: ready.botToken,
      API_ID: '1',
      API_HASH: 'sandbox',
      TELEGRAM_API_ROOT: ready.http,
      TELEGRAM_MTPROTO: ready.mtproto,
      TELEGRAM_MTPROTO_KEY: ready.publicKey,
    },
  }
}

/** Tells the sandbox where the service shows what is going on, for the third column of its page. It works without, too. */
export async function showOps({ http }: { http: string }, ops: string): Promise<void> {
  const told = await fetch(`${http}/sandbox/ops`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    // A port of every address is one of this machine's, too.
    body: JSON.stringify({ url: ops.replace('//0.0.0.0:', '//127.0.0.1:') }),
  }).catch(() => undefined)
  if (!told?.ok) console.error('[start] the sandbox page does not show the inner life of the service')
}

// Its first line on stdout is for us; everything after it is for the person at the terminal.
function readyLine({ process: child }: Program): Promise<ReadyLine> {
  return new Promise((resolve) => {
    if (child.stdout === null) return
    createInterface(child.stdout).on('line', (line) => {
      const ready = line.startsWith('{"ready":') ? (JSON.parse(line) as ReadyLine) : undefined
      if (ready) resolve(ready)
      else console.log(line)
    })
  })
}
