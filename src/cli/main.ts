#!/usr/bin/env node
import { runCli } from './cli.js'
import { withDotEnv } from './settings.js'
import { processTerminal } from './terminal.js'

// Whoever reads may stop reading, such as `head`: that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
process.stderr.on('error', () => undefined)

const env = withDotEnv(process.env)
const code = await runCli(process.argv.slice(2), { env, terminal: processTerminal(env) })
// What was written to a pipe must have left before the process ends; GramJS keeps timers, so it does not end by itself.
process.stdout.write('', () => process.exit(code))
