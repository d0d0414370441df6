import type { Terminal } from './terminal.js'

const WIDTH = 24

/** One line of progress, such as `[######..................] 12 of 48`. */
export const bar = (done: number, total: number): string => {
  const filled = total === 0 ? WIDTH : Math.round((Math.min(done, total) / total) * WIDTH)
  return `[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${done} of ${total}`
}

/** Shows how far long work has come, on stderr and only where somebody looks. Call `end` whatever happens. */
export const createProgress = (terminal: Terminal, what: string) => {
  const looks = terminal.columns !== undefined
  return {
    to: (done: number, total: number): void => {
      if (looks) terminal.note(`\r${what} ${bar(done, total)}`)
    },
    end: (): void => {
      if (looks) terminal.note('\r\u001b[K')
    },
  }
}
