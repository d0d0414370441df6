import pino from 'pino'

/**
 * Structured logs. `error` means that a person must act; a healthy service logs none. No tokens, sessions, links,
 * message texts or names: errors are logged by their code and words, with anything that looks like a secret masked.
 */
export type Logger = pino.Logger

/** A bot token, an invite link, a string session, the password in a URL. */
const SECRETS: ReadonlyArray<readonly [RegExp, string]> = [
  [/\b\d{5,}:[A-Za-z0-9_-]{30,}/g, '<token>'],
  [/t\.me\/(?:\+|joinchat\/)[\w-]+/g, 't.me/<link>'],
  [/\b1[A-Za-z0-9+/=]{200,}/g, '<session>'],
  [/(\w+:\/\/[^\s:/@]*:)[^\s@]+@/g, '$1<password>@'],
]

/** Text with everything that looks like a secret masked. */
export const masked = (text: string): string =>
  SECRETS.reduce((words, [pattern, mask]) => words.replace(pattern, mask), text)

/** `place`: also where errors with a code came from, which somebody foresaw. */
const describeError = (error: unknown, place: boolean): object => {
  if (!(error instanceof Error)) return { message: masked(String(error)) }
  const code = 'code' in error ? String((error as { code: unknown }).code) : undefined
  return {
    type: error.name,
    ...(code === undefined ? {} : { code }),
    message: masked(error.message),
    // Without the first line (which repeats the message, unmasked).
    ...(error.stack === undefined || (code !== undefined && !place)
      ? {}
      : { at: masked(error.stack.split('\n').slice(1, 5).join(' <')).trim() }),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause, place) }),
  }
}

/** A logger for the process: one JSON object a line to standard output (or `to`), or one line for people when `pretty`. */
export const createLogger = (options: {
  level: string
  pretty: boolean
  to?: { write(line: string): void }
}): Logger => {
  const describe = (error: unknown) => describeError(error, options.level === 'debug' || options.level === 'trace')
  const settings = { level: options.level, base: null, serializers: { err: describe, error: describe } }
  if (options.to !== undefined) return pino(settings, options.to)
  if (!options.pretty) return pino(settings)
  const look = { translateTime: 'SYS:HH:MM:ss.l', singleLine: true, errorLikeObjectKeys: [] }
  const transport = { target: 'pino-pretty', options: look }
  return pino({ ...settings, transport })
}
