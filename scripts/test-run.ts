// Runs the tests: node scripts/test.mjs [--full | --slow] [arguments of mocha, spec files]
// Its last line is always `N passed, N failed`, and its exit code is 0 only if something ran and nothing failed.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import path from 'node:path'
import { root } from './bootstrap.mjs'
import { chooseSpecs, closingLine, parseSummary, type Summary } from './test-choice.js'

const { args, needsServers } = chooseSpecs(process.argv.slice(2))
const directory = mkdtempSync(path.join(tmpdir(), 'visavis-tests-'))
// A forgotten `it.only` would make everything else look green.
const forbidden = process.env['CI'] === 'true' ? ['--forbid-only'] : []
const summaryFile = path.join(directory, 'summary.json')

const mocha = spawn(process.execPath, [path.join(root, 'node_modules/mocha/bin/mocha.js'), ...forbidden, ...args], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    TEST_SUMMARY_FILE: summaryFile,
    ...(!needsServers && { TEST_SERVERS: 'none' }),
  },
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // A terminal gives Ctrl-C to the whole process group, so mocha already has it.
  process.on(signal, () => (signal !== 'SIGINT' || !process.stdin.isTTY) && mocha.kill(signal))
}
mocha.once('error', (error) => finish(1, error.message))
mocha.once('exit', (code, signal) => {
  finish(signal ? 128 + constants.signals[signal] : (code ?? 1), signal ? `mocha was ended by ${signal}` : undefined)
})

function finish(code: number, problem?: string): never {
  const summary = parseSummary(existsSync(summaryFile) ? readFileSync(summaryFile, 'utf8') : undefined)
  rmSync(directory, { recursive: true, force: true })
  if (problem !== undefined) console.log(problem)
  const { counts, exitCode } = judge(summary, code)
  console.log(closingLine(counts))
  process.exit(exitCode)
}

function judge(summary: Summary | undefined, code: number): { counts: Summary; exitCode: number } {
  if (summary === undefined) {
    console.log('The tests did not run to their end.')
    return { counts: { passed: 0, failed: 1, skipped: 0 }, exitCode: code || 1 }
  }
  if (summary.passed + summary.failed === 0) {
    console.log('No test ran.')
    return { counts: summary, exitCode: code || 1 }
  }
  // Something that is no test may have gone wrong too, such as stopping the servers.
  if (code !== 0 && summary.failed === 0) return { counts: { ...summary, failed: 1 }, exitCode: code }
  return { counts: summary, exitCode: summary.failed > 0 ? code || 1 : 0 }
}
