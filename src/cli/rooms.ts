import { Option, type Command } from 'commander'
import { STAGES, type Room } from '../redis/rooms.js'
import type { Context } from './context.js'
import { expectHost } from './hosts-work.js'
import {
  durationArgument,
  hostArgument,
  JSON_OPTION,
  LIMIT_OPTION,
  roomArgument,
  someWords,
  YES_OPTION,
} from './options.js'
import { chosenRooms, stagesOf, type RoomChoice } from './rooms-chosen.js'
import { close } from './rooms-close.js'
import { closeAll, type CloseAllOptions } from './rooms-close-all.js'
import { show, shownRoom } from './rooms-show.js'
import { table } from './table.js'
import { span, until } from './words.js'

interface ListOptions extends RoomChoice {
  readonly json?: boolean
  readonly limit: number
}

const list = async (context: Context, options: ListOptions): Promise<void> => {
  const live = await context.live()
  const [counts, now] = await Promise.all([live.rooms.countByStage(), live.waitingSet.now()])
  const found: Room[] = []
  let more = false
  for await (const room of chosenRooms(context, live, options, now)) {
    more = found.length === options.limit
    if (more) break
    found.push(room)
  }
  if (found.length === 0 && options.host !== undefined) await expectHost(context, options.host)
  const isFiltered = options.host !== undefined || options.olderThan !== undefined
  const total = stagesOf(options).reduce((sum, stage) => sum + counts[stage], 0)
  const text =
    found.length === 0
      ? `There are no ${isFiltered ? 'such ' : ''}rooms${options.stage === undefined ? '' : ` that are ${options.stage}`}.\n`
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
        ) + (more ? `… ${found.length}${isFiltered ? '' : ` of ${total}`}; more with --limit or --stage\n` : '')
  context.show(options, { total: counts, rooms: found.map(shownRoom) }, text)
}

const STAGE_OPTION = new Option('--stage <stage>', 'only rooms in this stage').choices(STAGES)
const OLDER_OPTION = ['--older-than <duration>', 'only rooms made longer ago, such as 6h', durationArgument] as const
const HOST_OPTION = ['--host <number>', 'only rooms in groups of this host', hostArgument] as const

/** `rooms list`, `rooms show`, `rooms close`. */
export const addRooms = (program: Command, context: Context): void => {
  const rooms = program.command('rooms').description('conversations: look at them, end one')
  rooms
    .command('list')
    .description('live rooms by stage, nearest deadline first')
    .addOption(STAGE_OPTION)
    .option(...OLDER_OPTION)
    .option(...HOST_OPTION)
    .option(...LIMIT_OPTION)
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
    .argument('[id]', 'the id of the room', roomArgument)
    .option('--all', 'every room that the following options choose; asks first')
    .addOption(STAGE_OPTION)
    .option(...OLDER_OPTION)
    .option(...HOST_OPTION)
    .option('--reason <words>', 'why, for the audit table', someWords, 'operator')
    .option(...YES_OPTION)
    .option(...JSON_OPTION)
    .action((id: Room['id'] | undefined, options: CloseAllOptions & { all?: boolean }, command: Command) => {
      if (options.all === true && id === undefined) return closeAll(context, options)
      if (options.all === true || id === undefined)
        return command.error('error: give either the id of a room or --all (with --older-than, --stage or --host)')
      if (stagesOf(options) !== STAGES || options.host !== undefined || options.olderThan !== undefined)
        return command.error('error: --stage, --older-than and --host choose rooms for --all, not for an id')
      return close(context, id, options)
    })
}
