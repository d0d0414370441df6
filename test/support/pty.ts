import { execFileSync, spawn } from 'node:child_process'
import { until } from './until.js'

/** Whether this machine has the `script` of util-linux, which gives a command a terminal of its own. */
export const hasPty = (): boolean => {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux')
  } catch {
    return false
  }
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

export const KEYS = { enter: '\r', ctrlC: '\u0003', ctrlD: '\u0004', backspace: '\u007f', up: '\u001b[A' } as const

/** Runs a command in a terminal of its own, 80 columns wide, at which somebody types. */
export const runInPty = (command: readonly string[], env: NodeJS.ProcessEnv) => {
  const line = `stty cols 80 rows 40; exec ${command.map(quoted).join(' ')}`
  const child = spawn('script', ['-qefc', line, '/dev/null'], { env: { ...env, SHELL: '/bin/sh', TERM: 'xterm' } })
  let shown = ''
  let read = 0
  child.stdout.on('data', (data: Buffer) => (shown += data.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return {
    type: (...keys: readonly string[]) => void child.stdin.write(keys.join('')),
    /** Waits until the terminal shows this, after what was waited for last. Gives what came until then. */
    shows: async (what: RegExp): Promise<string> => {
      const look = (): RegExpExecArray => {
        const found = what.exec(shown.slice(read))
        if (found === null) throw new Error(`It shows ${JSON.stringify(shown.slice(read))}`)
        return found
      }
      const found = await until(`the terminal shows ${String(what)}`, look, { withinMs: 15_000 })
      const from = read
      read += found.index + found[0].length
      return shown.slice(from, read)
    },
    /** Everything that it has shown. */
    shown: (): string => shown,
    /** The exit code; 128 and the signal's number when one ended it. */
    ended,
    kill: () => void child.kill('SIGKILL'),
  }
}
export type Pty = ReturnType<typeof runInPty>
