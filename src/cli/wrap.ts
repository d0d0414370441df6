/** Colours take no room. */
const COLOUR = /\u001b\[[\d;]*m/g

const lengthOf = (text: string): number => [...text.replace(COLOUR, '')].length

/**
 * Text whose lines break between words where the terminal would break them anywhere; what follows a break is indented.
 * @param width of the terminal; undefined where nobody looks, and nothing is broken then
 * @param indent how far the text begins from the left, and so the following lines
 */
export const wrapped = (text: string, width: number | undefined, indent: number): string => {
  if (width === undefined) return text
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && indent + lengthOf(longer) > width) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`)
}
