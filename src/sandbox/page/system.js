import { get } from './api.js'
import { avatarOf, element, reconcile, spanOf } from './dom.js'
import { messageRow } from './system-messages.js'

const lookEveryMs = 1_000
const tickMs = 250
const stages = [
  { stage: 'inviting', words: 'Inviting' },
  { stage: 'open', words: 'Open' },
  { stage: 'closing', words: 'Closing' },
]

const card = (title, ...content) => {
  const count = element('span', { className: 'count' })
  const place = element('div', { className: 'card' }, element('h2', {}, title, count), ...content)
  return { place, count }
}
const list = (className, label) => element('ul', { className, 'aria-label': label })

/** What operators see of the service, where it has said where to look: who waits, rooms, groups, hosts and mailboxes. */
export class Inside {
  constructor(place) {
    this.place = place
    this.names = new Map()
    this.timed = new Map()
    this.trouble = element('p', { className: 'trouble', role: 'status' })
    this.waiting = list('people-row', 'People who wait')
    this.lanes = stages.map(({ stage, words }) => ({
      stage,
      count: element('span', { className: 'count' }),
      rooms: list('rooms', `Rooms, ${words}`),
      words,
    }))
    this.stock = element('p', { className: 'stock', role: 'img' })
    this.hosts = list('hosts', 'Hosts')
    this.boxes = list('boxes', 'Mailboxes')
    this.messages = element('ol', { className: 'messages', 'aria-label': 'Last messages, newest first', tabIndex: 0 })
    this.waitingCard = card('Waiting', this.waiting)
    this.roomsCard = card(
      'Rooms',
      ...this.lanes.map(({ stage, words, count, rooms }) =>
        element('div', { className: `lane ${stage}` }, element('h3', {}, words, count), rooms),
      ),
    )
    this.groupsCard = card('Groups in stock', this.stock, this.hosts)
    this.boxesCard = card('Mailboxes', this.boxes, this.messages)
    const cards = [this.waitingCard, this.roomsCard, this.groupsCard, this.boxesCard]
    place.append(this.trouble, ...cards.map((one) => one.place))
    setInterval(() => this.look(), lookEveryMs)
    setInterval(() => this.tick(), tickMs)
  }

  /** The state of the local Telegram: who the ids are, and whether there is a service to look into. */
  world({ users, bot, ops }) {
    this.names = new Map([...users, ...(bot ? [bot] : [])].map((user) => [String(user.id), user.firstName]))
    const appeared = ops && this.place.hidden
    this.place.hidden = !ops
    if (appeared) this.look()
  }

  /** Something has happened: looks without waiting for the next round, a moment later when the service knows it too. */
  soon() {
    this.due ??= setTimeout(() => {
      this.due = undefined
      this.look()
    }, 300)
  }

  async look() {
    if (this.place.hidden || document.hidden || this.looking) return
    this.looking = true
    try {
      this.draw(await get('ops/live'))
    } catch (error) {
      this.say(error.message)
    } finally {
      this.looking = false
    }
  }

  say(words) {
    if (this.trouble.textContent !== words) this.trouble.textContent = words
    this.place.classList.toggle('stale', words !== '')
  }

  name(id) {
    return this.names.get(String(id)) ?? `…${String(id).slice(-4)}`
  }

  draw(live) {
    this.live = live
    this.readAt = performance.now()
    this.say(live.whole ? '' : 'Redis is being rebuilt from Postgres.')
    this.drawWaiting(live.waiting)
    this.drawRooms(live.rooms)
    this.drawGroups(live)
    this.drawMailboxes(live)
    this.tick()
  }

  drawWaiting({ count, people }) {
    this.waitingCard.count.textContent = String(count)
    reconcile(
      this.waiting,
      people.length === 0
        ? [{ key: 'none', shape: '', make: () => element('li', { className: 'hint' }, 'Nobody waits for a partner.') }]
        : people.map(({ user, firstInLine }) => ({
            key: user,
            shape: `${this.name(user)} ${firstInLine}`,
            make: () =>
              element(
                'li',
                { className: 'chip', title: `id ${user}` },
                avatarOf(this.name(user), user),
                this.name(user),
                firstInLine ? element('em', {}, 'first in line') : '',
                this.timer(`wait ${user}`),
              ),
          })),
    )
    for (const { user, waitingMs } of people) this.timed.set(`wait ${user}`, { ms: waitingMs, up: true })
  }

