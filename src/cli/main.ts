#!/usr/bin/env -S node --
// The `--` in the first line keeps Node from taking --env-file for an option of its own, and ending in its own words.
import { failureOf } from './failures.js'
import { runProgram, type AddCommand } from './program.js'
import { withDotEnv } from './settings.js'
import { processTerminal } from './terminal.js'

/** What was printed did not arrive. Whoever reads may stop reading, such as `head`: that is no failure of ours. */
const unwritten = (error: NodeJS.ErrnoException): never => {
  if (error.code === 'EPIPE') process.exit(0)
  process.stderr.write(`The output could not be written: ${error.message}\n`)
  process.exit(1)
}
process.stdout.on('error', unwritten)
process.stderr.on('error', () => undefined)

/** What one command alone works with. Others, and what tells of all of them, load everything. */
const ALONE: Readonly<Record<string, () => Promise<AddCommand>>> = {
  status: async () => (await import('./status.js')).addStatus,
  doctor: async () => (await import('./doctor.js')).addDoctor,
  queues: async () => (await import('./queues.js')).addQueues,
  waiting: async () => (await import('./waiting.js')).addWaiting,
  matching: async () => (await import('./matching.js')).addMatching,
  users: async () => (await import('./users.js')).addUsers,
  rooms: async () => (await import('./rooms.js')).addRooms,
  mailboxes: async () => (await import('./mailboxes.js')).addMailboxes,
  'dead-letters': async () => (await import('./dead-letters.js')).addDeadLetters,
  reconcile: async () => (await import('./reconcile.js')).addReconcile,
  groups: async () => (await import('./groups.js')).addGroups,
  hosts: async () => (await import('./hosts.js')).addHosts,
  broadcast: async () => (await import('./broadcast.js')).addBroadcast,
  migrate: async () => (await import('./migrate.js')).addMigrate,
  config: async () => (await import('./config.js')).addConfig,
}

const commandsFor = async ([first = '']: readonly string[]): Promise<readonly AddCommand[]> => {
  if (first === '--version') return []
  const load = Object.hasOwn(ALONE, first) ? ALONE[first] : undefined
  return load === undefined ? (await import('./cli.js')).COMMANDS : [await load()]
}

const run = async (args: readonly string[]): Promise<number> => {
  let env: NodeJS.ProcessEnv
  try {
    env = withDotEnv(process.env, args)
  } catch (error) {
    const { code, words } = failureOf(error)
    process.stderr.write(`${words ?? ''}\n`)
    return code
  }
  return runProgram(
    args,
    { env, terminal: processTerminal(env) },
    { commands: await commandsFor(args), servers: () => import('./servers.js') },
  )
}
const code = await run(process.argv.slice(2))
// What was written to a pipe must have left before the process ends; GramJS keeps timers, so it does not end by itself.
process.stdout.write('', (error) => (error ? unwritten(error) : process.exit(code)))
