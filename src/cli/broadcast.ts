import { readFile } from 'node:fs/promises'
import { InvalidArgumentError, type Command } from 'commander'
import { VisavisError, wordsOf } from '../errors.js'
import type { UserId } from '../ids.js'
import { masked } from '../logger.js'
import {
  broadcastsTable,
  type Broadcast,
  type BroadcastCounts,
  type BroadcastId,
  type BroadcastsTable,
} from '../postgres/broadcasts.js'
import { GENDERS, type Gender } from '../postgres/users.js'
import { longestBroadcast } from '../telegram/bot-api-message.js'
import { confirm, wholeLive, writeAudit } from './acting.js'
import type { Context } from './context.js'
import { NotFoundError } from './failures.js'
import { durationArgument, JSON_OPTION, userArgument, YES_OPTION } from './options.js'
import { bar } from './progress.js'
import { counted, instant } from './words.js'

interface Json {
  readonly json?: boolean
}
interface CreateOptions extends Json {
  readonly text?: string
  readonly textFile?: string
  readonly photo?: string
  readonly buttonText?: string
  readonly buttonUrl?: string
  readonly gender?: Gender
  readonly language?: 'en' | 'ru'
  readonly seen?: number
}

const EXAMPLES = `
Examples:
  npm run cli -- broadcast create --text-file news.txt --gender female --seen 30d
  npm run cli -- broadcast preview 7
  npm run cli -- broadcast start 7
  npm run cli -- broadcast status 7
`

const broadcastArgument = (text: string): BroadcastId => {
  if (!/^[1-9]\d{0,17}$/.test(text))
    throw new InvalidArgumentError('It must be the number of a broadcast; see: broadcast status')
  return text as BroadcastId
}

const oneOf =
  <Choice extends string>(...choices: readonly Choice[]) =>
  (text: string): Choice => {
    const choice = choices.find((known) => known === text)
    if (choice === undefined) throw new InvalidArgumentError(`It must be one of: ${choices.join(', ')}.`)
    return choice
  }

const urlArgument = (text: string): string => {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) throw new InvalidArgumentError('It must begin with https://')
  return text
}

const unusable = (words: string) => new VisavisError('broadcast_unusable', words)
const tableOf = async (context: Context): Promise<BroadcastsTable> => broadcastsTable(await context.database())

const found = async (table: BroadcastsTable, id: BroadcastId): Promise<Broadcast> => {
  const one = await table.get(id)
  if (!one) throw new NotFoundError(`There is no broadcast ${id}; see: broadcast status`)
  return one
}

const textOf = async ({ text, textFile }: CreateOptions): Promise<string> => {
  if (textFile === undefined) return text ?? ''
  try {
    return (await readFile(textFile, 'utf8')).trim()
  } catch (error) {
    throw unusable(`The text cannot be read: ${masked(wordsOf(error))}`)
  }
}

const create = async (context: Context, options: CreateOptions): Promise<void> => {
  const photo = options.photo ?? null
  const text = await textOf(options)
  if (text === '' && photo === null) throw unusable('There is nothing to send: give --text, --text-file or --photo.')
  const longest = longestBroadcast(photo !== null)
  if (text.length > longest) throw unusable(`The text has ${text.length} characters; at most ${longest} can be sent.`)
  if ((options.buttonText === undefined) !== (options.buttonUrl === undefined))
    throw unusable('A button needs both --button-text and --button-url.')
  const table = await tableOf(context)
  const id = await table.create({
    text,
    photo,
    entities: null,
    buttonText: options.buttonText ?? null,
    buttonUrl: options.buttonUrl ?? null,
    gender: options.gender ?? null,
    language: options.language ?? null,
    seenWithinS: options.seen === undefined ? null : Math.max(1, Math.round(options.seen / 1_000)),
    madeBy: 'cli',
  })
  await writeAudit(context, 'broadcast create', id)
  const audience = await table.audience(id)
  context.show(
    options,
    { broadcast: id, audience },
    `Broadcast ${id} is a draft. ${counted(audience, 'person', 'people')} would get it now. ` +
      `See it with: broadcast preview ${id}\n`,
  )
}

const preview = async (context: Context, id: BroadcastId, options: Json & { to?: UserId }): Promise<void> => {
  const { ADMIN_IDS } = context.settings.read('ADMIN_IDS')
  const to = options.to ?? ADMIN_IDS[0]
  if (to === undefined || !ADMIN_IDS.includes(to))
    throw unusable('A preview goes to an administrator only: set ADMIN_IDS, and name one of them with --to.')
  const table = await tableOf(context)
  await found(table, id)
  const { tell } = await wholeLive(context)
  await tell('courier', { type: 'notice', to, notice: 'broadcast_preview', args: JSON.stringify({ id }) })
  const audience = await table.audience(id)
  context.show(
    options,
    { broadcast: id, to, audience },
    `The service sends broadcast ${id} to ${to} alone. ${counted(audience, 'person', 'people')} would get it now.\n`,
  )
}

/** Words for what does not apply in the status that a broadcast has. */
const refuse = ({ broadcast, status }: Broadcast, verb: string) =>
  unusable(`Broadcast ${broadcast} cannot be ${verb}: it is ${status === 'draft' ? 'a draft' : status}.`)

