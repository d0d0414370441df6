import { expect } from 'chai'
import { qrScreen } from '../../src/cli/hosts-qr.js'

const link = (n: number): string => `tg://login?token=${String(n).repeat(43)}`

describe('the screen of QR codes', () => {
  /** What is drawn for somebody whose stderr and stdout are so wide; undefined for a file or a pipe. */
  const screen = (noteColumns: number | undefined, columns: number | undefined) => {
    const notes: string[] = []
    const { show, scanned } = qrScreen({
      out: () => undefined,
      note: (text) => void notes.push(text),
      columns,
      noteColumns,
      paint: (_, text) => text,
      ask: async () => '',
    })
    return { notes, show, scanned }
  }
  const height = (text: string): number => text.split('\n').length - 1

  it('draws the next code in the place of the one that has expired', () => {
    const { notes, show } = screen(80, 80)
    for (const n of [1, 2]) show(link(n))
    expect(notes[1]?.startsWith(`\u001b[${height(notes[0] ?? '')}A\u001b[J█`)).to.equal(true)
  })

  it('takes away also the line that somebody has scanned it, when that came to nothing', () => {
    const { notes, show, scanned } = screen(80, 80)
    show(link(1))
    scanned()
    show(link(2))
    expect(notes[1]).to.equal('Scanned.\n')
    expect(notes[2]?.startsWith(`\u001b[${height(notes[0] ?? '') + 1}A\u001b[J█`)).to.equal(true)
  })

  it('draws where remarks are looked at, whoever reads the rest', () => {
    const piped = screen(80, undefined)
    piped.show(link(1))
    expect(piped.notes[0]).to.match(/^█+\n/)
    const intoFile = screen(undefined, 80)
    for (const n of [1, 2]) intoFile.show(link(n))
    expect(intoFile.notes).to.deep.equal([1, 2].map((n) => `${link(n)}\n`))
  })
})
