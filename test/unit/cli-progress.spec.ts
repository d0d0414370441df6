import { expect } from 'chai'
import { createProgress } from '../../src/cli/progress.js'

describe('a progress bar', () => {
  const shown = (columns: number | undefined, options?: { inLines: boolean }): string => {
    let notes = ''
    const terminal = {
      columns,
      out: () => undefined,
      note: (text: string) => void (notes += text),
      paint: (_: unknown, text: string) => text,
      ask: () => Promise.reject(new Error('nobody answers')),
    }
    const progress = createProgress(terminal, 'Ending rooms', options)
    for (const done of [1, 1]) progress.to(done, 2)
    progress.end()
    return notes
  }

  for (const [columns, line] of [
    [80, 'Ending rooms [############............] 1 of 2'],
    [35, 'Ending rooms [######......] 1 of 2'],
    [26, 'Ending rooms 1 of 2'],
    [10, 'Ending ro'],
  ] as const)
    it(`stays in one line that is ${columns} columns wide, and goes at the end`, () =>
      expect(shown(columns)).to.equal(`${`\r\u001b[K${line}`.repeat(2)}\r\u001b[K`))

  it('is not for files and pipes', () => expect(shown(undefined)).to.equal(''))

  it('is a line for each change there, where work takes long', () => {
    expect(shown(undefined, { inLines: true })).to.equal('Ending rooms: 1 of 2\n')
    expect(shown(26, { inLines: true })).to.contain('\u001b[KEnding rooms 1 of 2')
  })
})
