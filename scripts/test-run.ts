// Runs the tests: node scripts/test.mjs [--full | --slow] [--again] [arguments of mocha, spec files]
// With --again the spec files in which something failed run once more, and count as they were then.
// Its last line is always `N passed, N failed`, and its exit code is 0 only if something ran and nothing failed.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import path from 'node:path'
import { root } from './bootstrap.mjs'
import {
  chooseSpecs,
  closingLine,
  failedFiles,
  parseSummary,
  secondTry,
  sumOf,
  type Counts,
  type Run,
} from './test-choice.js'

const { options, specs, needsServers, again } = chooseSpecs(process.argv.slice(2))
// A forgotten `it.only` would make everything else look green.
const forbidden = process.env['CI'] === 'true' ? ['--forbid-only'] : []
let running: ReturnType<typeof spawn> | undefined
let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interrupted = true
    // A terminal gives Ctrl-C to the whole process group, so mocha already has it.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) running?.kill(signal)
  })
}

let outcome = await run(specs, again ? 'again' : 'failed')
const failed = outcome.summary === undefined || !again || interrupted ? [] : failedFiles(outcome.summary)
if (failed.length > 0) {
  console.log(`\nOnce more, by themselves: ${failed.map((file) => path.relative(root, file)).join(', ')}\n`)
  outcome = secondTry(outcome, await run(failed, 'failed'))
}
const { counts, exitCode } = judge(outcome)
console.log(closingLine(counts))
process.exit(exitCode)

/** Runs spec files in a mocha of their own. The reporter calls what failed by the given word. */
async function run(files: readonly string[], word: 'again' | 'failed'): Promise<Run> {
  const directory = mkdtempSync(path.join(tmpdir(), 'visavis-tests-'))
  const summaryFile = path.join(directory, 'summary.json')
  const program = path.join(root, 'node_modules/mocha/bin/mocha.js')
  running = spawn(process.execPath, [program, ...forbidden, ...options, ...files], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      TEST_SUMMARY_FILE: summaryFile,
      TEST_FAILED_WORD: word,
      ...(!needsServers && { TEST_SERVERS: 'none' }),
    },
  })
  const [code, signal] = (await once(running, 'exit').catch((error: Error) => {
    console.log(error.message)
    return [1, null]
  })) as [number | null, NodeJS.Signals | null]
  const text = existsSync(summaryFile) ? readFileSync(summaryFile, 'utf8') : undefined
  rmSync(directory, { recursive: true, force: true })
  if (signal) console.log(`mocha was ended by ${signal}`)
  return { summary: parseSummary(text), code: signal ? 128 + constants.signals[signal] : (code ?? 1) }
}

function judge({ summary, code }: Run): { counts: Counts; exitCode: number } {
  if (summary === undefined) {
    console.log('The tests did not run to their end.')
    return { counts: { passed: 0, failed: 1, skipped: 0 }, exitCode: code || 1 }
  }
  const counts = sumOf(summary)
  if (counts.passed + counts.failed === 0) {
    console.log('No test ran.')
    return { counts, exitCode: code || 1 }
  }
  // Something that is no test may have gone wrong too, such as stopping the servers.
  if (code !== 0 && counts.failed === 0) return { counts: { ...counts, failed: 1 }, exitCode: code }
  return { counts, exitCode: counts.failed > 0 ? code || 1 : 0 }
}