const start = async (context: Context, id: BroadcastId, options: Json & { yes?: boolean }): Promise<void> => {
  const table = await tableOf(context)
  const one = await found(table, id)
  if (one.status !== 'draft') throw refuse(one, 'started')
  const audience = await table.audience(id)
  await confirm(context, `Send broadcast ${id} to ${counted(audience, 'person', 'people')}?`, options.yes)
  await writeAudit(context, 'broadcast start', id)
  if (!(await table.start(id))) throw refuse(await found(table, id), 'started')
  const { total } = await found(table, id)
  context.show(
    options,
    { broadcast: id, total },
    `Broadcast ${id} is being sent to ${counted(total ?? 0, 'person', 'people')}. See: broadcast status ${id}\n`,
  )
}

const change = async (
  context: Context,
  id: BroadcastId,
  options: Json,
  [verb, past]: ['pause', 'paused'] | ['resume', 'resumed'],
): Promise<void> => {
  const table = await tableOf(context)
  await found(table, id)
  if (!(await table[verb](id))) throw refuse(await found(table, id), past)
  await writeAudit(context, `broadcast ${verb}`, id)
  context.show(options, { broadcast: id, outcome: past }, `Broadcast ${id} is ${past}.\n`)
}

const doneOf = ({ sent, doubt, blocked, refused, skipped }: BroadcastCounts): number =>
  sent + doubt + blocked + refused + skipped

const NEWEST = 20

const status = async (context: Context, id: BroadcastId | undefined, options: Json): Promise<void> => {
  const table = await tableOf(context)
  const list = id === undefined ? await table.newest(NEWEST) : [await found(table, id)]
  const all = await Promise.all(list.map(async (one) => ({ one, counts: await table.counts(one.broadcast) })))
  const broadcasts = all.map(({ one, counts }) => ({
    broadcast: one.broadcast,
    status: one.status,
    error: one.error,
    madeBy: one.madeBy,
    madeAt: one.madeAt,
    startedAt: one.startedAt,
    finishedAt: one.finishedAt,
    segment: { gender: one.gender, language: one.language, seenWithinS: one.seenWithinS },
    total: one.total,
    counts,
  }))
  const lines = all.map(({ one, counts }) => {
    const head = `${one.broadcast}  ${one.status}  made ${instant(one.madeAt)} UTC by ${one.madeBy}\n`
    if (one.total === null) return head
    const { sent, blocked, skipped, refused, doubt } = counts
    return (
      `${head}   ${bar(doneOf(counts), one.total)}\n` +
      `   sent ${sent}, blocked the bot ${blocked}, switched off ${skipped}, refused ${refused}, in doubt ${doubt}\n` +
      (one.error === null ? '' : `   paused by itself: ${one.error}\n`)
    )
  })
  context.show(options, { broadcasts }, lines.length === 0 ? 'There are no broadcasts.\n' : lines.join(''))
}

/** `broadcast create`, `preview`, `start`, `pause`, `resume`, `status`: the service sends, the command only says so. */
export const addBroadcast = (program: Command, context: Context): void => {
  const broadcast = program
    .command('broadcast')
    .description('a message to many people: sent by the service, below the rate limit and behind everything else')
    .addHelpText('after', EXAMPLES)
  broadcast
    .command('create')
    .description('keep a message as a draft')
    .option('--text <words>', 'the text')
    .option('--text-file <file>', 'the text, from a file (UTF-8)')
    .option('--photo <file id>', "Telegram's file_id of a photo that the bot was sent")
    .option('--button-text <words>', 'a button under it: its words')
    .option('--button-url <address>', 'and where it leads', urlArgument)
    .option('--gender <gender>', `only to: ${GENDERS.join(', ')}`, oneOf(...GENDERS))
    .option('--language <language>', 'only to those who read: en, ru', oneOf('en', 'ru'))
    .option('--seen <duration>', 'only to those who were here within this time, such as 30d', durationArgument)
    .option(...JSON_OPTION)
    .action((options: CreateOptions) => create(context, options))
  const one = (name: string, description: string) =>
    broadcast
      .command(name)
      .description(description)
      .argument('<id>', 'the number of the broadcast', broadcastArgument)
      .option(...JSON_OPTION)
  one('preview', 'send it to one administrator only, and count whom it would go to')
    .option('--to <id>', 'which administrator; the first of ADMIN_IDS without it', userArgument)
    .action((id: BroadcastId, options: Json & { to?: UserId }) => preview(context, id, options))
  one('start', 'send it')
    .option(...YES_OPTION)
    .action((id: BroadcastId, options: Json & { yes?: boolean }) => start(context, id, options))
  one('pause', 'stop where it is').action((id: BroadcastId, options: Json) =>
    change(context, id, options, ['pause', 'paused']),
  )
  one('resume', 'go on where it stopped').action((id: BroadcastId, options: Json) =>
    change(context, id, options, ['resume', 'resumed']),
  )
  broadcast
    .command('status')
    .description('how far one is, or the newest ones')
    .argument('[id]', 'the number of a broadcast', broadcastArgument)
    .option(...JSON_OPTION)
    .action((id: BroadcastId | undefined, options: Json) => status(context, id, options))
}
