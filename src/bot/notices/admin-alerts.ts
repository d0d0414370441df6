import type { Alert } from '../../redis/alerts.js'
import { hostLine } from '../admin/overview.js'
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

/** Telegram's names for a login that has ended; others are about the account itself. */
const SESSION_ENDED = /^(AUTH_KEY|SESSION)_/

const step = ({ texts }: Reader, { kind, error = '' }: Alert): string =>
  kind === 'quarantined'
    ? texts.say('alert.quarantined.step', { lost: SESSION_ENDED.test(error) ? 'session' : 'account' })
    : texts.say(`alert.${kind}.step`)

/** Something is wrong. Said once for each cause; what was wrong when it was seen stays worth knowing. */
const alert: Notice<Alert> = async (reader, args) => {
  const { to, texts, settings, waitingSet } = reader
  if (!settings.adminIds.includes(to)) return undefined
  const left = args.until === undefined ? 0 : args.until - (await waitingSet.now())
  return {
    text: paragraphs(
      `⚠️ ${words(reader, args)}`,
      left > 0 && texts.say('alert.until', { time: texts.duration(left) }),
      step(reader, args),
    ),
  }
}

/** How it is now, where that it is over does not say it. */
const nowWords = async (reader: Reader, { kind, cause }: Alert): Promise<string | undefined> => {
  const { texts, groups, hosts, waitingSet } = reader
  switch (kind) {
    case 'stock': {
      const [stock, waiting] = await Promise.all([groups.size(), waitingSet.count()])
      return texts.say('alert.now.stock', { stock, waiting })
    }
    case 'parked':
    case 'quarantined': {
      const row = (await hosts.list()).find(({ host }) => cause === `${kind}:${host}`)
      return row ? hostLine(reader, row, await waitingSet.now()) : texts.say('alert.now.no_host')
    }
    default:
      return undefined
  }
}

/** It is over. */
const resolved: Notice<Alert & { lastedMs: number }> = async (reader, args) => {
  const { to, texts, settings } = reader
  if (!settings.adminIds.includes(to)) return undefined
  const now = await nowWords(reader, args)
  return {
    text: paragraphs(
      `✅ ${texts.say('alert.resolved', { words: words(reader, args), time: texts.duration(args.lastedMs) })}`,
      now !== undefined && texts.say('alert.now', { words: now }),
    ),
  }
}

export const adminAlertNotices = { alert, alert_resolved: resolved }
