import type { Command } from 'commander'
import { systemClock } from '../clock.js'
import type { Context } from './context.js'
import { EXIT } from './failures.js'
import { JSON_OPTION, wholeNumber } from './options.js'
import { readStatus } from './status-read.js'
import { screen } from './status-screen.js'
import { instant } from './words.js'

interface StatusOptions {
  readonly json?: boolean
  readonly watch?: number | true
}

/** Seconds between two looks. */
const EVERY = { minimum: 1, maximum: 3_600, standard: 2 } as const
const CLEAR = '\u001b[H\u001b[2J'
/** Below the screen stand the time of the look and, in the line after it, the cursor. */
const LINES_BELOW = 2

const status = async (context: Context, options: StatusOptions): Promise<void> => {
  const everyS = options.watch === true ? EVERY.standard : options.watch
  for (;;) {
    const found = await readStatus(context)
    const clear = everyS !== undefined && options.json !== true && context.terminal.columns !== undefined ? CLEAR : ''
    const at =
      everyS === undefined ? '' : context.terminal.paint('faint', `${instant(found.at)} UTC; Ctrl-C ends this\n`)
    const rows = clear === '' || context.terminal.rows === undefined ? undefined : context.terminal.rows - LINES_BELOW
    context.show(options, found, `${clear}${screen(found, context.terminal, rows)}${at}`)
    if (found.missing.length > 0 || found.telegram.state === 'bad') context.exit(EXIT.failed)
    if (everyS === undefined) return
    await systemClock.wait(everyS * 1_000)
  }
}

/** `status`: one screen, once or again and again. */
export const addStatus = (program: Command, context: Context): void => {
  program
    .command('status')
    .description('one screen: processes, servers, who waits, rooms, stock, hosts, mailboxes, dead letters')
    .option('--watch [seconds]', 'again and again, until Ctrl-C', wholeNumber(EVERY.minimum, EVERY.maximum))
    .option(...JSON_OPTION)
    .addHelpText('after', '\nEnds with 1 when Redis, Postgres or Telegram does not answer.')
    .action((options: StatusOptions) => status(context, options))
}
