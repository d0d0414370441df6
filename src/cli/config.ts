import type { Command } from 'commander'
import { unknownSettingWords, VARIABLES } from '../config.js'
import { masked } from '../logger.js'
import type { Context } from './context.js'
import { EXIT } from './failures.js'
import { JSON_OPTION } from './options.js'
import { table } from './table.js'

/** What is never shown. */
const SECRETS: ReadonlySet<string> = new Set(['BOT_TOKEN', 'API_HASH', 'SECRET_KEY', 'BOT_WEBHOOK_SECRET'])
/** A value is cut where it would fill the screen, such as a key in PEM. */
const LONGEST = 60

interface Schema {
  readonly def: {
    readonly type: string
    readonly in?: Schema
    readonly defaultValue?: unknown
    readonly innerType?: Schema
  }
}

/** The text that counts when a variable is absent. */
const fallbackOf = (schema: Schema): string | undefined => {
  const { type, in: inner, defaultValue, innerType } = schema.def
  if (type === 'default') return String(defaultValue)
  const next = type === 'pipe' ? inner : type === 'optional' ? innerType : undefined
  return next === undefined ? undefined : fallbackOf(next)
}

const shownValue = (name: string, value: string): string => {
  if (SECRETS.has(name)) return '(hidden)'
  const text = masked(value).replaceAll('\n', '\\n')
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

const config = (context: Context, options: { json?: boolean }): void => {
  const settings = Object.entries(VARIABLES).map(([name, schema]) => {
    const given = context.settings.given(name)
    const fallback = fallbackOf(schema)
    const value = given?.value ?? fallback
    const problem = given === undefined ? undefined : schema.safeParse(given.value).error?.issues[0]?.message
    return {
      name,
      value: value === undefined || value === '' ? null : shownValue(name, value),
      from: given?.from ?? (fallback === undefined ? 'not set' : 'default'),
      problem: problem ?? null,
    }
  })
  const unknown = context.settings.unknown()
  const wrong = settings.filter(({ problem }) => problem !== null)
  const text =
    table(
      [{ title: 'SETTING' }, { title: 'VALUE' }, { title: 'FROM', spare: 1 }],
      settings.map(({ name, value, from, problem }) => [
        name,
        `${value ?? '-'}${problem === null ? '' : `  ← ${problem}`}`,
        from,
      ]),
      context.terminal.columns,
    ) +
    (wrong.length === 0
      ? ''
      : `\nThe service would not start with this: ${wrong.map(({ name }) => name).join(', ')}\n`) +
    (unknown.length === 0 ? '' : `\n${unknown.map((one) => `${unknownSettingWords(one)} (${one.from})\n`).join('')}`)
  const named = unknown.map(({ name, meant, from }) => ({ name, meant: meant ?? null, from }))
  context.show(options, { settings, unknown: named }, text)
  if (wrong.length > 0) context.exit(EXIT.failed)
}

/** `config`: the settings in force, where each came from, and what looks like a setting and is none. */
export const addConfig = (program: Command, context: Context): void => {
  program
    .command('config')
    .description('the settings in force and where each came from; secrets are hidden')
    .option(...JSON_OPTION)
    .action((options: { json?: boolean }) => config(context, options))
}
