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
    // In one line each, so that .ci/run can repeat them at its end. With `--retries` also what passed only at the second
    // try: it wants to be looked at.
    /** @type {(word: string) => (test: import('mocha').Test, error: unknown) => void} */
    const say = (word) => (test, error) =>
      console.log(
        `    ! ${word}: ${test.fullTitle()} (${String(error instanceof Error ? error.message : error).split('\n')[0]})`,
      )
    runner.on('retry', say('again'))
    runner.on('fail', say('failed'))
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats
      const file = process.env['TEST_SUMMARY_FILE']
      if (file) writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }))
    })
  }
}
