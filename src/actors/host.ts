import { systemClock } from '../clock.js'
import { LeaseLostError, RebuildingError, wordsOf } from '../errors.js'
import type { ChatId } from '../ids.js'
import type { HostMessage } from '../mailboxes.js'
import { HostError, HostUnavailableError } from '../telegram/errors.js'
import type { HostClient, OwnedGroup } from '../telegram/host-client.js'
import { HostAttempts, type HostWork } from './host-attempts.js'
import { createDisposal, type Disposable } from './host-disposal.js'
import { createOwnGroups } from './host-own-groups.js'
import type { HostParts } from './host-parts.js'
import { createPreparation } from './host-preparation.js'
import { Retries } from './host-retries.js'
import { createRounds } from './host-rounds.js'
import { HostStanding } from './host-standing.js'
import { createStocking } from './host-stocking.js'

/** How long it sleeps at most when nobody wakes it: the host that is told of a used group may be the one that cannot make another. */
const LOOK_AGAIN_MS = 5_000
const MOST_BACKOFF_MS = 60_000
/** A rebuild of Redis passes within seconds. */
const REBUILDING_MS = 2_000

export interface HostState {
  /** `working`, or why no groups are made: parked, full, resting, budget, limited, halted, draining. */
  readonly standing: string
  readonly connected: boolean
  /** Rows that were being worked on at the last look. */
  readonly preparing: number
  readonly disposing: number
  readonly lastError: string | undefined
}

export interface Host {
  /** Begins to work. Called by the holder of this host's lease; never rejects: what fails is tried again. */
  start(): void
  /**
   * A message of the host's mailbox. Resolves when it may be acknowledged: what it asks for is remembered. Throws
   * RebuildingError while it is not known where groups are: it is to come again.
   */
  handle(message: HostMessage): Promise<void>
  /** Looks whether there is something to do. */
  tick(): void
  /** Stops at once: what is in flight is cut off, and found again by whoever holds the lease next. */
  stop(): Promise<void>
  /** Resolves when another process works as this host by now, as a refused write shows: this actor has ended itself. */
  readonly refused: Promise<void>
  state(): HostState
  /** The groups on Telegram that this deployment made with this account. Rejects with a host error while there is no connection. */
  ownGroups(): Promise<OwnedGroup[]>
}

export const HOST_DEFAULTS = { retryMs: 1_000, accountEveryMs: 60_000, sweepEveryMs: 600_000 } as const

type Optional = 'clock' | 'random' | 'onStocked' | 'answer'

/**
 * The actor of one host account: keeps the stock of groups filled, and deletes or recycles groups after use. One loop
 * does one thing at a time, disposal first; it sees its work in the rows of groups, so that nothing is forgotten by a
 * crash. Messages only wake it.
 */
