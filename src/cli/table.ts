export interface Column {
  readonly title: string
  readonly align?: 'right'
  /** May be left out where the terminal is too narrow; those with the highest number go first. */
  readonly spare?: number
}

const lengthOf = (text: string): number => [...text].length

const widthOf = (columns: readonly { width: number }[]): number =>
  columns.reduce((sum, { width }) => sum + width, 2 * (columns.length - 1))

/**
 * Rows as aligned text with a line of titles, no wider than `width` where that can be had by leaving out columns that
 * may be spared: half an id helps nobody, so nothing is cut. Everything is shown when `width` is undefined.
 */
export const table = (
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): string => {
  let shown = columns.map((column, index) => ({
    ...column,
    index,
    width: Math.max(lengthOf(column.title), ...rows.map((row) => lengthOf(row[index] ?? ''))),
  }))
  while (width !== undefined && widthOf(shown) > width) {
    const least = shown.reduce((a, b) => ((b.spare ?? 0) > (a.spare ?? 0) ? b : a))
    if (least.spare === undefined) break
    shown = shown.filter((column) => column !== least)
  }
  const line = (cell: (column: (typeof shown)[number]) => string) =>
    shown
      .map((column) => {
        const text = cell(column)
        const padding = ' '.repeat(column.width - lengthOf(text))
        return column.align === 'right' ? padding + text : text + padding
      })
      .join('  ')
      .trimEnd()
  return `${[line(({ title }) => title), ...rows.map((row) => line(({ index }) => row[index] ?? ''))].join('\n')}\n`
}
