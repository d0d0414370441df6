import { systemClock } from '../clock.js'
import { wordsOf } from '../errors.js'
import type { MailboxName, MessageOf } from '../mailboxes.js'
import { runScript } from '../redis/define-script.js'
import { finishMessageScript } from '../redis/scripts.js'
import { CONSUMER_GROUP, ensureGroup, parseMessage, readMailbox, toldAt, type ConsumerDeps } from './read-mailbox.js'

export interface BatchSettings<Name extends MailboxName> {
  readonly mailbox: Name
  /** Handles a batch in order. Throwing means: nothing of it happened, the same batch comes again. */
  readonly handle: (batch: readonly { id: string; message: MessageOf<Name> }[]) => Promise<void>
  readonly size: number
}

const RETRY_MS = 500

/**
 * Handles the messages of one mailbox in order and in batches, for the single holder of the actor's lease. A batch
 * that fails is not buried but tried again for as long as it takes: facts must not be lost because Postgres is away.
 */
export const consumeBatches = <Name extends MailboxName>(deps: ConsumerDeps, settings: BatchSettings<Name>) => {
  const { redis, keys, logger, events } = deps
  const stream = keys.mailbox(settings.mailbox)
  const blocking = deps.openBlocking()
  const stopping = new AbortController()
  // A lost connection may have swallowed the answer of a read.
  let reconnected = false
  blocking.on('ready', () => (reconnected = true))

  const finish = (ids: readonly string[]) =>
    runScript(redis, finishMessageScript, { mailbox: stream }, { group: CONSUMER_GROUP }, ids)

  const handle = async (entries: readonly [string, string[]][]) => {
    const batch: { id: string; message: MessageOf<Name> }[] = []
    for (const [id, fields] of entries) {
      try {
        batch.push({ id, message: parseMessage<MessageOf<Name>>(fields).message })
      } catch (error) {
        logger.error({ event: 'fact_unreadable', mailbox: settings.mailbox, entry: id, error }, 'Dropped a message')
      }
    }
    let failures = 0
    while (!stopping.signal.aborted) {
      try {
        await settings.handle(batch)
        await finish(entries.map(([id]) => id))
        for (const [id] of entries) events.messageDone(settings.mailbox, toldAt(id))
        return
      } catch (error) {
        if (failures++ % 20 === 0)
          logger.warn({ event: 'batch_failed', mailbox: settings.mailbox, error }, 'A batch failed; it is tried again')
        await systemClock.wait(RETRY_MS, stopping.signal)
      }
    }
  }

  const loop = async () => {
    await ensureGroup(redis, stream).catch(() => undefined)
    // What was handed out and not finished comes first: an earlier holder's, and what a lost connection swallowed.
    let from: '0' | '>' = '0'
    while (!stopping.signal.aborted) {
      try {
        if (deps.holding?.() === false) {
          await systemClock.wait(20, stopping.signal)
          continue
        }
        if (reconnected) from = '0'
        reconnected = false
        const entries = await readMailbox(deps, blocking, stream, settings.size, from, stopping.signal)
        // Facts have an order: what was swallowed meanwhile is older than what came now, which stays pending as well.
        if (reconnected) continue
        if (entries.length > 0) await handle(entries)
        else from = '>'
      } catch (error) {
        if (stopping.signal.aborted) return
        if (wordsOf(error).includes('NOGROUP')) await ensureGroup(redis, stream).catch(() => undefined)
        else await systemClock.wait(100, stopping.signal)
      }
    }
  }
  const running = loop()

  return {
    stop: async () => {
      stopping.abort()
      blocking.disconnect()
      await running
    },
  }
}
