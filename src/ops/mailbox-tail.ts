import type { Redis } from 'ioredis'
import { systemClock } from '../clock.js'
import type { MailboxName } from '../mailboxes.js'
import type { Keys } from '../redis/keys.js'

/** A message that was put in a mailbox: what it is about, never what it says. */
export interface SeenMessage {
  /** The entry's id; it begins with the instant, in Redis' milliseconds. */
  readonly id: string
  readonly mailbox: MailboxName
  readonly at: number
  readonly type: string
  /** Ids and words for the trade, such as `room` and `reason`. */
  readonly about: Readonly<Record<string, string>>
}

/** Fields that carry neither a link nor anything that a person wrote. */
const SHOWN = ['room', 'user', 'users', 'to', 'a', 'b', 'chat', 'host', 'notice', 'reason', 'group'] as const
const KEPT = 40
/** Nobody has asked for so long: nobody looks any more. */
const UNWATCHED_MS = 10_000
const BLOCK_MS = 1_000
const RETRY_MS = 1_000

type Reply = [stream: string, entries: [id: string, fields: string[]][]][] | null

const seen = (mailbox: MailboxName, id: string, fields: readonly string[]): SeenMessage => {
  const values = new Map<string, string>()
  for (let i = 0; i + 1 < fields.length; i += 2) values.set(fields[i] ?? '', fields[i + 1] ?? '')
  const about = SHOWN.flatMap((name) => {
    const value = values.get(name)
    return value ? [[name, value.slice(0, 200)] as const] : []
  })
  return {
    id,
    mailbox,
    at: Number(id.split('-')[0]),
    type: values.get('type') ?? '',
    about: Object.fromEntries(about),
  }
}

/** Entries of one millisecond are numbered. */
const byId = (one: SeenMessage, other: SeenMessage): number =>
  one.at - other.at || Number(one.id.split('-')[1]) - Number(other.id.split('-')[1])

/**
 * The last messages of all mailboxes, for people who look. A message is deleted when it is done, which is mostly at
 * once, so they are read as they come, beside the consumers and without taking anything from them. That costs a
 * connection, which is open while somebody asks; `always` keeps it open, so that whoever looks first sees what was
 * before.
 */
export const tailMailboxes = (options: {
  readonly openConnection: () => Redis
  readonly keys: Keys
  readonly mailboxes: () => Promise<readonly MailboxName[]>
  readonly always?: boolean
}) => {
  const stopping = new AbortController()
  let messages: SeenMessage[] = []
  let askedAt = 0
  let connection: Redis | undefined
  let running: Promise<void> | undefined

  const remember = (found: readonly SeenMessage[]) => {
    const known = new Set(messages.map(({ mailbox, id }) => `${mailbox} ${id}`))
    const fresh = found.filter(({ mailbox, id }) => !known.has(`${mailbox} ${id}`))
    messages = [...messages, ...fresh].sort(byId).slice(-KEPT)
  }

  /** Where to read on in a mailbox: after its newest messages, which are remembered. */
  const newest = async (redis: Redis, mailbox: MailboxName): Promise<string> => {
    const entries = await redis.xrevrange(options.keys.mailbox(mailbox), '+', '-', 'COUNT', KEPT)
    remember(entries.map(([id, fields]) => seen(mailbox, id, fields)))
    return entries[0]?.[0] ?? '0'
  }

  const read = async (redis: Redis, positions: Map<MailboxName, string>) => {
    for (const mailbox of await options.mailboxes())
      if (!positions.has(mailbox)) positions.set(mailbox, await newest(redis, mailbox))
    const names = [...positions.keys()]
    const streams = names.map((name) => options.keys.mailbox(name))
    const reply: Reply = await redis.xread(
      ...(['COUNT', KEPT, 'BLOCK', BLOCK_MS, 'STREAMS'] as const),
      ...streams,
      ...positions.values(),
    )
    for (const [stream, entries] of reply ?? []) {
      const mailbox = names[streams.indexOf(stream)]
      const last = entries.at(-1)
      if (mailbox === undefined || last === undefined) continue
      remember(entries.map(([id, fields]) => seen(mailbox, id, fields)))
      // More has come than is kept, as after a standstill: what lies between is of no interest.
      if (entries.length < KEPT) positions.set(mailbox, last[0])
      else positions.delete(mailbox)
    }
  }

  const isWatched = () => options.always === true || Date.now() - askedAt < UNWATCHED_MS

  const watch = async () => {
    const redis = (connection = options.openConnection())
    const positions = new Map<MailboxName, string>()
    while (!stopping.signal.aborted && isWatched()) {
      await read(redis, positions).catch(() => systemClock.wait(RETRY_MS, stopping.signal))
    }
    redis.disconnect()
    messages = []
  }

  const start = () => {
    if (!stopping.signal.aborted) running ??= watch().finally(() => (running = undefined))
  }
  if (options.always) start()

  return {
    /** The last messages, oldest first. */
    last: (): readonly SeenMessage[] => {
      askedAt = Date.now()
      start()
      return messages
    },
    stop: async (): Promise<void> => {
      stopping.abort()
      connection?.disconnect()
      await running
    },
  }
}
