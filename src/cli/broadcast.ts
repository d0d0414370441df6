import { InvalidArgumentError, type Command } from 'commander'
import { VisavisError } from '../errors.js'
import type { UserId } from '../ids.js'
import type { Broadcast, BroadcastId } from '../postgres/broadcasts.js'
import { confirm, wholeLive, writeAudit } from './acting.js'
import { create, CREATE_OPTIONS, type CreateOptions } from './broadcast-draft.js'
import { broadcastsOf, foundBroadcast, status, summary, untilOver } from './broadcast-read.js'
import type { Context } from './context.js'
import { EXIT } from './failures.js'
import { JSON_OPTION, userArgument, YES_OPTION } from './options.js'
import { counted } from './words.js'

interface Json {
  readonly json?: boolean
}
interface Yes extends Json {
  readonly yes?: boolean
}

const broadcastArgument = (text: string): BroadcastId => {
  if (!/^[1-9]\d{0,17}$/.test(text))
    throw new InvalidArgumentError('It must be the number of a broadcast; see: broadcast status')
  return text as BroadcastId
}

const unusable = (words: string) => new VisavisError('broadcast_unusable', words)

const preview = async (context: Context, id: BroadcastId, options: Json & { to?: UserId }): Promise<void> => {
  const table = await broadcastsOf(context)
  await foundBroadcast(table, id)
  const { tell, instances, served } = await wholeLive(context)
  const { ADMIN_IDS } = served
  const to = options.to ?? ADMIN_IDS[0]
  if (to === undefined || !ADMIN_IDS.includes(to))
    throw unusable('A preview goes to an administrator only: set ADMIN_IDS, and name one of them with --to.')
  await writeAudit(context, 'broadcast preview', id, { to })
  await tell('courier', { type: 'notice', to, notice: 'broadcast_preview', args: JSON.stringify({ id }) })
  const sends = instances.some(({ roles }) => roles?.includes('worker') === true)
  const audience = await table.audience(id)
  context.show(
    options,
    { broadcast: id, to, audience },
    (sends
      ? `The service is asked to send broadcast ${id} to ${to} alone. It comes within moments, unless ${to} has never ` +
        'written to the bot, or Telegram refuses it: then see dead-letters list.\n'
      : `Broadcast ${id} goes to ${to} alone as soon as the service runs: now no process of it could send it.\n`) +
      `${counted(audience, 'person', 'people')} would get it now.\n`,
  )
}

/** Words for what does not apply in the status that a broadcast has. */
const refuse = ({ broadcast, status: is }: Broadcast, verb: string) =>
  unusable(`Broadcast ${broadcast} cannot be ${verb}: it is ${is === 'draft' ? 'a draft' : is}.`)

const ENDINGS: Readonly<Record<Broadcast['status'], string>> = {
  draft: 'is a draft',
  running: 'is being sent',
  paused: 'is paused',
  done: 'is sent',
  cancelled: 'was cancelled',
}

const start = async (context: Context, id: BroadcastId, options: Yes & { wait?: boolean }): Promise<void> => {
  const table = await broadcastsOf(context)
  const one = await foundBroadcast(table, id)
  if (one.status !== 'draft') throw refuse(one, 'started')
  const audience = await table.audience(id)
  const nobody = () => unusable(`Broadcast ${id} cannot be started: nobody would get it now.`)
  if (audience === 0) throw nobody()
  await confirm(
    context,
    `${summary(one)}Send broadcast ${id} to ${counted(audience, 'person', 'people')}?`,
    options.yes,
  )
  await writeAudit(context, 'broadcast start', id)
  if (!(await table.start(id))) {
    const now = await foundBroadcast(table, id)
    throw now.status === 'draft' ? nobody() : refuse(now, 'started')
  }
  const { total } = await foundBroadcast(table, id)
  if (options.wait !== true) {
    context.show(
      options,
      { broadcast: id, total },
      `Broadcast ${id} is being sent to ${counted(total ?? 0, 'person', 'people')}. See: broadcast status ${id}\n`,
    )
    return
  }
  const over = await untilOver(context, table, id)
  const counts = await table.counts(id)
  context.show(
    options,
    { broadcast: id, total, status: over.status, counts },
    `Broadcast ${id} ${ENDINGS[over.status]}: ${counts.sent} of ${counted(total ?? 0, 'person', 'people')} got it. ` +
      `See: broadcast status ${id}\n`,
  )
  if (over.status !== 'done') context.exit(EXIT.failed)
}

const change = async (
  context: Context,
  id: BroadcastId,
  options: Json,
  [verb, past, from]: ['pause', 'paused', 'running'] | ['resume', 'resumed', 'paused'],
): Promise<void> => {
  const table = await broadcastsOf(context)
  const one = await foundBroadcast(table, id)
  if (one.status !== from) throw refuse(one, past)
  await writeAudit(context, `broadcast ${verb}`, id)
  if (!(await table[verb](id))) throw refuse(await foundBroadcast(table, id), past)
  context.show(options, { broadcast: id, outcome: past }, `Broadcast ${id} is ${past}.\n`)
}

const cancel = async (context: Context, id: BroadcastId, options: Yes): Promise<void> => {
  const table = await broadcastsOf(context)
  const one = await foundBroadcast(table, id)
  if (one.status === 'done' || one.status === 'cancelled') throw refuse(one, 'cancelled')
  const isDraft = one.status === 'draft'
  await confirm(
    context,
    isDraft ? `Delete the draft of broadcast ${id}?` : `End broadcast ${id} for good? Nobody else will get it.`,
    options.yes,
  )
  await writeAudit(context, 'broadcast cancel', id)
  if (!(await (isDraft ? table.deleteDraft(id) : table.cancel(id))))
    throw refuse(await foundBroadcast(table, id), 'cancelled')
  context.show(
    options,
    { broadcast: id, outcome: isDraft ? 'deleted' : 'cancelled' },
    isDraft ? `Broadcast ${id} is deleted.\n` : `Broadcast ${id} is cancelled: nobody else gets it.\n`,
  )
}

/** `broadcast create`, `preview`, `start`, `pause`, `resume`, `cancel`, `status`: the service sends, the command only says so. */
export const addBroadcast = (program: Command, context: Context): void => {
  const broadcast = program
    .command('broadcast')
    .description('a message to many people: sent by the service, below the rate limit and behind everything else')
  const draft = broadcast.command('create').description('keep a message as a draft')
  for (const option of CREATE_OPTIONS) draft.addOption(option)
  draft.option(...JSON_OPTION).action((options: CreateOptions) => create(context, options))
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
    .option('--wait', 'show how far it is, and end when it is sent')
    .option(...YES_OPTION)
    .action((id: BroadcastId, options: Yes & { wait?: boolean }) => start(context, id, options))
  one('pause', 'stop where it is').action((id: BroadcastId, options: Json) =>
    change(context, id, options, ['pause', 'paused', 'running']),
  )
  one('resume', 'go on where it stopped').action((id: BroadcastId, options: Json) =>
    change(context, id, options, ['resume', 'resumed', 'paused']),
  )
  one('cancel', 'delete a draft, or end for good what is being sent or paused')
    .option(...YES_OPTION)
    .action((id: BroadcastId, options: Yes) => cancel(context, id, options))
  broadcast
    .command('status')
    .description('what one is and how far, or the newest ones')
    .argument('[id]', 'the number of a broadcast', broadcastArgument)
    .option('--watch', 'show how far it is until it is sent')
    .option(...JSON_OPTION)
    .action((id: BroadcastId | undefined, options: Json & { watch?: boolean }) => status(context, id, options))
}
