import { element } from './dom.js'

/** @import { MailboxMessage } from './types.js' */

/** @type {(at: number) => string} */
const timeOf = (at) => new Date(at).toLocaleTimeString([], { hourCycle: 'h23' })

/**
 * One message that was put in a mailbox: when, where, what, and about whom.
 * @param {MailboxMessage} message
 * @param {(id: string) => string} nameOf
 */
export function messageRow({ at, mailbox, type, about }, nameOf) {
  const kind = mailbox.split(':')[0]
  return element(
    'li',
    {},
    element('time', { dateTime: new Date(at).toISOString() }, timeOf(at)),
    element('span', { className: `box box-${kind}` }, mailbox),
    element('span', { className: 'what' }, element('b', {}, type), ` ${wordsOf(about, nameOf)}`),
  )
}

/**
 * @param {Record<string, string>} about
 * @param {(id: string) => string} nameOf
 */
function wordsOf({ room, user, users, to, a, b, chat, notice, reason, group }, nameOf) {
  const people = [user, to, a, b, ...(users?.split(',') ?? [])].flatMap((id) => (id ? nameOf(id) : []))
  return [
    notice,
    people.length > 0 && `${to ? '→ ' : ''}${people.join(' & ')}`,
    room ? `room ${room.slice(0, 6)}` : chat && `group …${chat.slice(-4)}`,
    reason?.replaceAll('_', ' '),
    group && `group: ${group}`,
  ]
    .filter(Boolean)
    .join(' · ')
}
