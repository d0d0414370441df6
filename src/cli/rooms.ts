import { InvalidArgumentError, type Command } from 'commander'
import { STAGES, type Room, type Stage } from '../redis/rooms.js'
import type { Context } from './context.js'
import { JSON_OPTION, LIMIT, roomArgument, wholeNumber } from './options.js'
import { close } from './rooms-close.js'
import { show, shownRoom } from './rooms-show.js'
import { table } from './table.js'
import { span, until } from './words.js'

interface ListOptions {
  readonly json?: boolean
  readonly stage?: Stage
  readonly limit: number
}

const stageArgument = (text: string): Stage => {
  const stage = STAGES.find((known) => known === text)
  if (stage === undefined) throw new InvalidArgumentError(`It must be one of: ${STAGES.join(', ')}.`)
  return stage
}

const list = async (context: Context, options: ListOptions): Promise<void> => {
  const { rooms, waitingSet } = await context.live()
  const stages: readonly Stage[] = options.stage === undefined ? STAGES : [options.stage]
  const [counts, now, lists] = await Promise.all([
    rooms.countByStage(),
    waitingSet.now(),
    Promise.all(stages.map((stage) => rooms.list(stage, 0, options.limit))),
  ])
  const found = lists.flat().slice(0, options.limit)
  const total = stages.reduce((sum, stage) => sum + counts[stage], 0)
  const text =
    found.length === 0
      ? `There are no rooms${options.stage === undefined ? '' : ` that are ${options.stage}`}.\n`
      : table(
          [
            { title: 'ROOM' },
            { title: 'STAGE' },
            { title: 'AGE', align: 'right' },
            { title: 'DEADLINE', align: 'right' },
            { title: 'PERSON', spare: 2 },
            { title: 'PERSON', spare: 2 },
            { title: 'GROUP', spare: 3 },
            { title: 'HOST', align: 'right', spare: 1 },
          ],
          found.map(({ id, stage, at, deadline, a, b, chat, host }) => [
            id,
            stage,
            span(now - at),
            until(deadline - now),
            a,
            b,
            chat,
            host,
          ]),
          context.terminal.columns,
        ) + (found.length < total ? `… ${found.length} of ${total}; more with --limit or --stage\n` : '')
  context.show(options, { total: counts, rooms: found.map(shownRoom) }, text)
}

/** `rooms list`, `rooms show`, `rooms close`. */
export const addRooms = (program: Command, context: Context): void => {
  const rooms = program.command('rooms').description('conversations: look at them, end one')
  rooms
    .command('list')
    .description('live rooms by stage, nearest deadline first')
    .option('--stage <stage>', `only rooms that are ${STAGES.join(', ')}`, stageArgument)
    .option('--limit <number>', 'how many at most', wholeNumber(LIMIT.minimum, LIMIT.maximum), LIMIT.standard)
    .option(...JSON_OPTION)
    .action((options: ListOptions) => list(context, options))
  rooms
    .command('show')
    .description('one room: what it is now, and its whole story with times (UTC)')
    .argument('<id>', 'the id of the room', roomArgument)
    .option(...JSON_OPTION)
    .action((id: Room['id'], options: { json?: boolean }) => show(context, id, options))
  rooms
    .command('close')
    .description('end a room: its two people are free and told at once; the service clears up its group')
    .argument('<id>', 'the id of the room', roomArgument)
    .option('--reason <words>', 'why, for the audit table', 'operator')
    .option(...JSON_OPTION)
    .action((id: Room['id'], options: { json?: boolean; reason: string }) => close(context, id, options))
}
