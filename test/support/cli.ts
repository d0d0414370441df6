import { runCli } from '../../src/cli/cli.js'
import { expectAsDocumented } from './cli-document.js'

/** How a command of the command line ended, and what it said. */
export interface CliResult {
  code: number
  /** stdout. */
  out: string
  /** stderr. */
  notes: string
  /** The questions that it asked. */
  questions: string[]
}

/**
 * Runs a command in this process. What it prints with `--json` is held to docs/cli.md.
 * @param answers to its questions, in order; after the last one nobody answers any more
 * @param attended whether the answers are a person's, or come from a pipe
 * @param columns how wide the terminal is; undefined for a pipe
 * @param onNote hears each remark at once
 */
export async function cli(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  {
    answers = [],
    columns,
    attended = true,
    onNote,
  }: { answers?: readonly string[]; columns?: number; attended?: boolean; onNote?: (text: string) => void } = {},
): Promise<CliResult> {
  const result: CliResult = { code: -1, out: '', notes: '', questions: [] }
  const left = [...answers]
  result.code = await runCli(args, {
    env,
    terminal: {
      out: (text) => void (result.out += text),
      note: (text) => {
        result.notes += text
        onNote?.(text)
      },
      columns,
      noteColumns: columns,
      attended,
      paint: (_, text) => text,
      ask: async (question) => {
        result.questions.push(question)
        const answer = left.shift()
        if (answer === undefined) throw new Error(`nobody answers: ${question}`)
        return answer
      },
    },
  })
  if (result.out.startsWith('{'))
    for (const line of result.out.trimEnd().split('\n')) expectAsDocumented(args, JSON.parse(line) as object)
  return result
}
