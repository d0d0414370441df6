import { VisavisError, wordsOf } from '../errors.js'
import type { Events } from '../events.js'
import type { Logger } from '../logger.js'
import { MESSAGE_FIELDS } from '../mailboxes.js'
import { runScript, type RedisClient } from '../redis/define-script.js'
import type { Keys } from '../redis/keys.js'
import { finishMessageScript } from '../redis/scripts.js'

/** All consumers of a mailbox belong to this consumer group. */
export const CONSUMER_GROUP = 'actors'

export interface ConsumerDeps {
  readonly redis: RedisClient
  /** A connection of its own, for reads that block. */
  readonly openBlocking: () => RedisClient
  readonly keys: Keys
  /**
   * The name under which Redis keeps what was handed out: the instance's where several workers share the mailbox, the
   * actor's own where one lease holder reads it (so that the next holder finds what the last one left).
   */
  readonly consumer: string
  /**
   * For an actor that one lease holder plays: whether the lease is still this process' for sure. Otherwise nothing is
   * read: what were handed out to a late holder, the present one would not look for.
   */
  readonly holding?: (() => boolean) | undefined
  readonly logger: Logger
  readonly events: Pick<Events, 'messageFailed' | 'messageBuried' | 'messageDone'>
}

const BLOCK_MS = 1_000

/** An entry of a stream: its id, and fields and values alternating. */
export type Entry = [id: string, fields: string[]]

/** When an entry was told (or told again after a pause), in milliseconds by Redis' clock. */
export const toldAt = (entry: string): number => Number(entry.split('-')[0])

/** Reads a stream entry; a message that nobody understands is an error that no repetition mends. */
export const parseMessage = <Message>(fields: readonly string[]): { message: Message; attempts: number } => {
  const message: Record<string, string> = {}
  for (let i = 0; i + 1 < fields.length; i += 2) message[fields[i] ?? ''] = fields[i + 1] ?? ''
  const attempts = Number(message['attempts'] ?? 0)
  delete message['attempts']
  const required = MESSAGE_FIELDS[message['type'] ?? '']
  const missing = required?.find((field) => message[field] === undefined)
  if (!required || missing !== undefined)
    throw new VisavisError('message_unreadable', `No actor understands a message of type "${message['type'] ?? ''}"`)
  return { message: message as Message, attempts }
}

/** Makes the consumer group where it is missing: at first, and after Redis lost its data. */
export const ensureGroup = async (redis: RedisClient, stream: string): Promise<void> => {
  try {
    await redis.xgroup('CREATE', stream, CONSUMER_GROUP, '0', 'MKSTREAM')
  } catch (error) {
    if (!wordsOf(error).includes('BUSYGROUP')) throw error
  }
}

/** Resolves with null when `signal` is aborted; stops listening when `over` is. */
const aborted = (signal: AbortSignal, over: AbortSignal): Promise<null> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(null)
    else signal.addEventListener('abort', () => resolve(null), { signal: over })
  })

/**
 * Reads entries for a consumer: new ones with `>`, or its own unfinished ones after the entry `from`. Gives nothing as
 * soon as `stopping` is aborted: a connection that is closed while it waits to reconnect would never answer.
 */
export const readMailbox = async (
  deps: ConsumerDeps,
  blocking: RedisClient,
  stream: string,
  count: number,
  from: string,
  stopping: AbortSignal,
): Promise<Entry[]> => {
  const reading = blocking.xreadgroup(
    'GROUP',
    CONSUMER_GROUP,
    deps.consumer,
    'COUNT',
    count,
    'BLOCK',
    BLOCK_MS,
    'STREAMS',
    stream,
    from,
  )
  const stopped = new AbortController()
  const reply = await Promise.race([reading, aborted(stopping, stopped.signal)]).finally(() => stopped.abort())
  const entries = reply?.[0]?.[1] ?? []
  // An entry that was deleted by hand has no fields: acknowledge it away.
  const hollow = entries.filter(([, fields]) => fields === null).map(([id]) => id)
  if (hollow.length > 0)
    await runScript(deps.redis, finishMessageScript, { mailbox: stream }, { group: CONSUMER_GROUP }, hollow)
  return entries.filter((entry): entry is Entry => entry[1] !== null)
}