  drawRooms({ counts, list: rooms }) {
    this.roomsCard.count.textContent = String(counts.inviting + counts.open + counts.closing)
    for (const lane of this.lanes) {
      const here = rooms.filter(({ stage }) => stage === lane.stage)
      lane.count.textContent = String(counts[lane.stage])
      reconcile(
        lane.rooms,
        here.map((room) => ({
          key: room.room,
          shape: JSON.stringify([room.people, room.reason, room.people.map(({ user }) => this.name(user))]),
          make: () => this.roomCard(room),
        })),
      )
      for (const { room, deadlineInMs, stageMs } of here)
        this.timed.set(`room ${room}`, { ms: deadlineInMs, total: deadlineInMs + stageMs })
    }
  }

  roomCard({ room, people, reason, chat, host }) {
    const persons = people.map(({ user, entered }) =>
      element(
        'span',
        { className: entered ? 'in' : 'out' },
        avatarOf(this.name(user), user),
        this.name(user),
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
        element('code', {}, room.slice(0, 6)),
        reason ? element('span', { className: 'hint' }, reason.replaceAll('_', ' ')) : '',
        this.timer(`room ${room}`),
      ),
      element('span', { className: 'bar-left', 'aria-hidden': 'true' }),
    )
  }

  drawGroups({ stock, hosts }) {
    // A room that nobody entered gives its group back: more than were wanted is no fault.
    const spare = stock.size - stock.target
    const words = spare > 0 ? `${stock.target} and ${spare} spare` : `${stock.size} of ${stock.target}`
    this.groupsCard.count.textContent = words
    const shape = `${stock.size}/${stock.target}`
    if (this.stock.dataset.shape !== shape) {
      this.stock.dataset.shape = shape
      this.stock.setAttribute('aria-label', `${words} groups are ready`)
      const most = Math.min(Math.max(stock.target, stock.size), 40)
      this.stock.replaceChildren(
        ...Array.from({ length: most }, (_, at) => element('i', { className: at < stock.size ? 'ready' : '' })),
      )
    }
    reconcile(
      this.hosts,
      (hosts ?? []).map((host) => ({
        key: host.host,
        shape: JSON.stringify({ ...host, parkedForMs: 0 }),
        make: () => hostRow(host),
      })),
    )
  }

  drawMailboxes({ mailboxes, messages, deadLetters }) {
    const waiting = mailboxes.reduce((sum, { length, postponed }) => sum + length + postponed, 0)
    this.boxesCard.count.textContent = waiting === 0 ? 'all done' : `${waiting} to do`
    const boxes = [...mailboxes, { mailbox: 'dead letters', length: deadLetters, postponed: 0 }]
    reconcile(
      this.boxes,
      boxes.map(({ mailbox, length, postponed }) => ({
        key: mailbox,
        shape: `${length} ${postponed}`,
        make: () =>
          element(
            'li',
            { className: length + postponed > 0 ? 'busy' : '' },
            mailbox,
            element('b', {}, postponed > 0 ? `${length} + ${postponed} later` : String(length)),
          ),
      })),
    )
    reconcile(
      this.messages,
      messages.length === 0
        ? [
            {
              key: 'none',
              shape: '',
              make: () => element('li', { className: 'hint' }, 'Messages appear here as they are told.'),
            },
          ]
        : [...messages].reverse().map((message) => ({
            key: `${message.mailbox} ${message.id}`,
            shape: '',
            make: () => messageRow(message, (id) => this.name(id)),
          })),
    )
  }

  timer(name) {
    const made = element('span', { className: 'timer' })
    made.dataset.timer = name
    return made
  }

  /** Between two looks the clocks go on by themselves. */
  tick() {
    if (this.place.hidden || !this.live) return
    const since = performance.now() - this.readAt
    for (const timer of this.place.querySelectorAll('[data-timer]')) {
      const timed = this.timed.get(timer.dataset.timer)
      if (!timed) continue
      const ms = timed.up ? timed.ms + since : timed.ms - since
      const words = timed.up || ms > 0 ? spanOf(ms) : 'due'
      if (timer.textContent !== words) timer.textContent = words
      if (timed.up) continue
      timer.classList.toggle('soon', ms < 10_000)
      const left = Math.max(0, Math.min(1, ms / (timed.total || 1)))
      timer.closest('.room').querySelector('.bar-left').style.setProperty('--left', left.toFixed(3))
    }
  }
}

function hostRow({ host, label, status, usedToday, budget, lastError }) {
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
