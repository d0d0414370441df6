import type { UserId } from '../ids.js'
import type { Logger } from '../logger.js'
import type { Alerts } from '../redis/alerts.js'
import { currentAlerts, type AlertSources } from './alerts.js'
import type { Job } from './job.js'

/**
 * Tells the administrators what is wrong, once for each cause, and when it is over. Only what two looks running agree on
 * counts, so that a stock which is empty for a moment wakes nobody, and a flickering cause does not come and go.
 */
export const createAlertsJob = (
  deps: AlertSources & {
    alerts: Alerts
    adminIds: readonly UserId[]
    everyMs: number
    logger: Logger
  },
): Job => {
  const { alerts, adminIds, everyMs, logger } = deps
  let seenBefore: ReadonlySet<string> | undefined
  return {
    name: 'alerts',
    schedule: { everyMs },
    run: async () => {
      if (adminIds.length === 0) return
      const [{ now, alerts: current }, open] = await Promise.all([currentAlerts(deps), alerts.open()])
      const causes = new Set(current.map(({ cause }) => cause))
      const before = seenBefore
      seenBefore = causes
      if (before === undefined) return
      for (const alert of current)
        if (before.has(alert.cause) && (await alerts.raise(alert, adminIds)) === 'raised')
          logger.warn({ event: 'alert_raised', cause: alert.cause }, 'Told the administrators that something is wrong')
      for (const alert of open)
        if (!causes.has(alert.cause) && !before.has(alert.cause)) {
          if ((await alerts.resolve(alert, now, adminIds)) === 'resolved')
            logger.info({ event: 'alert_resolved', cause: alert.cause }, 'Told the administrators that it is over')
        }
    },
  }
}
