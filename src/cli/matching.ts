import type { Command } from 'commander'
import { auditTable } from '../postgres/audit.js'
import { deploymentTable } from '../postgres/deployment.js'
import { createMatchingPause } from '../redis/matching-pause.js'
import { ACTOR, reasonOf, wholeLive } from './acting.js'
import type { Context } from './context.js'
import { JSON_OPTION, someWords } from './options.js'
import { counted, instant } from './words.js'

interface Options {
  readonly json?: boolean
}

const openPause = async (context: Context) => {
  const { waitingSet, tell } = await wholeLive(context)
  const db = await context.database()
  return createMatchingPause({ waitingSet, deployment: deploymentTable(db), audit: auditTable(db), tell })
}

const pause = async (context: Context, options: Options & { reason?: string }): Promise<void> => {
  const reason = options.reason === undefined ? undefined : reasonOf(options.reason)
  const isNew = await (await openPause(context)).pause(ACTOR, reason)
  context.show(
    options,
    { outcome: isNew ? 'paused' : 'unchanged' },
    isNew
      ? 'Matching is paused: people join and keep their place, no pairs are made. Those who wait are being told.\n'
      : 'Matching was paused already.\n',
  )
}

const resume = async (context: Context, options: Options): Promise<void> => {
  const wasPaused = await (await openPause(context)).resume(ACTOR)
  context.show(
    options,
    { outcome: wasPaused ? 'resumed' : 'unchanged' },
    wasPaused
      ? 'Pairs are made again. Those who still wait are being told.\n'
      : 'Matching was not paused: pairs are made.\n',
  )
}

/** What the audit table has of the pause that is in force. */
const pauseEntry = async (context: Context) => {
  const entry = await auditTable(await context.database()).last('matching pause')
  const details = entry?.details as { reason?: string | null } | null | undefined
  return { since: entry?.at ?? null, reason: details?.reason ?? null }
}

const status = async (context: Context, options: Options): Promise<void> => {
  const { waitingSet } = await wholeLive(context)
  const [by, waiting] = await Promise.all([waitingSet.pausedBy(), waitingSet.count()])
  const { since, reason } = by === null ? { since: null, reason: null } : await pauseEntry(context)
  const words =
    by === null
      ? 'Pairs are made'
      : `Matching is paused by ${by}${since === null ? '' : ` since ${instant(since)} UTC`}` +
        (reason === null ? '' : ` (${reason})`)
  context.show(
    options,
    { paused: by !== null, by, since, reason, waiting },
    `${words}; ${waiting === 0 ? 'nobody waits' : counted(waiting, 'person waits', 'people wait')}.\n`,
  )
}

/** `matching pause`, `resume`, `status`: whether pairs are made. */
export const addMatching = (program: Command, context: Context): void => {
  const matching = program.command('matching').description('whether pairs are made: pause, resume')
  matching
    .command('pause')
    .description('make no pairs until resumed; people keep their place and are told')
    .option('--reason <words>', 'why, for the audit table and for: matching status', someWords)
    .option(...JSON_OPTION)
    .action((options: Options & { reason?: string }) => pause(context, options))
  matching
    .command('resume')
    .description('make pairs again')
    .option(...JSON_OPTION)
    .action((options: Options) => resume(context, options))
  matching
    .command('status')
    .description('whether matching is paused: by whom, since when, and why')
    .option(...JSON_OPTION)
    .action((options: Options) => status(context, options))
}
