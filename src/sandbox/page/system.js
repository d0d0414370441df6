import { get } from './api.js'
import { avatarOf, clockOf, element, find, findAll, reconcile, spanOf } from './dom.js'
import { messageRow } from './system-messages.js'
import { hostRow, roomCard, stages, timerOf } from './system-rows.js'

/** @import { Bot, Live, Person } from './types.js' */

const lookEveryMs = 1_000
const tickMs = 250
/** What was read before is not counted on for longer. */
const freshMs = 4_000
/** Longer names are cut: here it is about what goes on. */
const nameLength = 22
/** @param {string} name */
const shortened = (name) => {
  const letters = [...new Intl.Segmenter().segment(name)].map(({ segment }) => segment)
  return letters.length > nameLength ? `${letters.slice(0, nameLength - 1).join('')}…` : name
}
/** @type {(title: string, ...content: HTMLElement[]) => { place: HTMLElement, count: HTMLElement }} */
const card = (title, ...content) => {
  const count = element('span', { className: 'count' })
  const place = element('div', { className: 'card' }, element('h2', {}, title, count), ...content)
  return { place, count }
}
/** @type {(className: string, label: string) => HTMLUListElement} */
const list = (className, label) => element('ul', { className, 'aria-label': label })

/** What operators see of the service, where it has said where to look: who waits, rooms, groups, hosts and mailboxes. */
export class Inside {
  /**
   * @param {HTMLElement} place
   * @param {() => void} onLook called when there is something new in `live`, and when the service does not answer any more
   */
  constructor(place, onLook) {
    this.place = place
    this.onLook = onLook
    /** @type {Map<string, string>} */
    this.names = new Map()
    /** @type {Map<string, { ms: number, up?: boolean, total?: number }>} */
    this.timed = new Map()
    /** @type {Live | undefined} */
    this.live = undefined
    this.readAt = 0
    this.readWhen = 0
    this.looking = false
    this.reached = true
    /** Whether the service was asked and did not answer. */
    this.silent = false
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.due = undefined
    this.trouble = element('p', { className: 'trouble', role: 'status' })
    this.waiting = list('people-row', 'People who wait')
    this.lanes = stages.map(({ stage, words, until }) => ({
      stage,
      words,
      until,
      count: element('b', {}),
      rooms: list(`rooms ${stage}`, `Rooms, ${words}`),
    }))
    this.stock = element('p', { className: 'stock', role: 'img' })
    this.hosts = list('hosts', 'Hosts')
    this.boxes = list('boxes', 'Mailboxes')
    this.messages = element('ol', { className: 'messages', 'aria-label': 'Last messages, newest first', tabIndex: 0 })
    this.waitingCard = card('Waiting', this.waiting)
    this.roomsCard = card(
      'Rooms',
      element(
        'ul',
        { className: 'stages', 'aria-label': 'Rooms by stage' },
        ...this.lanes.map(({ stage, words, count }) => element('li', { className: stage }, count, ` ${words}`)),
      ),
      ...this.lanes.map(({ rooms }) => rooms),
    )
    this.groupsCard = card('Groups in stock', this.stock, this.hosts)
    this.boxesCard = card('Mailboxes', this.boxes, this.messages)
    const cards = [this.waitingCard, this.roomsCard, this.groupsCard, this.boxesCard]
    place.append(this.trouble, ...cards.map((one) => one.place))
    setInterval(() => this.look(), lookEveryMs)
    setInterval(() => this.tick(), tickMs)
  }

  /**
   * The state of the local Telegram: who the ids are, and whether there is a service to look into.
   * @param {{ users: Person[], bot?: Bot, ops: boolean }} world
   */
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
      this.lose(error instanceof Error ? error.message : String(error))
    } finally {
      this.looking = false
    }
  }

  /**
   * Whether the sandbox is heard of, through which all of this is read.
   * @param {boolean} on
   */
  reach(on) {
    if (on === this.reached) return
    this.reached = on
    if (!on) this.lose('The sandbox does not answer.')
    else this.look()
  }

  /** @param {string} words */
  say(words) {
    if (this.trouble.textContent !== words) this.trouble.textContent = words
  }

  /**
   * Nothing new is to be had: what is shown is what was.
   * @param {string} words why
   */
  lose(words) {
    const before = this.silent
    this.silent = this.reached
    if (!before && this.silent) this.onLook()
    this.say(this.live ? `${words} All this is as of ${clockOf(this.readWhen, true)}.` : words)
    this.place.classList.add('stale')
  }

  /** @param {string} id */
  name(id) {
    const name = this.names.get(String(id))
    return name === undefined ? `…${String(id).slice(-4)}` : shortened(name)
  }

  /** @param {Live} live */
  draw(live) {
    this.live = live
    this.silent = false
    this.readAt = performance.now()
    this.readWhen = Date.now()
    this.place.classList.remove('stale')
    this.say(live.whole ? '' : 'Redis is being rebuilt from Postgres.')
    this.drawWaiting(live.waiting)
    this.drawRooms(live.rooms)
    this.drawGroups(live)
    this.drawMailboxes(live)
    this.tick()
    this.onLook()
  }

  /** @param {Live['waiting']} waiting */
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
                timerOf(`wait ${user}`),
              ),
          })),
    )
    for (const { user, waitingMs } of people) this.timed.set(`wait ${user}`, { ms: waitingMs, up: true })
  }

  /** @param {Live['rooms']} rooms */
  drawRooms({ counts, list: rooms }) {
    this.roomsCard.count.textContent = String(counts.inviting + counts.open + counts.closing)
    for (const lane of this.lanes) {
      const here = rooms.filter(({ stage }) => stage === lane.stage)
      lane.count.textContent = String(counts[lane.stage])
      lane.count.parentElement?.classList.toggle('some', counts[lane.stage] > 0)
      reconcile(
        lane.rooms,
        here.map((room) => ({
          key: room.room,
          shape: JSON.stringify([room.people, room.reason, room.people.map(({ user }) => this.name(user))]),
          make: () => roomCard(room, lane, (id) => this.name(id)),
        })),
      )
      for (const { room, deadlineInMs, stageMs } of here)
        this.timed.set(`room ${room}`, { ms: deadlineInMs, total: deadlineInMs + stageMs })
    }
  }

  /** @param {Live} live */
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

  /** @param {Live} live */
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

  /** Between two looks the clocks go on by themselves. */
  tick() {
    if (this.place.hidden || !this.live) return
    const since = performance.now() - this.readAt
    if (since > freshMs || this.place.classList.contains('stale')) return
    for (const timer of findAll(this.place, '[data-timer]')) {
      const timed = this.timed.get(timer.dataset.timer ?? '')
      if (!timed) continue
      const ms = timed.up ? timed.ms + since : timed.ms - since
      const words = timed.up || ms > 0 ? spanOf(ms) : 'due'
      if (timer.textContent !== words) timer.textContent = words
      if (timed.up) continue
      timer.classList.toggle('soon', ms < 10_000)
      const left = Math.max(0, Math.min(1, ms / (timed.total || 1)))
      const room = timer.closest('.room')
      if (room) find(room, '.bar-left').style.setProperty('--left', left.toFixed(3))
    }
  }
}
