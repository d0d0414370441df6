import { RebuildingError } from '../errors.js'
import type { UserId } from '../ids.js'
import { runScript, type RedisClient } from './define-script.js'
import type { Keys } from './keys.js'
import { raiseAlertScript, resolveAlertScript } from './scripts.js'

/** Which kinds of things administrators are alerted of. */
export const ALERT_KINDS = ['stock', 'parked', 'quarantined', 'overdue', 'dead_letters'] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

/** Something that an administrator must know. */
export interface Alert {
  /** Unique per cause: the kind, and for hosts also which one. */
  readonly cause: string
  readonly kind: AlertKind
  /** How many people, rooms or messages it is about. */
  readonly count?: number
  /** The masked label of a host, and its last error. */
  readonly host?: string
  readonly error?: string
  /** When it ends by itself, in milliseconds. */
  readonly until?: number
  /** When it was seen first, by Redis' clock. */
  readonly at: number
}

/** The alerts that administrators were told of and that are not resolved. They survive restarts of the service. */
export const createAlerts = (redis: RedisClient, keys: Keys) => {
  const fixed = { ...keys, courierMailbox: keys.mailbox('courier') }
  return {
    /** Throws RebuildingError while Redis is being rebuilt. */
    open: async (): Promise<Alert[]> => {
      const [whole, alerts] = await Promise.all([redis.exists(keys.epoch), redis.hvals(keys.alerts)])
      if (whole === 0) throw new RebuildingError()
      return alerts.map((json) => JSON.parse(json) as Alert)
    },
    /** Tells `admins`, unless they were told of this cause before. */
    raise: (alert: Alert, admins: readonly UserId[]) =>
      runScript(redis, raiseAlertScript, fixed, { cause: alert.cause, args: JSON.stringify(alert) }, admins),
    /** Tells `admins` that it is over. `now` by Redis' clock. */
    resolve: (alert: Alert, now: number, admins: readonly UserId[]) =>
      runScript(
        redis,
        resolveAlertScript,
        fixed,
        { cause: alert.cause, args: JSON.stringify({ ...alert, lastedMs: Math.max(0, now - alert.at) }) },
        admins,
      ),
  }
}
export type Alerts = ReturnType<typeof createAlerts>
