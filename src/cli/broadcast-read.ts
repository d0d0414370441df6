import {
  broadcastsTable,
  type Broadcast,
  type BroadcastCounts,
  type BroadcastId,
  type BroadcastsTable,
} from '../postgres/broadcasts.js'
import { systemClock } from '../clock.js'
import { VisavisError } from '../errors.js'
import { toHtml } from './broadcast-markup.js'
import type { Context } from './context.js'
import { NotFoundError, UsageError } from './failures.js'
import { bar, createProgress } from './progress.js'
import { counted, instant, span } from './words.js'

const NEWEST = 20
const LOOK_MS = 500
/** How much of a text is shown. */
const LINES = 5
const LINE_LENGTH = 100

export const broadcastsOf = async (context: Context): Promise<BroadcastsTable> =>
  broadcastsTable(await context.database())

/** @throws NotFoundError when there is none with this number */
export const foundBroadcast = async (table: BroadcastsTable, id: BroadcastId): Promise<Broadcast> => {
  const one = await table.get(id)
  if (!one) throw new NotFoundError(`There is no broadcast ${id}; see: broadcast status`)
  return one
}

const doneOf = ({ sent, doubt, blocked, refused, skipped }: BroadcastCounts): number =>
  sent + doubt + blocked + refused + skipped

const segmentWords = ({ gender, language, seenWithinS }: Broadcast): string => {
  const parts = [
    gender === null ? '' : `gender ${gender}`,
    language === null ? '' : `language ${language}`,
    seenWithinS === null ? '' : `seen within ${span(seenWithinS * 1_000)}`,
  ].filter((part) => part !== '')
  return parts.length === 0 ? 'everybody' : parts.join(', ')
}

const shortened = (line: string): string => (line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH - 1)}…` : line)

const textWords = ({ text, entities }: Broadcast): string => {
  if (text === '') return 'none'
  // Where nothing is marked up, people need not read it escaped.
  const lines = (entities?.length ? toHtml({ text, entities }) : text).split('\n')
  const more = lines.length - LINES
  return [
    ...lines.slice(0, LINES).map(shortened),
    ...(more > 0 ? [`… ${counted(more, 'line', 'lines')} more`] : []),
  ].join('\n              ')
}

/** What is sent, and to whom: for somebody who is about to send it. */
export const summary = (one: Broadcast): string =>
  `   to         ${segmentWords(one)}\n` +
  `   text       ${textWords(one)}\n` +
  `   photo      ${one.photo === null ? 'no' : 'yes'}\n` +
  `   button     ${one.buttonText === null ? 'no' : `${one.buttonText} (${one.buttonUrl ?? ''})`}\n`

/** `audience`: of a draft, how many people it is for now; null where nobody asked. */
const stateOf = (one: Broadcast, counts: BroadcastCounts, audience: number | null): string => {
  const head = `${one.broadcast}  ${one.status}  made ${instant(one.madeAt)} UTC by ${one.madeBy}\n`
  if (one.total === null)
    return head + (audience === null ? '' : `   ${counted(audience, 'person', 'people')} would get it now\n`)
  const { sent, blocked, skipped, refused, doubt } = counts
  return (
    `${head}   ${bar(doneOf(counts), Math.max(one.total, doneOf(counts)))}\n` +
    `   sent ${sent}, blocked the bot ${blocked}, switched off or banned ${skipped}, refused ${refused}, in doubt ${doubt}\n` +
    (one.error === null ? '' : `   paused by itself: ${one.error}\n`)
  )
}

/**
 * Shows how far a broadcast is until it is not being sent any more; gives how it stands then. May be interrupted: the
 * service goes on with it.
 */
export const untilOver = async (context: Context, table: BroadcastsTable, id: BroadcastId): Promise<Broadcast> => {
  if (context.terminal.columns !== undefined)
    context.terminal.note('The service goes on with it also when you stop watching (Ctrl-C).\n')
  const progress = createProgress(context.terminal, `Broadcast ${id}`)
  try {
    for (;;) {
      const one = await foundBroadcast(table, id)
      if (one.status !== 'running') return one
      progress.to(doneOf(await table.counts(id)), one.total ?? 0)
      await systemClock.wait(LOOK_MS)
    }
  } finally {
    progress.end()
  }
}

const read = async (table: BroadcastsTable, one: Broadcast, isAlone: boolean) => ({
  one,
  counts: await table.counts(one.broadcast),
  audience: isAlone && one.status === 'draft' ? await table.audience(one.broadcast) : null,
})

const shown = ({ one, counts, audience }: Awaited<ReturnType<typeof read>>) => ({
  broadcast: one.broadcast,
  status: one.status,
  error: one.error,
  madeBy: one.madeBy,
  madeAt: one.madeAt,
  startedAt: one.startedAt,
  finishedAt: one.finishedAt,
  segment: { gender: one.gender, language: one.language, seenWithinS: one.seenWithinS },
  html: toHtml({ text: one.text, entities: one.entities ?? [] }),
  photo: one.photo,
  button: one.buttonText === null ? null : { text: one.buttonText, url: one.buttonUrl },
  audience,
  total: one.total,
  counts,
})

/** `broadcast status`: one with all that it is, or the newest. */
export const status = async (
  context: Context,
  id: BroadcastId | undefined,
  options: { json?: boolean; watch?: boolean },
): Promise<void> => {
  if (options.watch === true && id === undefined)
    throw new UsageError('Which one is to be watched? Give its number: broadcast status <id> --watch')
  const table = await broadcastsOf(context)
  if (id === undefined) {
    const all = await Promise.all((await table.newest(NEWEST)).map((one) => read(table, one, false)))
    const lines = all.map(({ one, counts, audience }) => stateOf(one, counts, audience)).join('')
    context.show(options, { broadcasts: all.map(shown) }, lines === '' ? 'There are no broadcasts.\n' : lines)
    return
  }
  const one = await foundBroadcast(table, id)
  if (options.watch === true && one.status === 'draft')
    throw new VisavisError('broadcast_unusable', `Broadcast ${id} is a draft; send it with: broadcast start ${id}`)
  const now = await read(table, options.watch === true ? await untilOver(context, table, id) : one, true)
  context.show(options, { broadcasts: [shown(now)] }, stateOf(now.one, now.counts, now.audience) + summary(now.one))
}
