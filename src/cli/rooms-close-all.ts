import type { RoomId } from '../ids.js'
import { confirm, reasonOf, tryAudit, wholeLive } from './acting.js'
import type { Context } from './context.js'
import { expectHost } from './hosts-work.js'
import { createProgress } from './progress.js'
import { chosenRooms, type RoomChoice } from './rooms-chosen.js'
import { counted, span } from './words.js'

export interface CloseAllOptions extends RoomChoice {
  readonly json?: boolean
  readonly yes?: boolean
  readonly reason: string
}

/** How many are ended at once: each is one script. */
const AT_ONCE = 50

const choiceWords = ({ stage, host, olderThan }: RoomChoice): string =>
  [
    stage === undefined ? '' : ` that are ${stage}`,
    host === undefined ? '' : ` of host ${host}`,
    olderThan === undefined ? '' : ` made more than ${span(olderThan)} ago`,
  ].join('')

/** `rooms close --all`: every room that is meant and not closing yet, each by the same script as every other ending. */
export const closeAll = async (context: Context, options: CloseAllOptions): Promise<void> => {
  const live = await wholeLive(context)
  const now = await live.waitingSet.now()
  const ids: RoomId[] = []
  for await (const room of chosenRooms(context, live, options, now)) if (room.stage !== 'closing') ids.push(room.id)
  if (ids.length === 0 && options.host !== undefined) await expectHost(context, options.host)
  if (ids.length === 0)
    return context.show(options, { closed: 0, audited: false }, `There are no rooms${choiceWords(options)} to end.\n`)
  await confirm(
    context,
    `End ${counted(ids.length, 'room', 'rooms')}${choiceWords(options)}? Their people are told.`,
    options.yes,
  )
  const progress = createProgress(context.terminal, 'Ending rooms')
  let closed = 0
  try {
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      const replies = await Promise.all(
        ids.slice(from, from + AT_ONCE).map((id) => live.rooms.close(id, { reason: 'operator' })),
      )
      closed += replies.filter(({ tag }) => tag === 'closed').length
      progress.to(Math.min(from + AT_ONCE, ids.length), ids.length)
    }
  } finally {
    progress.end()
  }
  const audited = await tryAudit(context, 'rooms close all', undefined, {
    reason: reasonOf(options.reason),
    closed,
    stage: options.stage ?? null,
    host: options.host ?? null,
    olderThanMs: options.olderThan ?? null,
  })
  context.show(
    options,
    { closed, audited },
    `${counted(closed, 'room is', 'rooms are')} ended: all people are free and are being told. The service clears up the groups.\n`,
  )
}
