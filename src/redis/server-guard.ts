import { guardScripts, runUnguarded, type RedisClient } from './define-script.js'
import type { Keys } from './keys.js'
import { doubtServerScript } from './scripts.js'

/** Suspends the live state when Redis is another process than before, until somebody has looked at its data. */
export const doubtServer = (redis: RedisClient, keys: Keys) => runUnguarded(redis, doubtServerScript, keys)

/**
 * Nothing is changed through this connection in a Redis that restarted and perhaps came back with older data, before
 * the rebuild has looked at it: people who talk in a group must not find strangers there, because an older copy of
 * Redis thinks that the group is free.
 */
export const guardServer = (redis: RedisClient, keys: Keys): void => {
  let doubting: Promise<unknown> | undefined
  guardScripts(redis, {
    salt: keys.epoch,
    // Many scripts may be unknown at once: one look is enough for all.
    doubt: () => (doubting ??= doubtServer(redis, keys).finally(() => (doubting = undefined))),
  })
}
