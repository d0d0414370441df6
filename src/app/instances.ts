import { hostname } from 'node:os'
import { z } from 'zod'
import type { Config } from '../config.js'
import type { InstanceId } from '../ids.js'
import type { RedisClient } from '../redis/define-script.js'
import type { Keys } from '../redis/keys.js'
import { leaseNames } from '../redis/lease-names.js'
import { STORE_SETTINGS } from './stores.js'

/** The settings by which an operator's tools judge the service, and act as it does. None of them is a secret. */
export const SHARED_SETTINGS = [
  ...STORE_SETTINGS,
  'GROUP_STOCK',
  'GROUP_BUDGET',
  'RECONCILE_CRON',
  'ADMIN_IDS',
] as const satisfies readonly (keyof Config)[]
export type SharedSettings = Pick<Config, (typeof SHARED_SETTINGS)[number]>

/** What another process wrote counts where it is of the type that this version knows. */
const isOfType = (name: keyof SharedSettings, value: unknown): boolean => {
  if (name === 'RECONCILE_CRON') return typeof value === 'string'
  if (name === 'ADMIN_IDS') return Array.isArray(value) && value.every((id) => typeof id === 'string')
  return typeof value === 'number'
}

/** What a process says of itself. Instants by its own clock. */
interface InstanceFacts {
  /** Those that its version knows. */
  readonly roles: readonly string[]
  readonly pid: number
  readonly machine: string
  readonly startedAt: number
  /** Whether it gets the updates because Telegram calls it; otherwise one process polls for them. */
  readonly webhook: boolean
  readonly settings: Partial<SharedSettings>
}

export interface Instance extends Partial<InstanceFacts> {
  readonly instance: string
}

/** What may be missing, and counts as missing where another version wrote something else. */
const maybe = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined)

const entrySchema = z.object({
  roles: maybe(z.array(z.string())),
  pid: maybe(z.number()),
  machine: maybe(z.string()),
  startedAt: maybe(z.number()),
  webhook: maybe(z.boolean()),
  settings: maybe(
    z
      .record(z.string(), z.unknown())
      .transform((settings) =>
        Object.fromEntries(
          SHARED_SETTINGS.map((name) => [name, settings[name]] as const).filter((entry) => isOfType(...entry)),
        ),
      ),
  ),
})

/** What an entry says, without what is not as this version knows it. */
const factsOf = (json: string): Partial<InstanceFacts> => {
  try {
    const facts = entrySchema.parse(JSON.parse(json))
    return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
  } catch {
    return {}
  }
}

/** The processes that live; each says of itself what its version knows. One process has one entry, so there are few. */
export const livingInstances = async (redis: RedisClient, keys: Keys): Promise<Instance[]> => {
  const entries = Object.entries(await redis.hgetall(keys.instances))
  const alive = await Promise.all(entries.map(([id]) => redis.exists(keys.lease(leaseNames.instance(id)))))
  return entries.filter((_, index) => alive[index] === 1).map(([instance, json]) => ({ instance, ...factsOf(json) }))
}

/**
 * What the service goes by, as its processes say, and `own` settings where they say nothing. Of groups, those know best
 * that make them. An administrator is whom any of them calls so: not every process needs to know them.
 */
export const settingsOf = <Own extends SharedSettings>(instances: readonly Instance[], own: Own): Own => {
  const makesGroups = ({ roles }: Instance) => Number(roles?.includes('host') === true)
  const inOrder = [...instances].sort((a, b) => makesGroups(a) - makesGroups(b)).map(({ settings }) => settings)
  const ADMIN_IDS = new Set([own, ...inOrder].flatMap((settings) => settings?.ADMIN_IDS ?? []))
  return Object.assign({}, own, ...inOrder, { ADMIN_IDS: [...ADMIN_IDS] }) as Own
}

/**
 * Writes this process down for operators who ask which processes there are, and forgets those that died without a word:
 * they have no lease any more. To be called while holding the lease of this instance.
 */
export const registerInstance = async (deps: {
  readonly redis: RedisClient
  readonly keys: Keys
  readonly instance: InstanceId
  readonly config: SharedSettings & Pick<Config, 'ROLES' | 'BOT_WEBHOOK_URL'>
}): Promise<void> => {
  const { redis, keys, instance, config } = deps
  const facts = {
    roles: config.ROLES,
    pid: process.pid,
    machine: hostname(),
    startedAt: Math.round(performance.timeOrigin),
    webhook: config.ROLES.includes('bot') && config.BOT_WEBHOOK_URL !== undefined,
    settings: Object.fromEntries(SHARED_SETTINGS.map((name) => [name, config[name]])),
  }
  await redis.hset(keys.instances, instance, JSON.stringify(facts))
  const others = (await redis.hkeys(keys.instances)).filter((id) => id !== instance)
  const alive = new Set((await livingInstances(redis, keys)).map((one) => one.instance))
  const dead = others.filter((id) => !alive.has(id))
  if (dead.length > 0) await redis.hdel(keys.instances, ...dead)
}
