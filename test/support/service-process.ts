import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** How long a process may take to stop in order before it counts as stuck. */
const STOP_MS = 20_000
const root = fileURLToPath(new URL('../../', import.meta.url))

/** The service in a process of its own, for what cannot be done to the process that the tests run in. */
export interface ServiceProcess {
  readonly pid: number
  /** As a crash: nothing is finished, nothing is given back. Resolves when the process is gone. */
  kill(): Promise<void>
  /** SIGTERM. Resolves when it has stopped in order; rejects when it had to be killed, or failed. */
  stop(): Promise<void>
  /** It stands still, as under a debugger or on a machine that swaps; its connections stay open. */
  freeze(): void
  thaw(): void
  readonly isGone: () => boolean
}

/**
 * Starts `src/main.ts` with a stage's environment; resolves when it says that it is ready.
 * @throws Error with the last of what it wrote when it ends before
 */
export const startServiceProcess = async (env: NodeJS.ProcessEnv): Promise<ServiceProcess> => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    cwd: root,
    env: { ...process.env, ...env },
    // With the channel the service ends when this process does.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4_000)
      if (process.env['TEST_LOG'] !== undefined) process.stderr.write(chunk)
    })
  const gone = once(child, 'exit')
  const ready = once(child, 'message')
  if ((await Promise.race([ready, gone.then(() => undefined)])) === undefined)
    throw new Error(`the service ended with ${child.exitCode ?? child.signalCode} before it was ready\n${output}`)
  const isGone = () => child.exitCode !== null || child.signalCode !== null

  return {
    pid: child.pid ?? 0,
    isGone,
    kill: async () => {
      if (isGone()) return
      child.kill('SIGKILL')
      await gone
    },
    stop: async () => {
      if (isGone()) return
      const insist = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      child.kill('SIGTERM')
      await gone
      clearTimeout(insist)
      if (child.exitCode !== 0)
        throw new Error(`the service did not stop in order (${child.exitCode ?? child.signalCode})\n${output}`)
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
  }
}
