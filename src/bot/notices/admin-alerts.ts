import type { Alert } from '../../redis/alerts.js'
import { paragraphs, type Notice, type Reader } from './notice.js'

const words = ({ texts }: Reader, alert: Alert): string => {
  const { kind, count = 0, host = '?', error } = alert
  switch (kind) {
    case 'stock':
    case 'overdue':
    case 'dead_letters':
      return texts.say(`alert.${kind}`, { count })
    case 'parked':
    case 'quarantined':
      return texts.say(`alert.${kind}`, { host, error: error ?? 'none' })
  }
}

/** Something is wrong. Said once for each cause; what was wrong when it was seen stays worth knowing. */
const alert: Notice<Alert> = async (reader, args) => {
  const { to, texts, settings, waitingSet } = reader
  if (!settings.adminIds.includes(to)) return undefined
  const left = args.until === undefined ? 0 : args.until - (await waitingSet.now())
  return {
    text: paragraphs(
      `⚠️ ${words(reader, args)}`,
      left > 0 && texts.say('alert.until', { time: texts.duration(left) }),
      texts.say(`alert.${args.kind}.step`),
    ),
  }
}

/** It is over. */
const resolved: Notice<Alert & { lastedMs: number }> = async (reader, args) => {
  const { to, texts, settings } = reader
  if (!settings.adminIds.includes(to)) return undefined
  return {
    text: `✅ ${texts.say('alert.resolved', { words: words(reader, args), time: texts.duration(args.lastedMs) })}`,
  }
}

export const adminAlertNotices = { alert, alert_resolved: resolved }
