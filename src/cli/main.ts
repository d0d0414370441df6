#!/usr/bin/env -S node --
// The `--` in the first line keeps Node from taking --env-file for an option of its own, and ending in its own words.
import { runCli } from './cli.js'
import { failureOf } from './failures.js'
import { withDotEnv } from './settings.js'
import { processTerminal } from './terminal.js'

// Whoever reads may stop reading, such as `head`: that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
process.stderr.on('error', () => undefined)

const run = async (args: readonly string[]): Promise<number> => {
  let env: NodeJS.ProcessEnv
  try {
    env = withDotEnv(process.env, args)
  } catch (error) {
    const { code, words } = failureOf(error)
    process.stderr.write(`${words ?? ''}\n`)
    return code
  }
  return runCli(args, { env, terminal: processTerminal(env) })
}
const code = await run(process.argv.slice(2))
// What was written to a pipe must have left before the process ends; GramJS keeps timers, so it does not end by itself.
process.stdout.write('', () => process.exit(code))
