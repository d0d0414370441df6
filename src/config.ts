import { validate as isCronExpression } from 'node-cron'
import { z } from 'zod'
import { ConfigError } from './errors.js'
import { chatId, userId, type ChatId, type UserId } from './ids.js'

/** The parts of the service that one process can play. */
export const ROLES = ['bot', 'worker', 'host', 'cron'] as const
export type Role = (typeof ROLES)[number]

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `20s`, `3m`, `24h`, `1500ms`, `7d` → milliseconds; undefined for anything else. */
export const parseDuration = (text: string): number | undefined => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim())
  return match ? Math.round(Number(match[1]) * UNITS[match[2] as keyof typeof UNITS]) : undefined
}

const duration = (fallback: string, minimumMs = 1) =>
  z
    .string()
    .default(fallback)
    .transform((text, context) => {
      const ms = parseDuration(text)
      if (ms === undefined || ms < minimumMs) {
        context.addIssue(`must be a duration such as 20s, 3m or 24h${minimumMs > 1 ? `, at least ${minimumMs}ms` : ''}`)
        return z.NEVER
      }
      return ms
    })

const whole = (fallback: number, minimum: number, maximum: number) =>
  z
    .string()
    .default(String(fallback))
    .refine((text) => /^\d+$/.test(text) && Number(text) >= minimum && Number(text) <= maximum, {
      error: `must be a whole number from ${minimum} to ${maximum}`,
    })
    .transform(Number)

const list = <T>(item: (text: string) => T, what: string) =>
  z
    .string()
    .default('')
    .transform((text, context) => {
      const items: T[] = []
      for (const entry of text.split(/[\s,]+/).filter(Boolean))
        try {
          items.push(item(entry))
        } catch {
          context.addIssue(`must be a comma-separated list of ${what}; ${JSON.stringify(entry.slice(0, 40))} is none`)
          return z.NEVER
        }
      return items
    })

const oneOf = <const Choice extends string>(choices: readonly [Choice, ...Choice[]], fallback: NoInfer<Choice>) =>
  z.enum(choices, { error: `must be one of ${choices.join(', ')}` }).default(() => fallback)

const url = (schemes: string[], what: string) =>
  z.string().refine((text) => schemes.some((scheme) => text.startsWith(`${scheme}://`)) && URL.canParse(text), {
    error: `must be ${what}`,
  })

const channel = (text: string): ChatId | `@${string}` => {
  if (/^@[A-Za-z]\w{3,31}$/.test(text)) return text as `@${string}`
  return chatId(text)
}

