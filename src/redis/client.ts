import { Redis } from 'ioredis'
import type { Logger } from '../logger.js'

/**
 * Opens a connection. Commands wait while the server is away and are sent when it is back (no attempt limit: the
 * service degrades instead of failing each command); `blocking` connections are for XREADGROUP BLOCK and SUBSCRIBE.
 * `rediss://` speaks TLS. RESP2, because replies of scripts are read as the arrays that Lua gives.
 */
export const openRedis = (url: string, logger: Logger, options: { blocking?: boolean } = {}): Redis => {
  const redis = new Redis(url, {
    protocol: 2,
    lazyConnect: true,
    maxRetriesPerRequest: null,
    connectTimeout: 5_000,
    // How long Redis may owe an answer before the connection counts as dead. A blocked read comes back every second.
    socketTimeout: options.blocking ? 5_000 : 20_000,
    retryStrategy: (attempt) => Math.min(50 * attempt, 1_000),
  })
  redis.on('error', (error: Error) => logger.warn({ event: 'redis_connection', error }, 'Redis connection failed'))
  return redis
}
