import type { Command } from 'commander'
import type { Context } from './context.js'
import { checkBot, checkClocks, checkHosts, checkNode, checkPostgres, checkRedis } from './doctor-checks.js'
import { bad, skipped, type Line } from './doctor-line.js'
import { checkWork } from './doctor-work.js'
import { EXIT, wordsFor } from './failures.js'
import { JSON_OPTION } from './options.js'
import { wrapped } from './wrap.js'

/** In the order of what depends on what. */
const CHECKS: readonly (readonly [name: string, check: (context: Context) => Promise<Line[]>])[] = [
  ['node', checkNode],
  ['redis', checkRedis],
  ['postgres', checkPostgres],
  ['clocks', checkClocks],
  ['bot', checkBot],
  ['hosts', checkHosts],
  ['service', checkWork],
]

/** What helps where a server does not answer at all. */
const ABSENT: Readonly<Record<string, string>> = {
  redis: 'start it (npm start runs one of its own), or set REDIS_URL',
  postgres: 'start it (npm start runs one of its own), or set DATABASE_URL',
}

const LABELS = {
  ok: ['good', 'ok   '],
  warning: ['bold', 'warn '],
  bad: ['bad', 'BAD  '],
  skipped: ['faint', '-    '],
} as const

const doctor = async (context: Context, options: { json?: boolean }): Promise<void> => {
  const lines: Line[] = []
  const said = new Set<string>()
  for (const [name, check] of CHECKS)
    try {
      lines.push(...(await check(context)))
    } catch (error) {
      // One server that is away must not hide what the others say, and is named once.
      const words = wordsFor(error)
      lines.push(
        said.has(words) ? skipped(name, 'not asked: see above') : bad(name, words, ABSENT[name] ?? 'see the words'),
      )
      said.add(words)
    }
  const count = (wanted: Line['state']) => lines.filter(({ state }) => state === wanted).length
  const [troubles, warnings] = [count('bad'), count('warning')]
  const width = Math.max(...lines.map(({ name }) => name.length)) + 2
  const text = lines
    .map(({ name, state, words, mend }) => {
      const [tone, label] = LABELS[state]
      const indent = ' '.repeat(5 + width)
      const fitted = (text: string) =>
        text
          .split('\n')
          .map((part) => wrapped(part, context.terminal.columns, indent.length))
          .join(`\n${indent}`)
      return (
        `${context.terminal.paint(tone, label)}${name.padEnd(width)}${fitted(words)}\n` +
        (mend === '' ? '' : `${indent}${fitted(`mend: ${mend}`)}\n`)
      )
    })
    .join('')
  context.show(
    options,
    { lines, bad: troubles, warnings },
    `${text}\n${troubles + warnings === 0 ? 'All is well.' : `${troubles + warnings} of ${lines.length} need a look.`}\n`,
  )
  if (troubles > 0) context.exit(EXIT.failed)
}

/** `doctor`: looks at everything the service needs, and changes nothing. */
export const addDoctor = (program: Command, context: Context): void => {
  program
    .command('doctor')
    .description('whether all that the service needs is as it should be; each trouble with what mends it')
    .option(...JSON_OPTION)
    .addHelpText('after', '\nChanges nothing. Ends with 1 when something is bad; warnings alone do not change that.')
    .action((options: { json?: boolean }) => doctor(context, options))
}
