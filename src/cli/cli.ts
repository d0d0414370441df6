import { readFileSync } from 'node:fs'
import { Command, Help } from 'commander'
import { addBroadcast } from './broadcast.js'
import { addCompletion } from './completion.js'
import { addConfig } from './config.js'
import { createContext, type Context } from './context.js'
import { addDeadLetters } from './dead-letters.js'
import { addDoctor } from './doctor.js'
import { addExamples } from './examples.js'
import { failureOf } from './failures.js'
import { addGroups } from './groups.js'
import { addHosts } from './hosts.js'
import { addMailboxes } from './mailboxes.js'
import { addMatching } from './matching.js'
import { addMigrate } from './migrate.js'
import { JSON_OPTION } from './options.js'
import { addQueues } from './queues.js'
import { addReconcile } from './reconcile.js'
import { addRooms } from './rooms.js'
import { addStatus } from './status.js'
import type { Terminal } from './terminal.js'
import { addUsers } from './users.js'
import { addWaiting } from './waiting.js'

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

/** All commands, with what their help says. */
export const createProgram = (context: Context): Command => {
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
  addStatus(program, context)
  addDoctor(program, context)
  addQueues(program, context)
  addWaiting(program, context)
  addMatching(program, context)
  addUsers(program, context)
  addRooms(program, context)
  addMailboxes(program, context)
  addDeadLetters(program, context)
  addReconcile(program, context)
  addGroups(program, context)
  addHosts(program, context)
  addBroadcast(program, context)
  addMigrate(program, context)
  addConfig(program, context)
  addCompletion(program, context)
  addExamples(program)
  return program
}

/**
 * Runs one command of the operators' command line. Never rejects.
 * @param args what follows the program's name
 * @param env where settings are read from, `.env` included
 * @returns the exit code, see EXIT
 */
export const runCli = async (
  args: readonly string[],
  { env, terminal }: { env: NodeJS.ProcessEnv; terminal: Terminal },
): Promise<number> => {
  const context = createContext(env, terminal)
  const program = createProgram(context)
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