export const createHost = (parts: Omit<HostParts, Optional> & Partial<Pick<HostParts, Optional>>): Host => {
  const all: HostParts = {
    clock: systemClock,
    random: Math.random,
    onStocked: () => undefined,
    answer: async () => undefined,
    ...parts,
  }
  const { host, groups, stock, settings, logger, clock } = all
  const standing = new HostStanding(all)
  const retries = new Retries(clock, settings.retryMs)
  const attempts = new HostAttempts(all, standing, retries)
  const preparation = createPreparation(all, standing, retries, async (row) => {
    await groups.setStatus(row.group, 'disposing')
    retries.forget(row.marker)
    nap.abort()
  })
  const disposal = createDisposal(all, standing)
  const stocking = createStocking(all, standing, (group, marker) =>
    attempts.attempt('create', marker, async () => preparation.create(await connected(), group, marker)),
  )
  const stopping = new AbortController()
  let tellRefused: () => void = () => undefined
  const refused = new Promise<void>((resolve) => (tellRefused = resolve))
  /** Groups that a message asked to dispose of. Their rows may say so only later. */
  const asked = new Map<ChatId, Disposable>()
  let client: HostClient | undefined
  let loop: Promise<void> | undefined
  let nap = new AbortController()
  let counts = { preparing: 0, disposing: 0 }

  const idle = (): boolean => stopping.signal.aborted || standing.mode === 'halted'

  const resting = (work: HostWork): boolean => idle() || attempts.resting(work)

  const connected = async (): Promise<HostClient> => {
    if (client?.alive() === true) return client
    await client?.close()
    client = await all.connect()
    // Whoever stops this actor closes the client that is there by then, or it is closed here.
    if (!stopping.signal.aborted) await client.connect()
    if (stopping.signal.aborted) await client.close()
    else logger.info({ event: 'host_connected', host }, 'A host is connected')
    return client
  }

  const dispose = async (active: Set<string>): Promise<void> => {
    const rows = await groups.disposing(host)
    const work = new Map<string, Disposable>(rows.map((row) => [row.marker, row]))
    for (const group of asked.values()) work.set('marker' in group ? group.marker : group.chat, group)
    let unfinished = work.size
    for (const [key, group] of work) {
      active.add(key)
      if (resting('dispose') || !retries.due(key)) continue
      await attempts.attempt('dispose', key, async () => {
        await disposal.dispose(await connected(), group, retries.failures(key) > 0)
        retries.forget(key)
        if (group.chat !== null) asked.delete(group.chat)
        unfinished--
      })
    }
    counts = { ...counts, disposing: unfinished }
  }

  const prepare = async (active: Set<string>): Promise<void> => {
    const rows = await groups.preparing(host)
    let unfinished = rows.length
    for (const row of rows) {
      active.add(row.marker)
      if (resting('prepare') || !retries.due(row.marker)) continue
      await attempts.attempt('prepare', row.marker, async () => {
        if ((await preparation.resume(await connected(), row, attempts.isRefused(row.marker))) === 'waiting') return
        attempts.over(row.marker)
        unfinished--
      })
    }
    counts = { ...counts, preparing: unfinished }
  }

  const ownGroups = createOwnGroups(all)
  const rounds = createRounds(all, { standing, retries, attempts, connected, ownGroups, resting })

  /** Does what is to be done. Gives the milliseconds until the next look. */
  const pass = async (): Promise<number> => {
    // What was parked, quarantined or drained stays so over restarts; operators change it at any time.
    await standing.load()
    if (idle()) {
      await client?.close()
      return LOOK_AGAIN_MS
    }
    await connected()
    const active = new Set(rounds.keys)
    await dispose(active)
    await prepare(active)
    retries.keep(active)
    await rounds.make()
    const moreInMs = idle() ? LOOK_AGAIN_MS : Math.min(await stocking.fill(counts.preparing), await stocking.drain())
    const nextInMs = Math.min(moreInMs, retries.nextInMs(), rounds.nextInMs(), LOOK_AGAIN_MS)
    // What is due, but has to wait, must not be looked at without a pause.
    return resting('dispose') || resting('prepare') ? Math.max(nextInMs, settings.retryMs) : nextInMs
  }

  const end = async (): Promise<void> => {
    stopping.abort()
    nap.abort()
    await client?.close()
  }

  /** Ends itself when this is the refusal of somebody who holds the lease no more: nothing that is done here would hold. */
  const endIfRefused = async (error: unknown): Promise<boolean> => {
    if (!(error instanceof LeaseLostError)) return false
    await end()
    tellRefused()
    return true
  }

  const run = async (): Promise<void> => {
    let failures = 0
    while (!stopping.signal.aborted)
      try {
        nap = new AbortController()
        const restMs = await pass()
        failures = 0
        await clock.wait(restMs, nap.signal)
      } catch (error) {
        if (stopping.signal.aborted) return
        attempts.lastError = wordsOf(error)
        if (await endIfRefused(error)) return
        // A dead session is told by connecting, which belongs to no single group.
        const about =
          error instanceof HostError &&
          (await standing.learn(error, false).catch(async (unwritten: unknown) => {
            await endIfRefused(unwritten)
            return false
          }))
        if (stopping.signal.aborted) return
        const rebuilding = error instanceof RebuildingError
        if (!about && !rebuilding)
          logger.warn({ event: 'host_waits', host, error }, 'A host cannot work right now; it tries again')
        const backoffMs = Math.min(settings.retryMs * 2 ** failures++, rebuilding ? REBUILDING_MS : MOST_BACKOFF_MS)
        // Nobody can wake it from this: errors must not be met again and again in a hurry.
        await clock.wait(backoffMs * (0.5 + all.random() / 2), stopping.signal)
      }
  }

  /** What an operator asked, as JSON, or why it cannot be answered: they wait for an answer, not for a retry. */
  const answered = async (ask: (client: HostClient) => Promise<object>): Promise<string> => {
    if (client?.alive() !== true)
      return JSON.stringify({ error: `This host is not connected (${standing.why() ?? 'connecting'}).` })
    try {
      return JSON.stringify(await ask(client))
    } catch (error) {
      return JSON.stringify({ error: wordsOf(error) })
    }
  }

  return {
    start: () => {
      loop ??= run()
    },
    handle: async (message) => {
      if (message.type === 'list-groups')
        return all.answer(message.answer, await answered(async (asked) => ({ groups: await ownGroups(asked) })))
      if (message.type === 'check') {
        await all.answer(message.answer, await answered(async (asked) => ({ account: await asked.standing() })))
        // What is told here, the actor acts upon.
        rounds.askAgain()
      }
      if (message.type === 'dispose' && (await stock.place(message.chat)) === 'disposing') {
        const row = await groups.byChat(message.chat)
        // Only its owner can delete a group.
        if (row !== null && row.host !== host) return
        if (row !== null)
          await groups.setStatus(row.group, 'disposing').catch(async (error: unknown) => {
            await endIfRefused(error)
            throw error
          })
        asked.set(message.chat, row ?? { chat: message.chat })
      }
      nap.abort()
    },
    tick: () => nap.abort(),
    refused,
    stop: async () => {
      await end()
      await loop
    },
    state: () => ({
      standing: standing.why() ?? 'working',
      connected: client?.alive() ?? false,
      ...counts,
      lastError: attempts.lastError,
    }),
    ownGroups: async () => {
      if (client?.alive() !== true) throw new HostUnavailableError('This host is not connected.')
      return ownGroups(client)
    },
  }
}