/** One entry per environment variable: how it is read, and what it is when absent. `.env.example` says what each means. */
export const VARIABLES = {
  NODE_ENV: oneOf(['development', 'production', 'test'], 'development'),
  LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'info'),

  BOT_TOKEN: z
    .string()
    .regex(/^\d+:[\w-]{20,}$/, 'must be a bot token as @BotFather gives it (digits, a colon, a secret)'),
  API_ID: z.string().regex(/^\d+$/, 'must be the number from https://my.telegram.org'),
  API_HASH: z.string().min(1, 'must be the hash from https://my.telegram.org'),
  SECRET_KEY: z.string().min(16, 'must have at least 16 characters (for instance: openssl rand -base64 32)'),
  ADMIN_IDS: list(userId, 'Telegram user ids'),
  CONTACT: z
    .string()
    .regex(/^\S(.{0,98}\S)?$/, 'must be an @name or an address in one line, at most 100 characters')
    .optional(),

  REDIS_URL: url(['redis', 'rediss'], 'a URL such as redis://127.0.0.1:6379 (rediss:// for TLS)'),
  REDIS_PREFIX: z
    .string()
    .default('visavis')
    .refine((text) => /^[\w.-]+$/.test(text), { error: 'may have letters, digits, dots, dashes and underscores' }),
  DATABASE_URL: url(['postgres', 'postgresql'], 'a URL such as postgres://user@127.0.0.1:5432/visavis'),

  ROLES: list(
    (text) => {
      const role = ROLES.find((known) => known === text)
      if (role === undefined) throw new TypeError(text)
      return role
    },
    `roles (${ROLES.join(', ')})`,
  ).transform((roles): readonly Role[] => (roles.length === 0 ? ROLES : roles)),
  DATA_DIR: z.string().default('.data'),
  SANDBOX_PORT: whole(8180, 0, 65_535),
  SANDBOX_MTPROTO_PORT: whole(0, 0, 65_535),
  SANDBOX_BOT_NAME: z.string().default('Visavis'),
  SANDBOX_BOT_USERNAME: z.string().default('visavis_bot'),
  SANDBOX_SEED: z.string().optional(),
  OPS_HOST: z.string().default('127.0.0.1'),
  OPS_PORT: whole(8181, 0, 65_535),

  BOT_WEBHOOK_URL: url(['https', 'http'], 'the public https:// address that Telegram shall call').optional(),
  BOT_WEBHOOK_SECRET: z
    .string()
    .regex(/^[\w-]{16,256}$/, 'must be 16 to 256 letters, digits, dashes and underscores')
    .optional(),
  BOT_WEBHOOK_HOST: z.string().default('127.0.0.1'),
  BOT_WEBHOOK_PORT: whole(8182, 0, 65_535),

  REQUIRED_CHANNELS: list(channel, 'channels (@name or -100… id)'),
  GATE_ON_ERROR: oneOf(['open', 'closed'], 'open'),
  GATE_CACHE_YES: duration('5m'),
  GATE_CACHE_NO: duration('5s'),

  ROOM_ENTRY_TIMEOUT: duration('3m', 500),
  ROOM_IDLE_TIMEOUT: duration('30m', 500),
  ROOM_MAX_AGE: duration('24h', 500),
  ROOM_PREPARE_TIMEOUT: duration('60s', 500),
  ACTIVITY_INTERVAL: duration('10s'),
  WAIT_MAX: duration('1h', 500),
  WAIT_CONFIRM: duration('5m', 200),
  REMATCH_AFTER: duration('30s', 0),
  MATCH_INTERVAL: duration('2s', 100),
  NO_SHOW_COOLDOWN: duration('1m', 0),
  NO_SHOW_COOLDOWN_MAX: duration('1h', 0),
  NO_SHOW_FORGET: duration('24h'),

  GROUP_DISPOSAL: oneOf(['delete', 'recycle'], 'delete'),
  GROUP_STOCK: whole(5, 0, 500),
  GROUP_PACE: duration('20s', 0),
  GROUP_BUDGET: whole(40, 1, 500),
  HOST_LEASE: duration('90s', 3_000),
  HOST_TIMEOUT: duration('20s', 200),

  COURIER_RATE: whole(30, 1, 100_000),
  COURIER_PERSON_RATE: whole(1, 1, 10_000),
  COURIER_GROUP_RATE: whole(20, 1, 100_000),
  MESSAGE_ATTEMPTS: whole(8, 1, 50),
  RECONCILE_CRON: z
    .string()
    .default('* * * * *')
    .refine((text) => isCronExpression(text), { error: 'must be an expression of cron such as "* * * * *"' }),
  ALERT_INTERVAL: duration('10s', 50),
  RETENTION_ROOMS: duration('90d'),
  RETENTION_GROUPS: duration('30d'),
  RETENTION_BROADCASTS: duration('90d'),
  RETENTION_AUDIT: duration('365d'),
  RETENTION_DEAD_LETTERS: duration('30d'),

  TELEGRAM_API_ROOT: url(['https', 'http'], 'the root of a Bot API server').optional(),
  TELEGRAM_MTPROTO: z
    .string()
    .regex(/^[^:\s]+:\d+$/, 'must be host:port of an MTProto server')
    .optional(),
  TELEGRAM_MTPROTO_KEY: z
    .string()
    .includes('BEGIN RSA PUBLIC KEY', { error: 'must be an RSA public key in PEM' })
    .optional(),
} satisfies Record<string, z.ZodType>

type Variables = { readonly [Name in keyof typeof VARIABLES]: z.output<(typeof VARIABLES)[Name]> }
/** The settings of one process, parsed: durations in milliseconds, lists as arrays. */
export type Config = Variables & { readonly ADMIN_IDS: readonly UserId[] }

