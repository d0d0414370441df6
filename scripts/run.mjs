// node scripts/run.mjs <program> [arguments]
// Installs what is missing, reads .env, then runs a TypeScript file of this repository or a program of node_modules.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import path from 'node:path'
import { bootstrap, root } from './bootstrap.mjs'
import { loadEnvFile } from './env-file.mjs'
import { runTypeScript } from './run-typescript.mjs'

const [program, ...args] = process.argv.slice(2)
if (program === undefined) {
  console.error('usage: node scripts/run.mjs <file.ts, or a file below node_modules> [arguments]')
  process.exit(2)
}
bootstrap()
// The command line reads it by itself: it can be given another file.
if (program !== 'src/cli/main.ts') loadEnvFile(path.join(root, '.env'), process.env)

if (program.endsWith('.ts')) {
  await runTypeScript(program, args)
} else {
  const child = spawn(process.execPath, [path.join(root, 'node_modules', program), ...args], {
    cwd: root,
    stdio: 'inherit',
  })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      // A terminal gives Ctrl-C to the whole process group, so the child already has it.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  child.once('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)))
}
