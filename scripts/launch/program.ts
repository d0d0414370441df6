import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import path from 'node:path'
import { root } from '../bootstrap.mjs'

/** How a program ended, in words and as an exit code. */
export type Ending = { code: number; words: string }

/** A TypeScript program of this repository in a process of its own. */
export type Program = {
  pid: number
  process: ChildProcess
  /** Resolves when it has ended, however that came about. */
  ended: Promise<Ending>
  /** Asks by `ask`, insists with SIGKILL when the time is up, and resolves when it has ended. */
  stop: (ask: () => void, patienceMs: number) => Promise<void>
}

/**
 * Starts a TypeScript file.
 * @param stdio the program must have something there that ends together with this process, and end when it does
 * @param preload a module to load before
 */
export function startProgram(file: string, env: NodeJS.ProcessEnv, stdio: StdioOptions, preload?: URL): Program {
  const modules = [import.meta.resolve('tsx'), ...(preload ? [preload.href] : [])]
  const args = [...modules.flatMap((module) => ['--import', module]), path.resolve(root, file)]
  const child = spawn(process.execPath, args, {
    cwd: root,
    env,
    stdio,
    // Its own process group: Ctrl-C in a terminal reaches the launcher only, which stops everything in order.
    detached: true,
  })
  const ended = new Promise<Ending>((resolve) => {
    child.once('error', (error) => resolve({ code: 1, words: `could not be started: ${error.message}` }))
    child.once('exit', (code, signal) => {
      if (signal) resolve({ code: 128 + constants.signals[signal], words: `was ended by ${signal}` })
      else resolve({ code: code ?? 1, words: `ended with code ${code ?? 1}` })
    })
  })
  return {
    pid: child.pid ?? 0,
    process: child,
    ended,
    stop: async (ask, patienceMs) => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
      const insist = setTimeout(() => child.kill('SIGKILL'), patienceMs)
      ask()
      await ended
      clearTimeout(insist)
    },
  }
}

/** Waits for the first value of an event, and gives undefined when the program ends before. */
export async function unlessEnded<T>(program: Program, waiting: Promise<T>): Promise<T | undefined> {
  return Promise.race([waiting, program.ended.then(() => undefined)])
}

/** Waits for the message `{ready: true, …}` of a program that was started with an IPC channel. */
export async function readyMessage(program: Program): Promise<{ ready: true; ops: string }> {
  for (;;) {
    const [message] = (await once(program.process, 'message')) as [unknown]
    if (typeof message === 'object' && message !== null && 'ready' in message)
      return message as { ready: true; ops: string }
  }
}
