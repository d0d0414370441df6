/** One thing in a console block of a document: something happens, or a command is run and answers. */
export type Step =
  | { readonly kind: 'scene'; readonly words: string; readonly line: number }
  | {
      readonly kind: 'command'
      readonly text: string
      /** What the document says it prints, stdout and stderr as they come. */
      readonly printed: readonly string[]
      /** From `$ echo $?` after it; 0 without. */
      readonly code: number
      /** Where it stands in the document, counted from 0. */
      readonly line: number
    }

/** A heading of a document and what its console blocks show. */
export interface Transcript {
  readonly heading: string
  readonly steps: readonly Step[]
}

/**
 * Reads the `console` blocks of a Markdown document. A line with `# ` in front says what happens meanwhile, one with
 * `$ ` is a command; everything else is what the command before it printed.
 */
export const readTranscripts = (markdown: string): Transcript[] => {
  const transcripts: { heading: string; steps: Step[] }[] = []
  let heading = ''
  let inside = false
  let printed: string[] = []
  markdown.split('\n').forEach((text, line) => {
    if (!inside) {
      if (/^#{2,3} /.test(text)) heading = text.replace(/^#+ /, '')
      inside = text === '```console'
      if (inside && transcripts.at(-1)?.heading !== heading) transcripts.push({ heading, steps: [] })
      return
    }
    const steps = transcripts.at(-1)?.steps ?? []
    const last = steps.at(-1)
    if (text === '```') inside = false
    else if (text.startsWith('# ')) steps.push({ kind: 'scene', words: text.slice(2), line })
    else if (text === '$ echo $?') printed = []
    else if (text.startsWith('$ ')) {
      printed = []
      steps.push({ kind: 'command', text: text.slice(2), printed, code: 0, line })
    } else if (last?.kind === 'command' && last.printed !== printed)
      steps[steps.length - 1] = { ...last, code: Number(text) }
    else printed.push(text)
  })
  return transcripts
}

const UNITS = '(?:d|h|min|s|ms)'

/**
 * What remains of a text when all that differs from one run to the next is left out: ids, numbers, instants, spans, and
 * the columns' widths. A zero stays a zero: nothing is never taken for something. In which order lines come is left out
 * as well: processes and hosts have none. So is how often progress was told on the way.
 */
export const shapeOf = (text: string): string =>
  text
    .replace(/^[A-Z][\w ]+: \d+ of \d+\n?/gm, '')
    .replace(/"at":"[^"]*"/g, '"at":"…"')
    .replace(/"ops":"[^"]*"|127\.0\.0\.1:\d+/g, 'ADDRESS')
    .replace(/\bcli:[\w.-]+/g, 'cli:OPERATOR')
    .replace(/\bon \S+ \(pid/g, 'on MACHINE (pid')
    .replace(/\bm[0-9a-z]{12}\b/g, 'ROOM')
    .replace(/\b[0-9a-f]{12}\b/g, 'INSTANCE')
    .replace(/\bVisavis \w{4}-\w{8}\b/g, 'MARKER')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'INSTANT')
    .replace(new RegExp(`\\b\\d+(?:\\.\\d+)? ${UNITS}\\b(?: \\d+ ${UNITS}\\b)*`, 'g'), 'SPAN')
    .replace(/\b(?:behind|ahead of) this machine/g, 'beside this machine')
    .replace(/"[1-9]\d*(?=")/g, '"N')
    .replace(/-?\b(?!0\b)\d[\d.-]*\b/g, 'N')
    .replace(/[ \t]+/g, ' ')
    .trim()
    .split('\n')
    .sort()
    .join('\n')

/** The ids in a text that are new in every run, by kind, the last of each kind. */
export const idsIn = (text: string): { room?: string; entry?: string } => {
  const room = text.match(/\bm[0-9a-z]{12}\b/g)?.at(-1)
  const entry = text.match(/\b\d{13}-\d+\b/g)?.at(-1)
  return { ...(room !== undefined && { room }), ...(entry !== undefined && { entry }) }
}

/** A command of the document with the ids of this run instead of its own. */
export const withIds = (text: string, { room, entry }: { room?: string; entry?: string }): string =>
  text.replace(/\bm[0-9a-z]{12}\b/g, (old) => room ?? old).replace(/\b\d{13}-\d+\b/g, (old) => entry ?? old)
