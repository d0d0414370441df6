import { renderUnicodeCompact } from 'uqr'
import type { Terminal } from './terminal.js'

/** How much empty space a QR code has around it, in its own dots. */
const BORDER = 2

/**
 * Shows links as QR codes, each in the place of the one before, with the link below. Only the links where nobody looks
 * (a file, a pipe) or where the code does not fit. `scanned` says below it that somebody has scanned it.
 */
export const qrScreen = (terminal: Terminal): { show: (link: string) => void; scanned: () => void } => {
  let shown = 0
  return {
    show: (link) => {
      const { noteColumns: columns } = terminal
      // Light on dark, half a line per dot: so it also reads right on a dark terminal that shows no colours.
      const rows = renderUnicodeCompact(link, { border: BORDER }).split('\n')
      const fits = columns !== undefined && rows.every((row) => row.length <= columns)
      const lines = [...(fits ? rows.map((row) => terminal.paint('code', row)) : []), link]
      const back = columns === undefined || shown === 0 ? '' : `\u001b[${shown}A\u001b[J`
      terminal.note(`${back}${lines.join('\n')}\n`)
      shown = lines.length - 1 + Math.ceil(link.length / (columns ?? link.length))
    },
    scanned: () => {
      terminal.note('Scanned.\n')
      shown++
    },
  }
}
