#!/usr/bin/env node
import { runCli } from './cli.js'
import { processTerminal } from './terminal.js'

// Whoever reads may stop reading, such as `head`: that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
process.stderr.on('error', () => undefined)

const code = await runCli(process.argv.slice(2), { env: process.env, terminal: processTerminal(process.env) })
// What was written to a pipe must have left before the process ends; GramJS keeps timers, so it does not end by itself.
process.stdout.write('', () => process.exit(code))
