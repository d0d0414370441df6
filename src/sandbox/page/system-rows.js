import { avatarOf, element } from './dom.js'

/** @import { Host, Room, Stage } from './types.js' */

/** @type {{ stage: Stage, words: string, until: string }[]} */
export const stages = [
  { stage: 'inviting', words: 'Inviting', until: 'to enter' },
  { stage: 'open', words: 'Open', until: 'until it closes' },
  { stage: 'closing', words: 'Closing', until: 'until it is gone' },
]

/**
 * A span of time that goes on by itself.
 * @param {string} name
 */
export function timerOf(name) {
  const made = element('span', { className: 'timer' })
  made.dataset.timer = name
  return made
}

/**
 * @param {Room} room
 * @param {{ words: string, until: string }} lane
 * @param {(id: string) => string} nameOf
 */
export function roomCard({ room, people, reason, chat, host }, { words, until }, nameOf) {
  const persons = people.map(({ user, entered }) =>
    element(
      'span',
      { className: entered ? 'in' : 'out' },
      avatarOf(nameOf(user), user),
      nameOf(user),
      element('span', { className: 'aside' }, entered ? ' is inside' : ' is not inside yet'),
    ),
  )
  return element(
    'li',
    { className: 'room', title: `Room ${room}, group ${chat}, host ${host}` },
    element('p', { className: 'pair' }, ...persons),
    element(
      'p',
      { className: 'line' },
      element('span', { className: 'stage' }, words),
      element('code', {}, room.slice(0, 6)),
      reason ? element('span', { className: 'hint' }, reason.replaceAll('_', ' ')) : '',
      element('span', { className: 'until' }, timerOf(`room ${room}`), ` ${until}`),
    ),
    element('span', { className: 'bar-left', 'aria-hidden': 'true' }),
  )
}

/** @param {Host} host */
export function hostRow({ host, label, status, usedToday, budget, lastError }) {
  const used = element('span', {
    className: 'budget',
    role: 'img',
    'aria-label': `${usedToday} of ${budget} groups today`,
  })
  used.style.setProperty('--used', (usedToday / budget).toFixed(3))
  return element(
    'li',
    {},
    element(
      'p',
      { className: 'line' },
      element('span', {}, `Host ${host} · ${label}`),
      element('span', { className: `state ${status}`, title: lastError ?? '' }, status),
      element('span', { className: 'timer' }, `${usedToday} of ${budget} today`),
    ),
    used,
  )
}
