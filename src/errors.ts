/** What the service throws on purpose. The message tells the operator the next step; `cause` keeps what lay beneath. */
export class VisavisError extends Error {
  /** Stable, for programs: `config`, `redis_setting`, `telegram_forbidden` … */
  readonly code: string
  /** Whether the same attempt may succeed later without anybody doing anything. */
  readonly retryable: boolean
  /** Not before so long: the other side has said so. */
  declare readonly retryAfterMs?: number

  constructor(
    code: string,
    message: string,
    options: { retryable?: boolean; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.code = code
    this.retryable = options.retryable ?? false
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs
  }
}

/** Whether Postgres is to blame, for those who cannot know its errors by their class. */
export const ofPostgres = (error: unknown): boolean =>
  error instanceof VisavisError && error.code.startsWith('postgres_')

/** The configuration cannot work. Lists every problem at once. */
export class ConfigError extends VisavisError {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(
      'config',
      `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n` +
        problems.map((problem) => `  - ${problem}`).join('\n') +
        '\nEvery variable is described in .env.example.',
    )
    this.problems = problems
  }
}

/** Redis is being rebuilt from Postgres: nothing may change until that is done. Passes within seconds. */
export class RebuildingError extends VisavisError {
  constructor() {
    super('rebuilding', 'Redis lost its data and is being rebuilt from Postgres; try again in some seconds.', {
      retryable: true,
    })
  }
}

/** The holder of a lease lost it: whoever holds it now does the work. */
export class LeaseLostError extends VisavisError {
  constructor(name: string) {
    super('lease_lost', `The lease "${name}" is held by another instance now.`, { retryable: true })
  }
}

/** The words of an error, whatever was thrown. Never the stack: stacks carry arguments into logs. */
export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