/** What an empty or missing variable means, in words, where "is missing" does not say enough. */
const MISSING: Partial<Record<keyof typeof VARIABLES, string>> = {
  BOT_TOKEN: 'is missing: create a bot with @BotFather and put its token here',
  API_ID: 'is missing: create an application on https://my.telegram.org and put its api_id here',
  API_HASH: 'is missing: create an application on https://my.telegram.org and put its api_hash here',
  SECRET_KEY: 'is missing: it encrypts the sessions of hosts; make one with: openssl rand -base64 32',
  REDIS_URL: 'is missing: the URL of Redis, such as redis://127.0.0.1:6379',
  DATABASE_URL: 'is missing: the URL of Postgres, such as postgres://user@127.0.0.1:5432/visavis',
}

/**
 * Reads variables (all, or those named) from an environment. An empty value counts as absent.
 * Throws ConfigError with every problem at once, each beginning with the variable's name.
 */
export const readVariables = <Name extends keyof typeof VARIABLES>(
  env: NodeJS.ProcessEnv,
  names: readonly Name[],
): Pick<Config, Name> => {
  const problems: string[] = []
  const values: Record<string, unknown> = {}
  for (const name of names) {
    const raw = env[name]
    const parsed = VARIABLES[name].safeParse(raw === '' ? undefined : raw)
    if (parsed.success) values[name] = parsed.data
    else if (raw === undefined || raw === '') problems.push(`${name} ${MISSING[name] ?? 'is missing'}`)
    else problems.push(...parsed.error.issues.map((issue) => `${name} ${issue.message}`))
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return values as Pick<Config, Name>
}

/** Everything the service needs, from the environment. The only reader of `process.env` in `src` besides the sandbox. */
export const readConfig = (env: NodeJS.ProcessEnv): Config => {
  const names = Object.keys(VARIABLES) as (keyof typeof VARIABLES)[]
  const config = readVariables(env, names) as Config
  const problems: string[] = []
  if (config.BOT_WEBHOOK_URL !== undefined && config.BOT_WEBHOOK_SECRET === undefined)
    problems.push('BOT_WEBHOOK_SECRET is missing: a webhook without a secret would accept updates from anybody')
  if (problems.length > 0) throw new ConfigError(problems)
  return config
}

/** What the names of our settings begin with and hardly anything else does. */
const PREFIXES = /^(BOT_|GATE_|ROOM_|WAIT_|MATCH_|NO_SHOW_|GROUP_|COURIER_|RETENTION_|ALERT_|RECONCILE_)/

/** How many letters must be added, left out, replaced or swapped with their neighbour to come from one word to another. */
const editDistance = (one: string, other: string): number => {
  let beforeLast: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, index) => index)
  const at = (row: number[], index: number): number => row[index] ?? Infinity
  for (let i = 1; i <= one.length; i++) {
    const row = [i]
    for (let j = 1; j <= other.length; j++) {
      const replaced = at(last, j - 1) + (one[i - 1] === other[j - 1] ? 0 : 1)
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      const swapped = isSwapped ? at(beforeLast, j - 2) + 1 : Infinity
      row.push(Math.min(replaced, at(last, j) + 1, at(row, j - 1) + 1, swapped))
    }
    beforeLast = last
    last = row
  }
  return at(last, other.length)
}

/** A variable that looks like a setting and is none, and the setting that was probably meant. */
export interface UnknownSetting {
  readonly name: string
  readonly meant?: string
}

/**
 * Names in an environment that are probably misspelled settings: at most two letters away from one (a short name: one,
 * or strangers' variables would be taken for ours), or with a beginning of ours. Names only; values may be secrets.
 */
export const unknownSettings = (env: NodeJS.ProcessEnv): readonly UnknownSetting[] => {
  const known = Object.keys(VARIABLES)
  return Object.keys(env)
    .filter((name) => env[name] !== '' && !Object.hasOwn(VARIABLES, name))
    .flatMap((name): UnknownSetting[] => {
      const upper = name.toUpperCase()
      const nearest = known
        .map((setting) => ({ setting, distance: editDistance(upper, setting) }))
        .reduce((best, one) => (one.distance < best.distance ? one : best))
      const isNear = nearest.distance <= (nearest.setting.length < 10 ? 1 : 2)
      if (isNear) return [{ name, meant: nearest.setting }]
      return PREFIXES.test(upper) ? [{ name }] : []
    })
}

/** What to say about one of them. */
export const unknownSettingWords = ({ name, meant }: UnknownSetting): string =>
  `${name} is no setting and changes nothing${meant === undefined ? '; .env.example has all of them' : `: is ${meant} meant?`}`
