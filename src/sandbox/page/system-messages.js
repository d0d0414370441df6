import { element } from './dom.js'

const timeOf = (at) => new Date(at).toLocaleTimeString([], { hourCycle: 'h23' })

/** One message that was put in a mailbox: when, where, what, and about whom. */
export function messageRow({ at, mailbox, type, about }, nameOf) {
  const kind = mailbox.split(':')[0]
  return element(
    'li',
    {},
    element('time', { dateTime: new Date(at).toISOString() }, timeOf(at)),
    element('span', { className: `box ${kind}` }, mailbox),
    element('span', { className: 'what' }, element('b', {}, type), ` ${wordsOf(about, nameOf)}`),
  )
}

function wordsOf({ room, user, users, to, a, b, chat, notice, reason, group }, nameOf) {
  const people = [user, to, a, b, ...(users ? users.split(',') : [])].filter(Boolean).map(nameOf)
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
