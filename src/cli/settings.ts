import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { z } from 'zod'
import { readVariables, unknownSettings, type Config } from '../config.js'
import { VisavisError, wordsOf } from '../errors.js'
import { UsageError } from './failures.js'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** What a running `npm start` leaves in DATA_DIR/run.json. */
const runFile = z.object({
  pid: z.number(),
  sandbox: z.string().nullable(),
  redis: z.string(),
  database: z.string(),
})

/** What it leaves besides, in DATA_DIR/sandbox.json, when it runs the local Telegram: what the service was given for it. */
const sandboxFile = z.record(z.string(), z.string())

const readFile = <Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> | undefined => {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return undefined
  }
}

/** The variable that names a file of settings, as the option of the same meaning does. */
const ENV_FILE = 'VISAVIS_ENV_FILE'

/**
 * What the named file says, or else the `.env` of the installation. Never that of the working directory: that may belong
 * to another project, whose database is not to be touched.
 */
const inDotEnv = (env: NodeJS.ProcessEnv): NodeJS.Dict<string> => {
  const named = env[ENV_FILE]
  try {
    return parseEnv(readFileSync(named || path.join(ROOT, '.env'), 'utf8'))
  } catch (error) {
    if (!named) return {}
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new UsageError(
      (isMissing
        ? `There is no file of settings ${named}.`
        : `The file of settings cannot be read: ${wordsOf(error)}.`) +
        ` Name one that ${isMissing ? 'exists' : 'can be read'} with --env-file or ${ENV_FILE}; ` +
        'without either, settings come from the environment and the .env of the installation.',
    )
  }
}

/** The file that `--env-file` names, wherever among the arguments it stands. */
const namedIn = (args: readonly string[]): string | undefined => {
  const end = args.indexOf('--')
  const options = end === -1 ? args : args.slice(0, end)
  const at = options.findLastIndex((word) => word === '--env-file' || word.startsWith('--env-file='))
  const [, value] = /^--env-file=(.*)$/s.exec(options[at] ?? '') ?? []
  return at === -1 ? undefined : (value ?? options[at + 1])
}

/**
 * The environment of this process, and behind it what the file of settings says. An empty value counts as set, and hides it.
 * @param args of the command line
 * @throws UsageError when a file is named that cannot be read
 */
export const withDotEnv = (env: NodeJS.ProcessEnv, args: readonly string[]): NodeJS.ProcessEnv => {
  const named = namedIn(args) ?? env[ENV_FILE]
  const inForce = { ...env, [ENV_FILE]: named ? path.resolve(named) : '' }
  return { ...inDotEnv(inForce), ...inForce }
}

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * The settings of one command: from the environment (which has `.env` in it), and where that says nothing from what a
 * service that `npm start` keeps running has left: its servers, and what it was given for the local Telegram.
 */
export const commandSettings = (env: NodeJS.ProcessEnv) => {
  const directory = path.resolve(ROOT, env['DATA_DIR'] || '.data')
  const running = readFile(path.join(directory, 'run.json'), runFile)
  const inSandbox = running !== undefined && running.sandbox !== null && lives(running.pid)
  const sandbox = inSandbox ? readFile(path.join(directory, 'sandbox.json'), sandboxFile) : undefined
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const servers = running && { REDIS_URL: running.redis, DATABASE_URL: running.database }
  const filled: NodeJS.ProcessEnv = { ...servers, ...sandbox, ...set }

  const dotEnv = inDotEnv(env)
  const fromOf = (name: string, value: string) => (dotEnv[name] === value ? env[ENV_FILE] || '.env' : 'environment')

  return {
    /** Variables that are probably misspelled settings, and who gave them. */
    unknown: () => unknownSettings(env).map((one) => ({ ...one, from: fromOf(one.name, env[one.name] ?? '') })),
    /** Whether the service that runs here talks to the local Telegram. */
    sandbox: sandbox !== undefined,
    /** What to say besides, when a server that run.json names does not answer; '' when there is nothing to say. */
    staleWords: (name: 'REDIS_URL' | 'DATABASE_URL'): string =>
      running !== undefined && !env[name] && !lives(running.pid)
        ? ` The npm start that wrote ${path.join(directory, 'run.json')} is gone; start it again.`
        : '',
    /** Whether a variable has a value here, from wherever. */
    has: (name: string): boolean => Boolean(filled[name]),
    /** The value that a variable was given, and by whom; undefined when it is absent. */
    given: (name: string): { value: string; from: string } | undefined => {
      const value = filled[name]
      if (!value) return undefined
      if (env[name]) return { value, from: fromOf(name, value) }
      return { value, from: sandbox && name in sandbox ? 'sandbox.json' : 'run.json' }
    },
    /** A secret that a command was given by the name of its variable. */
    secret: (name: string): string => {
      const value = env[name]
      if (!value)
        throw new VisavisError(
          'not_set',
          `${name} is not set: give it a value before the command, ${name}=… npm run cli -- …`,
        )
      return value
    },
    /** Only the variables that a command needs must be right. Throws ConfigError or, without any service, words. */
    read: <Name extends keyof Config>(...names: readonly Name[]): Pick<Config, Name> => {
      const server = (['REDIS_URL', 'DATABASE_URL'] as const).find(
        (name) => (names as readonly string[]).includes(name) && !filled[name],
      )
      if (server !== undefined)
        throw new VisavisError(
          'not_running',
          `${server} is not set, and no service runs here (there is no ${path.join(directory, 'run.json')}).\n` +
            `Start one with npm start, or name the server: ${server}=… npm run cli -- …`,
        )
      return readVariables(filled, names)
    },
  }
}
export type CommandSettings = ReturnType<typeof commandSettings>
