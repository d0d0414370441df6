import type { HostId } from '../ids.js'

/** The name of every lease, by what its holder does. */
export const leaseNames = {
  poller: 'poller',
  courier: 'courier',
  ledger: 'ledger',
  cron: 'cron',
  host: (host: HostId): string => `host:${host}`,
  /** A process that lives holds this; one without it is dead. */
  instance: (instance: string): string => `instance:${instance}`,
} as const

/** What one process at a time does, besides the work of each host. */
export const LONE_LEASES = [leaseNames.poller, leaseNames.courier, leaseNames.ledger, leaseNames.cron] as const
