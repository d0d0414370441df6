/** What a test run came to. */
export type Summary = { passed: number; failed: number; skipped: number }

const everything = 'test/{unit,integration,e2e,chaos}/**/*.spec.ts'
const slowOnes = 'test/**/*.slow.spec.ts'

/** How mocha is to be called for what the person has asked for. */
export type Choice = {
  args: string[]
  /** Unit tests open no sockets: a run of nothing else starts no servers. */
  needsServers: boolean
}

const tiers = ['--full', '--slow']

/**
 * Without spec files in the arguments all specs run: those named `*.slow.spec.ts` only with `--full`, or alone with `--slow`.
 * @param given what follows `npm test --`
 */
export function chooseSpecs(given: readonly string[]): Choice {
  const args = given.filter((arg) => !tiers.includes(arg))
  const named = args.filter((arg) => /^(\.\/)?test(\/|$)|\.spec\.ts$/.test(arg))
  if (named.length > 0) return { args, needsServers: !named.every((file) => /(^|\/)test\/unit(\/|$)/.test(file)) }
  if (given.includes('--slow')) return { args: [...args, slowOnes], needsServers: true }
  const ignored = given.includes('--full') ? [] : ['--ignore', slowOnes]
  return { args: [...args, ...ignored, everything], needsServers: true }
}

/** Reads what the reporter has written; a run that could not even begin has written nothing. */
export function parseSummary(text: string | undefined): Summary | undefined {
  if (text === undefined) return undefined
  const { passed, failed, skipped } = JSON.parse(text) as Summary
  return { passed, failed, skipped }
}

/** The line that other programs read. */
export function closingLine({ passed, failed, skipped }: Summary): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
