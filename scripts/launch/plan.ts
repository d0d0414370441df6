import path from 'node:path'

/** What `npm start` is to do, decided from the environment alone. */
export type Plan = {
  /** Telegram itself, or the local one for those who have no credentials yet. */
  telegram: 'real' | 'sandbox'
  /** Absolute. */
  dataDirectory: string
  startsRedis: boolean
  startsDatabase: boolean
}

const credentials = ['BOT_TOKEN', 'API_ID', 'API_HASH']

/**
 * With none of the credentials the sandbox stands in for Telegram, except in production, where a missing credential is a
 * mistake. With some of them it is not for the launcher to guess: the service says what is missing.
 */
export function makePlan(env: NodeJS.ProcessEnv, root: string): Plan {
  const isSet = (name: string): boolean => (env[name] ?? '') !== ''
  const isProduction = env['NODE_ENV'] === 'production'
  return {
    telegram: isProduction || credentials.some(isSet) ? 'real' : 'sandbox',
    dataDirectory: path.resolve(root, env['DATA_DIR'] || '.data'),
    startsRedis: !isProduction && !isSet('REDIS_URL'),
    startsDatabase: !isProduction && !isSet('DATABASE_URL'),
  }
}

/**
 * What the service is told in sandbox mode where the person says nothing: the local Telegram has neither daily limits on groups nor
 * accounts that look suspicious when they hurry, and nobody wants to wait in a demonstration.
 */
export const sandboxDefaults: Readonly<Record<string, string>> = {
  GROUP_PACE: '500ms',
  GROUP_BUDGET: '500',
  HOST_LEASE: '10s',
  REMATCH_AFTER: '2s',
}

/** An empty variable says nothing; without it a default can take its place. */
export function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
}
