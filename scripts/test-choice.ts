/** How many tests came to what. */
export type Counts = { passed: number; failed: number; skipped: number }
/** What a test run came to: the counts of each spec file. */
export type Summary = Readonly<Record<string, Counts>>

/** Codes end there. */
const MOST_FAILURES_IN_A_CODE = 255

const everything = 'test/{unit,integration,e2e,chaos}/**/*.spec.ts'
const slowOnes = 'test/**/*.slow.spec.ts'

/** How mocha is to be called for what the person has asked for. */
export type Choice = {
  options: string[]
  specs: string[]
  /** Unit tests open no sockets: a run of nothing else starts no servers. */
  needsServers: boolean
  /** Files in which something failed run once more. */
  again: boolean
}

const own = ['--full', '--slow', '--again']

/**
 * Without spec files in the arguments all specs run: those named `*.slow.spec.ts` only with `--full`, or alone with `--slow`.
 * @param given what follows `npm test --`
 */
export function chooseSpecs(given: readonly string[]): Choice {
  const args = given.filter((arg) => !own.includes(arg))
  const isSpec = (arg: string, at: number): boolean =>
    /^(\.\/)?test(\/|$)|\.spec\.ts$/.test(arg) && args[at - 1] !== '--ignore'
  const named = args.filter(isSpec)
  const options = args.filter((arg, at) => !isSpec(arg, at))
  const again = given.includes('--again')
  if (named.length > 0)
    return { options, specs: named, again, needsServers: !named.every((file) => /(^|\/)test\/unit(\/|$)/.test(file)) }
  if (given.includes('--slow')) return { options, specs: [slowOnes], again, needsServers: true }
  const ignored = given.includes('--full') ? [] : ['--ignore', slowOnes]
  return { options: [...options, ...ignored], specs: [everything], again, needsServers: true }
}

/** Reads what the reporter has written; a run that could not even begin has written nothing. */
export function parseSummary(text: string | undefined): Summary | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as Summary)
}

/** The spec files in which something failed. What belongs to no file cannot run again. */
export function failedFiles(summary: Summary): string[] {
  return Object.keys(summary).filter((file) => file !== '' && (summary[file]?.failed ?? 0) > 0)
}

/** How a run of mocha ended. Its code is the number of failures, as far as it goes, unless something else went wrong. */
export type Run = { summary: Summary | undefined; code: number }

/**
 * What a run came to whose failed files ran once more. They count as they did then, but nothing is forgotten: neither
 * what had gone wrong besides the tests, nor a test that failed and was skipped the second time.
 */
export function secondTry(first: Run, second: Run): Run {
  if (first.summary === undefined || second.summary === undefined) return { summary: undefined, code: second.code || 1 }
  const summary: Record<string, Counts> = { ...first.summary }
  for (const [file, now] of Object.entries(second.summary)) {
    const before = first.summary[file]
    const vanished = before ? before.passed + before.failed - now.passed - now.failed : 0
    summary[file] = { ...now, failed: now.failed + Math.max(0, vanished) }
  }
  const onlyTests = first.code === Math.min(sumOf(first.summary).failed, MOST_FAILURES_IN_A_CODE)
  return { summary, code: second.code || (onlyTests ? 0 : first.code) }
}

/** The counts of all files together. */
export function sumOf(summary: Summary): Counts {
  const sum = { passed: 0, failed: 0, skipped: 0 }
  for (const { passed, failed, skipped } of Object.values(summary)) {
    sum.passed += passed
    sum.failed += failed
    sum.skipped += skipped
  }
  return sum
}

/** The line that other programs read. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
