import { spawn, type ChildProcess } from 'node:child_process'
import type { Identity } from './identity.js'

/** A server process that ends when this process does. */
export type Supervised = {
  /** Of the supervising shell; the server is its child. */
  pid: number
  /** Resolves when the server is gone, however that came about. */
  gone: Promise<void>
  /** Asks the server to end, insists after two seconds, and resolves when it is gone. */
  stop: () => Promise<void>
  /** Ends the server at once, as a crash would. */
  kill: () => Promise<void>
}

export type SupervisedCommand = {
  /** For error texts. */
  name: string
  command: string
  args: readonly string[]
  env?: NodeJS.ProcessEnv
  identity?: Identity
  /** What the server prints once it accepts connections. */
  ready: RegExp
  readyTimeoutMs?: number
}

// A process that gets SIGKILL cannot stop its children, so somebody else must notice. The shell holds the reading end of
// a pipe whose only writing end is ours: when we are gone, however that came about, `read` returns and the server is told to
// stop. The server itself gets no copy of the pipe. USR2 is the shell's order to kill the server without mercy.
const supervisor = `
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
(
  read -r _ <&3
  kill -INT $server
  for second in 1 2 3 4 5 6 7 8 9 10; do sleep 1; kill -0 $server || exit; done
  kill -KILL $server
) >/dev/null 2>&1 &
watcher=$!
exec 3<&-
trap 'kill -TERM $server' TERM
trap 'kill -INT $server' INT HUP
trap 'kill -KILL $server' USR2
while :; do
  wait $server
  status=$?
  kill -0 $server 2>/dev/null || break
done
kill $watcher 2>/dev/null
exit $status
`

const insistAfterMs = 2_000
const startTimeoutMs = 30_000

/**
 * Starts a server and waits until it says that it is ready.
 * @throws Error with the last output of the server when it ends, or does not get ready in time
 */
export async function supervise(wanted: SupervisedCommand): Promise<Supervised> {
  const shell = spawn('sh', ['-c', supervisor, wanted.name, wanted.command, ...wanted.args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...wanted.env },
    // Its own process group: Ctrl-C in a terminal reaches us only, and we stop things in order.
    detached: true,
    // The directory of the caller may be closed to the identity that the server runs under.
    cwd: '/',
    ...wanted.identity,
  })
  shell.stdin.on('error', () => undefined)
  await ready(shell, wanted)
  const gone = new Promise<void>((resolve) => shell.once('exit', () => resolve()))
  // A started server is no reason for this process to stay; waiting for its end is.
  const streams = [shell.stdin, shell.stdout, shell.stderr] as unknown as { unref(): void }[]
  shell.unref()
  for (const stream of streams) stream.unref()
  const end = async (first: NodeJS.Signals, then: NodeJS.Signals): Promise<void> => {
    if (shell.exitCode !== null || shell.signalCode !== null) return
    shell.ref()
    const insist = setTimeout(() => shell.kill(then), insistAfterMs)
    shell.kill(first)
    await gone
    clearTimeout(insist)
  }
  return {
    pid: shell.pid ?? 0,
    gone,
    // SIGTERM lets Postgres wait for its clients, SIGINT does not.
    stop: () => end('SIGTERM', 'SIGINT'),
    kill: () => end('SIGUSR2', 'SIGUSR2'),
  }
}

function ready(
  shell: ChildProcess,
  { name, ready, readyTimeoutMs = startTimeoutMs }: SupervisedCommand,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = ''
    let isUp = false
    const fail = (reason: string): void => {
      clearTimeout(timer)
      shell.kill('SIGINT')
      reject(new Error(`${name} ${reason}\n${output.slice(-2_000).trim()}`))
    }
    const timer = setTimeout(() => fail(`was not ready after ${readyTimeoutMs / 1_000} s`), readyTimeoutMs)
    // The output is read for as long as the server lives: a full pipe would stop it.
    const read = (chunk: Buffer): void => {
      if (isUp) return
      output += chunk.toString()
      if (!ready.test(output)) return
      isUp = true
      output = ''
      clearTimeout(timer)
      resolve()
    }
    shell.stdout?.on('data', read)
    shell.stderr?.on('data', read)
    shell.once('error', (error) => fail(`could not be started: ${error.message}`))
    // 'close' and not 'exit': only then everything that it had to say has been read.
    shell.once('close', (code) => isUp || fail(`ended with code ${code ?? 'unknown'}`))
  })
}
