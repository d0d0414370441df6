import type { Command } from 'commander'
import type { Context } from './context.js'
import { checkBot, checkClocks, checkHosts, checkNode, checkPostgres, checkRedis, type Line } from './doctor-checks.js'
import { EXIT, wordsFor } from './failures.js'
import { JSON_OPTION } from './options.js'

/** In the order of what depends on what. */
const CHECKS: readonly (readonly [name: string, check: (context: Context) => Promise<Line[]>])[] = [
  ['node', checkNode],
  ['redis', checkRedis],
  ['postgres', checkPostgres],
  ['clocks', checkClocks],
  ['bot', checkBot],
  ['hosts', checkHosts],
]

const LABELS = { ok: ['good', 'ok   '], bad: ['bad', 'BAD  '], skipped: ['faint', '-    '] } as const

const doctor = async (context: Context, options: { json?: boolean }): Promise<void> => {
  const lines: Line[] = []
  for (const [name, check] of CHECKS)
    try {
      lines.push(...(await check(context)))
    } catch (error) {
      // One server that is away must not hide what the others say.
      lines.push({ name, state: 'bad', words: wordsFor(error), mend: 'see the words' })
    }
  const bad = lines.filter(({ state }) => state === 'bad').length
  const width = Math.max(...lines.map(({ name }) => name.length)) + 2
  const text = lines
    .map(({ name, state, words, mend }) => {
      const [tone, label] = LABELS[state]
      const indent = ' '.repeat(5 + width)
      return (
        `${context.terminal.paint(tone, label)}${name.padEnd(width)}${words.replaceAll('\n', `\n${indent}`)}\n` +
        (mend === '' ? '' : `${indent}mend: ${mend}\n`)
      )
    })
    .join('')
  context.show(
    options,
    { lines, bad },
    `${text}\n${bad === 0 ? 'All is well.' : `${bad} of ${lines.length} need a look.`}\n`,
  )
  if (bad > 0) context.exit(EXIT.failed)
}

/** `doctor`: looks at everything the service needs, and changes nothing. */
export const addDoctor = (program: Command, context: Context): void => {
  program
    .command('doctor')
    .description('whether all that the service needs is as it should be; each trouble with what mends it')
    .option(...JSON_OPTION)
    .addHelpText('after', '\nChanges nothing. Ends with 1 when something needs a look.\n')
    .action((options: { json?: boolean }) => doctor(context, options))
}
