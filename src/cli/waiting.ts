import type { Command } from 'commander'
import type { UserId } from '../ids.js'
import type { Whereabouts } from '../redis/waiting-set.js'
import { tryAudit, wholeLive } from './acting.js'
import type { Context } from './context.js'
import { NotFoundError } from './failures.js'
import { JSON_OPTION, LIMIT_OPTION, OFFSET_OPTION, PERSON_WORDS, personArgument, type NamedPerson } from './options.js'
import { namedPersonOf, personOf } from './person.js'
import { table } from './table.js'
import { counted, span, until } from './words.js'

interface ListOptions {
  readonly json?: boolean
  readonly limit: number
  readonly offset: number
}

const list = async (context: Context, options: ListOptions): Promise<void> => {
  const { waitingSet } = await context.live()
  const { limit, offset } = options
  const [total, people, now] = await Promise.all([waitingSet.count(), waitingSet.list(offset, limit), waitingSet.now()])
  const rows = people.map(({ user, since, firstInLine }) => ({
    user,
    since,
    waitingMs: Math.max(0, now - since),
    firstInLine,
  }))
  const next = offset + rows.length
  const text =
    rows.length === 0
      ? total === 0
        ? 'Nobody waits.\n'
        : `${counted(total, 'person waits', 'people wait')}, none of them after the first ${offset}.\n`
      : table(
          [{ title: 'PERSON' }, { title: 'WAITING', align: 'right' }, { title: 'FIRST IN LINE' }],
          rows.map(({ user, waitingMs, firstInLine }) => [user, span(waitingMs), firstInLine ? 'yes' : '']),
          context.terminal.columns,
        ) + (next < total ? `… ${next} of ${total}; more with: waiting list --offset ${next}\n` : '')
  context.show(options, { total, offset, people: rows }, text)
}

const show = async (context: Context, user: UserId, options: { json?: boolean }): Promise<void> => {
  const { waitingSet, redis, keys } = await wholeLive(context)
  const [where, deadline, now] = await Promise.all([
    waitingSet.whereabouts(user),
    redis.zscore(keys.waits, user),
    waitingSet.now(),
  ])
  if (where.state !== 'waiting') throw new NotFoundError(notWaiting(user, where, now))
  const { since, firstInLine } = where
  const deadlineAt = deadline === null ? null : Number(deadline)
  context.show(
    options,
    { user, since, waitingMs: Math.max(0, now - since), firstInLine, deadlineAt },
    `${user} has waited for ${span(now - since)}${firstInLine ? ', first in line' : ''}; ` +
      `the bot asks, or ends the search, ${deadlineAt === null ? 'at no time' : until(deadlineAt - now)}.\n`,
  )
}

const notWaiting = (user: UserId, where: Whereabouts, now: number): string => {
  switch (where.state) {
    case 'paired':
      return `${user} is not waiting: in room ${where.room}; see: rooms show ${where.room}`
    case 'banned':
      return `${user} is not waiting: banned; see: users show ${user}`
    default: {
      const leftMs = where.state === 'idle' ? where.cooldownUntil - now : 0
      return `${user} is not waiting: idle${leftMs > 0 ? `, may search again in ${span(leftMs)}` : ''}.`
    }
  }
}

const remove = async (context: Context, user: UserId, options: { json?: boolean }): Promise<void> => {
  const { waitingSet, tell } = await wholeLive(context)
  // A ban, a room, and who never came are left as they are.
  const now = await waitingSet.now()
  const where = await waitingSet.whereabouts(user)
  if (where.state !== 'waiting') throw new NotFoundError(notWaiting(user, where, now))
  const stopped = await waitingSet.stop(user)
  if (stopped.tag !== 'stopped') throw new NotFoundError(notWaiting(user, await waitingSet.whereabouts(user), now))
  await tell('courier', { type: 'notice', to: user, notice: 'search_removed', args: '{}' })
  const audited = await tryAudit(context, 'waiting remove', user)
  context.show(
    options,
    { user, outcome: 'removed', audited },
    `The search of ${user} is ended, and they are being told.\n`,
  )
}

/** `waiting list`, `show`, `remove`: who waits, by id. */
export const addWaiting = (program: Command, context: Context): void => {
  const waiting = program.command('waiting').description('people who have no partner yet')
  waiting
    .command('list')
    .description('who waits, by the deadline of the search (people are shown by id only)')
    .option(...LIMIT_OPTION)
    .option(...OFFSET_OPTION)
    .option(...JSON_OPTION)
    .action((options: ListOptions) => list(context, options))
  const one = (name: string, description: string) =>
    waiting
      .command(name)
      .description(description)
      .argument('<person>', PERSON_WORDS, personArgument)
      .option(...JSON_OPTION)
  one('show', 'one person who waits: since when, and until when').action(
    async (named: NamedPerson, options: { json?: boolean }) => show(context, await personOf(context, named), options),
  )
  one('remove', 'end the search of one person, who is told').action(
    async (named: NamedPerson, options: { json?: boolean }) =>
      remove(context, await namedPersonOf(context, named), options),
  )
}
