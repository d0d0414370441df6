import { randomBytes } from 'node:crypto'
import { systemClock } from '../clock.js'
import { VisavisError } from '../errors.js'
import { instanceId } from '../ids.js'
import { createLogger } from '../logger.js'
import { createLeaseKeeper } from '../redis/leases.js'
import type { Live } from './context.js'

const PATIENCE_MS = 3_000

/** Does work while holding a lease, so that the service does not do the same meanwhile; gives the lease back afterwards. */
export const holdLease = async <T>(live: Live, name: string, ttlMs: number, work: () => Promise<T>): Promise<T> => {
  const keeper = createLeaseKeeper({
    redis: live.redis,
    keys: live.keys,
    instance: instanceId(`cli-${randomBytes(4).toString('hex')}`),
    logger: createLogger({ level: 'silent', pretty: false }),
    events: { leaseLost: () => undefined },
  })
  let took: () => void = () => undefined
  const taken = new Promise<true>((resolve) => (took = () => resolve(true)))
  const kept = keeper.keep({
    name,
    ttlMs,
    onHeld: async () => {
      took()
      return { stop: async () => undefined }
    },
  })
  const over = new AbortController()
  try {
    const mine = await Promise.race([taken, systemClock.wait(PATIENCE_MS, over.signal).then(() => false)])
    if (!mine) throw new VisavisError('lease_busy', 'Somebody else began to work with it just now; try again.')
    return await work()
  } finally {
    over.abort()
    await kept.stop()
  }
}
