import { randomBytes } from 'node:crypto'
import { systemClock } from '../clock.js'
import type { InstanceId } from '../ids.js'
import { wordsOf } from '../errors.js'
import type { Events } from '../events.js'
import type { Logger } from '../logger.js'
import { runScript, type RedisClient } from './define-script.js'
import type { Keys } from './keys.js'
import { releaseLeaseScript, renewLeaseScript, takeLeaseScript } from './scripts.js'

/** Who holds a lease, of which this is the value. */
export const leaseHolder = (value: string): string => value.replace(/:\d+:\w+$/, '')

/** What a holder does while it holds: started when the lease is taken, stopped before it can have passed to another. */
export interface Held {
  /**
   * Resolves when what it writes was refused: its token is not the newest, whatever Redis says. Then the lease is given
   * back, and taken again later.
   */
  readonly refused?: Promise<void>
  stop(): Promise<void>
}

export interface LeaseSettings {
  readonly name: string
  readonly ttlMs: number
  /**
   * Called with the token of this holding. What it throws gives the lease back; it is tried again later. `holding`
   * says whether the lease is this holder's for sure: a process that stood still (and does not know it yet) asks that
   * before it does what nobody else can undo.
   */
  readonly onHeld: (token: string, holding: () => boolean) => Promise<Held>
  /** The greatest token that was seen where the work writes. Asked after a refusal: the next token is greater. */
  readonly fence?: () => Promise<bigint>
}

/**
 * One worker's wish to hold a lease, for as long as it lives: whoever holds it works, the others try again.
 *
 *   waiting ──take──► held ──renew──► held … ──cannot renew, or refused──► stopping ──► waiting
 *
 * The holder trusts itself only until the last successful renewal + ttl − margin (a third of the ttl), measured from
 * before the renewal was sent: then it stops its work, whether Redis answers or not.
 */
export const createLeaseKeeper = (deps: {
  redis: RedisClient
  keys: Keys
  instance: InstanceId
  logger: Logger
  events: Pick<Events, 'leaseLost'>
}) => {
  const { redis, keys, instance, logger, events } = deps
  const heldHere = new Set<string>()

  return {
    /** Who holds the lease now, if anybody does. */
    holder: async (name: string): Promise<string | undefined> => {
      const value = await redis.get(keys.lease(name))
      return value === null ? undefined : leaseHolder(value)
    },

    /** The leases that this process holds. */
    held: (): readonly string[] => [...heldHere],

    /** Starts wishing. `stop` ends the work and gives the lease back. */
    keep: ({ name, ttlMs, onHeld, fence = async () => 0n }: LeaseSettings) => {
      const lease = keys.lease(name)
      const everyMs = Math.max(50, Math.floor(ttlMs / 4))
      const stopping = new AbortController()
      let token: string | undefined
      let least = 0n

      const pause = (ms: number) => systemClock.wait(ms, stopping.signal)

      /** Redis may hang: an answer that comes too late counts as none. */
      const within = async <T>(ms: number, promise: Promise<T>): Promise<T | undefined> => {
        let timer: NodeJS.Timeout | undefined
        const late = new Promise<undefined>(
          (resolve) => (timer = setTimeout(() => resolve(undefined), Math.max(0, ms))),
        )
        try {
          return await Promise.race([promise, late])
        } catch (error) {
          logger.debug({ event: 'lease_unreachable', lease: name, error: wordsOf(error) }, 'Redis did not answer')
          return undefined
        } finally {
          clearTimeout(timer)
        }
      }

      /** Renews for as long as it can, while the work begins and goes on; then ends the work. True when that was refused. */
      const hold = async (mine: string, takenAt: number) => {
        const trustMs = ttlMs - Math.floor(ttlMs / 3)
        let safeUntil = takenAt + trustMs
        let isRefused = false
        const failing = new AbortController()
        const starting = onHeld(mine, () => performance.now() < safeUntil)
        starting
          .then(async ({ refused }) => {
            if (refused === undefined) return
            await refused
            isRefused = true
            failing.abort()
          })
          .catch(() => failing.abort())
        const ending = AbortSignal.any([stopping.signal, failing.signal])
        while (!ending.aborted) {
          await systemClock.wait(Math.min(everyMs, Math.max(0, safeUntil - performance.now())), ending)
          if (ending.aborted) break
          const askedAt = performance.now()
          const reply = await within(
            safeUntil - askedAt,
            runScript(redis, renewLeaseScript, { lease }, { holder: instance, token: mine, ttlMs }),
          )
          if (reply === 'renewed') safeUntil = askedAt + trustMs
          else if (reply === 'lost' || performance.now() >= safeUntil) {
            events.leaseLost(name)
            safeUntil = 0
            break
          }
        }
        const held = await starting
        if (isRefused && safeUntil > 0) {
          events.leaseLost(name)
          safeUntil = 0
        }
        await held.stop()
        return isRefused
      }

      const release = (mine: string) =>
        runScript(redis, releaseLeaseScript, { lease }, { holder: instance, token: mine })
      /** A command that waited for Redis to come back may take the lease when nobody expects it any more. */
      const giveBackLate = async (asked: Promise<{ tag: 'held'; token: string } | { tag: 'taken' }>) => {
        try {
          const late = await asked
          if (late.tag === 'held') await release(late.token)
        } catch {
          // Then it was not taken, or it ends by itself.
        }
      }

      const run = async () => {
        while (!stopping.signal.aborted) {
          const askedAt = performance.now()
          const attempt = randomBytes(4).toString('hex')
          const asked = runScript(
            redis,
            takeLeaseScript,
            { lease },
            { holder: instance, ttlMs, attempt, least: String(least) },
          )
          const reply = await within(ttlMs, asked)
          if (reply?.tag !== 'held') {
            if (reply === undefined) void giveBackLate(asked)
            await pause(everyMs)
            continue
          }
          token = reply.token
          heldHere.add(name)
          logger.debug({ event: 'lease_held', lease: name }, 'Took a lease')
          let isRefused = false
          try {
            isRefused = await hold(reply.token, askedAt)
            if (isRefused) least = (await fence()) + 1n
          } catch (error) {
            logger.warn(
              { event: 'lease_work_failed', lease: name, error },
              'The work under a lease failed; trying again',
            )
            await pause(everyMs)
          }
          await within(1_000, release(reply.token))
          token = undefined
          heldHere.delete(name)
          // Another one, of whom this Redis may know nothing, may be at work still.
          if (isRefused) await pause(everyMs)
        }
      }
      const running = run()
      return {
        name,
        /** The token of the present holding; undefined while somebody else holds. */
        token: () => token,
        stop: async () => {
          stopping.abort()
          await running
        },
      }
    },
  }
}
export type LeaseKeeper = ReturnType<typeof createLeaseKeeper>
export type KeptLease = ReturnType<LeaseKeeper['keep']>
