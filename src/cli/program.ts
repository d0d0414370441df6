import { readFileSync } from 'node:fs'
import { Command, Help } from 'commander'
import { createContext, type Context, type LoadServers } from './context.js'
import { addExamples } from './examples.js'
import { failureOf } from './failures.js'
import { JSON_OPTION } from './options.js'
import type { Terminal } from './terminal.js'

const EXAMPLES = `
Examples:
  npm run cli -- status --watch
  npm run cli -- doctor
  npm run cli -- rooms list --stage open
  npm run cli -- rooms close <id> --reason "asked for by the owner"
  npm run -s cli -- waiting list --json

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 differences remain (reconcile).
`

const versionOf = (packageFile: URL): string =>
  (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version

/** Adds one command to the program. */
export type AddCommand = (program: Command, context: Context) => void

/** The program with these commands, and what their help says. */
export const createProgram = (context: Context, commands: readonly AddCommand[]): Command => {
  const { terminal } = context
  const program = new Command('visavis')
    .description('Look into a running Visavis, and act on it. Works from any terminal that reaches its servers.')
    .version(versionOf(new URL('../../package.json', import.meta.url)), '--version', 'print the version of Visavis')
    // Read before all else, see withDotEnv; here only for the help.
    .option('--env-file <file>', 'settings from this file, in place of the .env of the installation')
    // Every command has it; before its name it means the same.
    .option(...JSON_OPTION)
    .hook('preAction', (_program, command) => {
      if (program.opts<{ json?: boolean }>().json === true) command.setOptionValue('json', true)
    })
    .configureHelp({
      optionDescription: (option) =>
        new Help().optionDescription(option) + (option.mandatory ? ' (must be given)' : ''),
    })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.note(text),
      getOutHelpWidth: () => terminal.columns ?? 120,
      getErrHelpWidth: () => terminal.columns ?? 120,
    })
    .showHelpAfterError('(--help tells what there is)')
    .addHelpText('after', EXAMPLES)
  for (const add of commands) add(program, context)
  addExamples(program)
  return program
}

/** Where a command runs. */
export interface Surroundings {
  /** Where settings are read from, `.env` included. */
  readonly env: NodeJS.ProcessEnv
  readonly terminal: Terminal
}

/**
 * Runs one command of the operators' command line. Never rejects.
 * @param args what follows the program's name
 * @param commands those that the program is to know
 * @param servers loads what speaks to Redis and Postgres
 * @returns the exit code, see EXIT
 */
export const runProgram = async (
  args: readonly string[],
  { env, terminal }: Surroundings,
  { commands, servers }: { commands: readonly AddCommand[]; servers: LoadServers },
): Promise<number> => {
  const context = createContext(env, terminal, servers)
  const program = createProgram(context, commands)
  try {
    await Promise.race([program.parseAsync(args, { from: 'user' }), context.lost])
    return context.exitCode()
  } catch (error) {
    const { code, words } = failureOf(error)
    if (words !== undefined) terminal.note(`${words}\n`)
    if (env['LOG_LEVEL'] === 'debug' && error instanceof Error && words !== undefined)
      terminal.note(`${error.stack ?? ''}\n`)
    return code
  } finally {
    await context.close()
  }
}
