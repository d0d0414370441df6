import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { VisavisError } from '../errors.js'

export type Tone = 'good' | 'bad' | 'faint' | 'bold' | 'code'

const CODES: Readonly<Record<Tone, string>> = { good: '32', bad: '31', faint: '2', bold: '1', code: '97;40' }

/** Text in colour, for terminals. */
export const painted = (tone: Tone, text: string): string => `\u001b[${CODES[tone]}m${text}\u001b[0m`

/** The person who runs a command, as far as commands know: what they can read and be asked. */
export interface Terminal {
  /** What the command is for: goes to stdout. */
  out(text: string): void
  /** Remarks and questions: they go to stderr, so that `--json` stays clean in a pipe. */
  note(text: string): void
  /** How wide a line may be; undefined when nobody looks (a file, a pipe). */
  readonly columns: number | undefined
  /** Gives text its colour where somebody looks who wants colours (NO_COLOR); unchanged elsewhere. */
  paint(tone: Tone, text: string): string
  /** Asks for one line. `hidden` does not show what is typed. Rejects when there is nobody to answer. */
  ask(question: string, options?: { hidden?: boolean }): Promise<string>
}

/** The terminal that this process was started from. */
export const processTerminal = (env: NodeJS.ProcessEnv): Terminal => {
  const { stdin, stdout, stderr } = process
  let muted = false
  const echo = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (!muted) stderr.write(chunk)
      done()
    },
  })
  // One reader for all questions: a second one would lose the lines that the first has read ahead from a pipe.
  let reader: ReturnType<typeof createInterface> | undefined
  const lines: string[] = []
  let waiting: { resolve: (line: string) => void; reject: (error: Error) => void } | undefined
  let ended = false
  const nobody = () => new VisavisError('unanswered', 'Stopped before the end: nothing was changed.')

  const open = () => {
    if (reader) return
    reader = createInterface({ input: stdin, output: echo, terminal: stdin.isTTY })
    reader.on('line', (line) => {
      if (waiting) waiting.resolve(line)
      else lines.push(line)
      waiting = undefined
    })
    // Ctrl-C or Ctrl-D, or the end of a pipe.
    reader.on('SIGINT', () => reader?.close())
    reader.on('close', () => {
      ended = true
      waiting?.reject(nobody())
    })
  }

  return {
    out: (text) => void stdout.write(text),
    note: (text) => void stderr.write(text),
    columns: stdout.isTTY ? stdout.columns : undefined,
    paint: (tone, text) => (stdout.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb' ? painted(tone, text) : text),
    ask: async (question, { hidden = false } = {}) => {
      open()
      stderr.write(question)
      const buffered = lines.shift()
      if (buffered !== undefined) return buffered
      if (ended) throw nobody()
      muted = hidden
      try {
        return await new Promise<string>((resolve, reject) => (waiting = { resolve, reject }))
      } finally {
        muted = false
        if (hidden) stderr.write('\n')
      }
    },
  }
}
