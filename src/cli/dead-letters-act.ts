import { VisavisError } from '../errors.js'
import { mailboxName } from '../mailboxes.js'
import { runScript } from '../redis/define-script.js'
import { retryLetterScript } from '../redis/scripts.js'
import { confirm, tryAudit } from './acting.js'
import type { Context, Live } from './context.js'
import { NotFoundError } from './failures.js'
import { fieldIn } from './letters.js'
import { createProgress } from './progress.js'
import { counted } from './words.js'

export interface ActOptions {
  readonly json?: boolean
  readonly all?: boolean
  readonly yes?: boolean
}

const PAGE = 100

type Entry = [entry: string, flat: string[]]
type Act = (live: Live, entry: Entry) => Promise<'done' | 'gone' | 'unreadable'>

const put: Act = async ({ redis, keys }, [entry, flat]) => {
  const name = mailboxName(fieldIn(flat, 'mailbox') ?? '')
  if (name === undefined) return 'unreadable'
  const contract = { deadLetters: keys.deadLetters, mailbox: keys.mailbox(name) }
  const reply = await runScript(redis, retryLetterScript, contract, { entry, name })
  return reply === 'retried' ? 'done' : reply
}

const drop: Act = async ({ redis, keys }, [entry]) =>
  (await redis.xdel(keys.deadLetters, entry)) === 1 ? 'done' : 'gone'

const one = async (context: Context, entry: string, act: Act, name: string): Promise<boolean> => {
  const live = await context.live()
  const [found] = await live.redis.xrange(live.keys.deadLetters, entry, entry)
  const outcome = found === undefined ? 'gone' : await act(live, found)
  if (outcome === 'gone') throw new NotFoundError(`There is no dead letter ${entry}; see: dead-letters list`)
  if (outcome === 'unreadable')
    throw new VisavisError('letter_unreadable', `Nobody can read ${entry}; throw it away with: dead-letters discard`)
  return tryAudit(context, `dead-letters ${name}`, entry)
}

/** Those that are there now; what fails again meanwhile becomes a new letter, and is not met twice. */
const every = async (context: Context, act: Act, name: string) => {
  const live = await context.live()
  const { redis, keys } = live
  const [last] = await redis.xrevrange(keys.deadLetters, '+', '-', 'COUNT', 1)
  const total = await redis.xlen(keys.deadLetters)
  const progress = createProgress(context.terminal, 'Dead letters')
  const counts = { done: 0, gone: 0, unreadable: 0 }
  try {
    for (let after = '-'; last !== undefined;) {
      const page = await redis.xrange(keys.deadLetters, after, last[0], 'COUNT', PAGE)
      for (const entry of page) counts[await act(live, entry)]++
      progress.to(counts.done + counts.unreadable, total)
      const end = page.at(-1)
      if (end === undefined) break
      after = `(${end[0]}`
    }
  } finally {
    progress.end()
  }
  const audited = await tryAudit(context, `dead-letters ${name} all`, undefined, counts)
  return { ...counts, audited }
}

const acting =
  (act: Act, name: 'retry' | 'discard', past: 'retried' | 'discarded', words: string) =>
  async (context: Context, entry: string | undefined, options: ActOptions): Promise<void> => {
    if (entry !== undefined) {
      const audited = await one(context, entry, act, name)
      return context.show(options, { [past]: 1, unreadable: 0, audited }, `${entry} is ${words}.\n`)
    }
    const { redis, keys } = await context.live()
    const total = await redis.xlen(keys.deadLetters)
    if (total === 0)
      return context.show(options, { [past]: 0, unreadable: 0, audited: false }, 'There are no dead letters.\n')
    await confirm(
      context,
      `${name === 'retry' ? 'Retry' : 'Discard'} ${counted(total, 'dead letter', 'dead letters')}?`,
      options.yes,
    )
    const { done, unreadable, audited } = await every(context, act, name)
    context.show(
      options,
      { [past]: done, unreadable, audited },
      `${counted(done, 'dead letter is', 'dead letters are')} ${words}.\n` +
        (unreadable === 0
          ? ''
          : `${unreadable} cannot be read by anybody; throw them away with: dead-letters discard\n`),
    )
  }

/** `dead-letters retry`: back in its mailbox in one step, with no attempts counted. */
export const retry = acting(put, 'retry', 'retried', 'back in the mailbox')
/** `dead-letters discard`. What the message pointed to stays as it is; the reconciler looks after that. */
export const discard = acting(drop, 'discard', 'discarded', 'thrown away')
