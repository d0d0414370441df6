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

/** Shows how far long work has come, on stderr and only where somebody looks. Call `end` whatever happens. */
export const createProgress = (terminal: Terminal, what: string) => {
  const show = (text: string): void => terminal.note(`\r\u001b[K${text}`)
  return {
    to: (done: number, total: number): void => {
      const { columns } = terminal
      if (columns !== undefined) show(line(what, done, total, columns))
    },
    end: (): void => {
      if (terminal.columns !== undefined) show('')
    },
  }
}
