import type { Terminal } from './terminal.js'

const WIDTH = 24
const LEAST_WIDTH = 4

/** One line of progress, such as `[######..................] 12 of 48`. */
export const bar = (done: number, total: number, width = WIDTH): string => {
  const filled = total === 0 ? width : Math.round((Math.min(done, total) / total) * width)
  return `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}] ${done} of ${total}`
}

/** The same behind what it is about, in a line that does not wrap: only then can the next one take its place. */
const line = (what: string, done: number, total: number, columns: number): string => {
  const count = `${what} ${done} of ${total}`
  const width = Math.min(WIDTH, columns - 1 - count.length - '[] '.length)
  return width < LEAST_WIDTH ? count.slice(0, columns - 1) : `${what} ${bar(done, total, width)}`
}

/**
 * Shows how far long work has come, on stderr: a bar where somebody looks. Call `end` whatever happens.
 * @param inLines whether files and pipes get a line for each change; otherwise they get nothing
 */
export const createProgress = (terminal: Terminal, what: string, { inLines = false } = {}) => {
  const show = (text: string): void => terminal.note(`\r\u001b[K${text}`)
  let last = ''
  return {
    to: (done: number, total: number): void => {
      const { columns } = terminal
      if (columns !== undefined) return show(line(what, done, total, columns))
      const words = `${what}: ${done} of ${total}\n`
      if (inLines && words !== last) terminal.note(words)
      last = words
    },
    end: (): void => {
      if (terminal.columns !== undefined) show('')
    },
  }
}
