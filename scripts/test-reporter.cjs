// Mocha's own "spec" reporter, which also writes down the numbers: scripts/test-run.ts prints them as the last line of all.
const { writeFileSync } = require('node:fs')
const { reporters } = require('mocha')

module.exports = class extends reporters.Spec {
  /**
   * @param {import('mocha').Runner} runner
   * @param {import('mocha').MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options)
    // In one line each, so that .ci/run can repeat them at its end: `again` for what gets a second try, which wants to be looked at all the same.
    const word = process.env['TEST_FAILED_WORD'] ?? 'failed'
    runner.on('fail', (test, error) =>
      console.log(`    ! ${word}: ${test.fullTitle()} (${String(error && error.message).split('\n')[0]})`),
    )
    /** @type {Record<string, { passed: number, failed: number, skipped: number }>} */
    const files = {}
    for (const [event, name] of /** @type {const} */ ([
      ['pass', 'passed'],
      ['fail', 'failed'],
      ['pending', 'skipped'],
    ]))
      runner.on(event, (/** @type {{ file?: string }} */ { file = '' }) => {
        files[file] ??= { passed: 0, failed: 0, skipped: 0 }
        files[file][name]++
      })
    runner.once('end', () => {
      const file = process.env['TEST_SUMMARY_FILE']
      if (file) writeFileSync(file, JSON.stringify(files))
    })
  }
}
