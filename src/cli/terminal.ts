import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { VisavisError } from '../errors.js'

const USUAL_COLUMNS = 80
const USUAL_ROWS = 24

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
  /** How many lines it shows; undefined when nobody looks. */
  readonly rows?: number | undefined
  /** How wide a line of remarks may be: they may be looked at while the rest goes into a pipe, and the other way round. */
  readonly noteColumns?: number | undefined
  /** Gives text its colour where somebody looks who wants colours (NO_COLOR); unchanged elsewhere. */
  paint(tone: Tone, text: string): string
  /** Whether somebody answers who can be asked again; otherwise answers come from a pipe. */
  readonly attended?: boolean
  /** Asks for one line. `hidden` does not show what is typed. Rejects when there is nobody to answer. */
  ask(question: string, options?: { hidden?: boolean }): Promise<string>
}

/** The terminal that this process was started from. */
export const processTerminal = (env: NodeJS.ProcessEnv): Terminal => {
  const { stdin, stdout, stderr } = process
  // What is typed before anybody asks is not shown: it may be the answer to a hidden question.
  let muted = true
  const echo = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (!muted) stderr.write(chunk)
      done()
    },
  })
  Object.defineProperty(echo, 'columns', { get: () => stderr.columns })
  // One reader for all questions: a second one would lose the lines that the first has read ahead from a pipe.
  let reader: ReturnType<typeof createInterface> | undefined
  const lines: string[] = []
  let waiting: { resolve: (line: string) => void; reject: (error: Error) => void } | undefined
  let ended = false
  const nobody = () => new VisavisError('unanswered', 'Stopped before the end: nothing was changed.')

  const open = () => {
    const made = createInterface({ input: stdin, output: echo, terminal: stdin.isTTY, historySize: 0 })
    made.on('line', (line) => {
      if (waiting) waiting.resolve(line)
      // A second Enter at a keyboard is no answer to the next question.
      else if (!stdin.isTTY) lines.push(line)
      waiting = undefined
    })
    // While it reads, Ctrl-C comes as a key; between questions it is to end the process as everywhere.
    made.on('SIGINT', () => {
      const asked = waiting !== undefined
      made.close()
      if (!asked) process.kill(process.pid, 'SIGINT')
    })
    // Ctrl-C or Ctrl-D, or the end of a pipe.
    made.on('close', () => {
      ended = true
      waiting?.reject(nobody())
    })
    return made
  }

  return {
    out: (text) => void stdout.write(text),
    note: (text) => void stderr.write(text),
    get columns() {
      // Some terminals do not know their width and say 0.
      return stdout.isTTY ? stdout.columns || USUAL_COLUMNS : undefined
    },
    get rows() {
      return stdout.isTTY ? stdout.rows || USUAL_ROWS : undefined
    },
    get noteColumns() {
      return stderr.isTTY ? stderr.columns || USUAL_COLUMNS : undefined
    },
    attended: stdin.isTTY,
    paint: (tone, text) => (stdout.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb' ? painted(tone, text) : text),
    ask: async (question, { hidden = false } = {}) => {
      reader ??= open()
      const buffered = lines.shift()
      const shown = hidden || buffered !== undefined || ended ? question.length : question.lastIndexOf('\n') + 1
      stderr.write(question.slice(0, shown))
      if (buffered !== undefined) {
        stderr.write('\n')
        return buffered
      }
      if (ended) throw nobody()
      if (!hidden) {
        muted = false
        // It is drawn anew when the line is edited, so the reader has to know it.
        reader.setPrompt(question.slice(shown))
        reader.prompt()
      }
      try {
        return await new Promise<string>((resolve, reject) => (waiting = { resolve, reject }))
      } finally {
        muted = true
        // Neither the Enter after a hidden answer nor a Ctrl-C ends the line, nor does what comes from a pipe.
        if (hidden || ended || !stdin.isTTY) stderr.write('\n')
      }
    },
  }
}
