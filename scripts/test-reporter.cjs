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
    // With `--retries`: a test that passes only at the second try is said so, because it wants to be looked at.
    runner.on('retry', (test, error) =>
      console.log(`    ! again: ${test.fullTitle()} (${String(error && error.message).split('\n')[0]})`),
    )
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats
      const file = process.env['TEST_SUMMARY_FILE']
      if (file) writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }))
    })
  }
}
